import { MtlError, check } from '../error/mtl-error.ts'
import { nearest } from '../error/nearest.ts'
import type { Factory, Plugin } from './types.ts'

export type Options = Readonly<Record<string, unknown>>

/** Entries of all plugins by name. @throws MtlError 'duplicate-name' */
export function merge<Entry>(
  what: string,
  plugins: readonly Plugin[],
  entriesOf: (plugin: Plugin) => Readonly<Record<string, Entry>> | undefined,
): Map<string, Entry> {
  const merged = new Map<string, Entry>()
  for (const plugin of plugins) {
    for (const [name, entry] of Object.entries(entriesOf(plugin) ?? {})) {
      check(!merged.has(name), 'duplicate-name', `${plugin.name} brings a second ${what} named "${name}"`, {
        name,
        plugin: plugin.name,
      })
      merged.set(name, entry)
    }
  }
  return merged
}

/** @throws MtlError 'unknown-name', whose details hold the known names and those nearest */
export function find<Entry>(what: string, entries: ReadonlyMap<string, Entry>, name: string): Entry {
  const entry = entries.get(name)
  if (entry !== undefined) return entry
  const known = sortedNames(entries)
  const near = nearest(name, known)
  throw new MtlError('unknown-name', `no ${what} is named "${name}". ${hint(near, known)}`, {
    name,
    nearest: near,
    known,
  })
}

/** What the factory makes of the options. @throws MtlError 'invalid-option' for one that it does not list */
export function makeListed<Made extends { readonly options: Options }>(
  name: string,
  make: Factory<Made>,
  options: Options = {},
): Made {
  const known = Object.keys(make().options)
  for (const option of Object.keys(options)) {
    const near = nearest(option, known)
    const message = `${name} has no option "${option}". ${hint(near, known)}`
    check(known.includes(option), 'invalid-option', message, { option, nearest: near, known })
  }
  return make(options)
}

function hint(near: readonly string[], known: readonly string[]): string {
  return near.length > 0 ? `Nearest: ${near.join(', ')}` : `Known: ${known.join(', ') || 'none'}`
}

export function sortedNames(entries: ReadonlyMap<string, unknown>): string[] {
  return [...entries.keys()].sort()
}

export function isRecord(value: unknown): value is Options {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
