import { raise } from './error/problems.ts'
import type { Problem } from './error/problems.ts'

type Settings = Map<string, unknown>

/**
 * Settings as they are typed, 'trainer.epochs=20', as nested records; values are JSON, else text. Of a setting that is
 * given twice the last counts.
 * @throws MtlError 'invalid-option' for one that does not have the form, which names so many keys at least
 */
export function nestedSettings(
  settings: readonly string[],
  { form, keys }: { readonly form: string; readonly keys: number },
): Readonly<Record<string, unknown>> {
  const root: Settings = new Map()
  const problems: Problem[] = []
  const refuse = (setting: string, what: string): number =>
    problems.push({ code: 'invalid-option', message: `--option "${setting}" ${what}` })
  for (const setting of settings) {
    const equals = setting.indexOf('=')
    const path = setting.slice(0, Math.max(0, equals)).split('.')
    if (path.length < keys || path.some((key) => key.trim() === ''))
      refuse(setting, `must have the form ${form}`)
    else if (!set(root, path, jsonOrText(setting.slice(equals + 1))))
      refuse(setting, 'sets a part of what another --option sets as a whole')
  }
  raise(problems)
  return recordOf(root)
}

function set(settings: Settings, [key, ...rest]: readonly string[], value: unknown): boolean {
  const former = settings.get(key)
  if (rest.length === 0) {
    settings.set(key, value)
    return true
  }
  if (former !== undefined && !(former instanceof Map)) return false
  const within = (former ?? new Map()) as Settings
  settings.set(key, within)
  return set(within, rest, value)
}

/** By entries, so that '__proto__' is a name like others. */
function recordOf(settings: Settings): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    [...settings].map(([key, value]) => [key, value instanceof Map ? recordOf(value as Settings) : value]),
  )
}

/** The settings of nested records, as they are typed. */
export function typedSettings(record: Readonly<Record<string, unknown>>, before = ''): string[] {
  return Object.entries(record).flatMap(([key, value]) =>
    isRecord(value) ? typedSettings(value, `${before}${key}.`) : [`${before}${key}=${JSON.stringify(value)}`],
  )
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function jsonOrText(value: string): unknown {
  try {
    return JSON.parse(value) as unknown
  } catch {
    return value
  }
}
