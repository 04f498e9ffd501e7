import path from 'node:path'
import { Command } from 'commander'
import type { Option } from 'commander'
import { addDataOptions } from '../data/command-options.ts'
import { typedSettings } from '../option-settings.ts'
import type { Config } from './read.ts'
import { isRepeated, keyOf, settableOptions, takesSettings, wordOf } from './schema.ts'
import type { Section } from './schema.ts'

const dataKeys: ReadonlySet<string> = new Set(addDataOptions(new Command()).options.map(keyOf))

/**
 * Sets the options of a command that were not typed to what the configuration says: of its own section, else of `data`,
 * which a data set that describes itself does not need.
 */
export function applyConfig(command: Command, { settings, folder }: Config): void {
  const own = (settings[command.name()] ?? {}) as Section
  const describesItself = command.args.some((file) => file.startsWith('dataset:'))
  const data = describesItself ? {} : (settings.data ?? {})
  for (const option of settableOptions(command)) {
    const key = keyOf(option)
    const name = option.attributeName()
    const value = own[key] ?? (dataKeys.has(key) ? data[key] : undefined)
    const source = command.getOptionValueSource(name)
    if (value === undefined || (source !== undefined && source !== 'default')) continue
    command.setOptionValueWithSource(name, typed(option, value, folder), 'config')
  }
}

/** The value as if it had been typed; a path begins at the folder of the configuration. */
function typed(option: Option, value: unknown, folder: string): unknown {
  if (typeof value === 'boolean') return value
  if (takesSettings(option)) return typedSettings(value as Section)
  const texts = (Array.isArray(value) ? value : [value]).map((one) => fromFolder(option, String(one), folder))
  return isRepeated(option) ? texts : texts.join(',')
}

function fromFolder(option: Option, text: string, folder: string): string {
  if (!['file', 'directory'].includes(wordOf(option)) || text.startsWith('dataset:')) return text
  return path.relative('.', path.resolve(folder, text)) || '.'
}
