import { Command } from 'commander'
import type { Option } from 'commander'
import { z } from 'zod'
import { addDataOptions } from '../data/command-options.ts'

/** What a configuration file may hold, checked: of each command its options, by their names without dashes. */
export interface Settings {
  readonly plugins?: readonly string[] | undefined
  /** Options that say what columns are, of every command that takes them. */
  readonly data?: Section | undefined
  readonly [command: string]: Section | readonly string[] | string | undefined
}

export type Section = Readonly<Record<string, unknown>>

/** Options that are for a single call. */
const uncommon = new Set(['debug', 'config', 'version', 'help', 'schema'])

/** The schema of configuration files for a tree of commands: what can be typed can be written down. */
export function configSchema(root: Command): z.ZodType<Settings> {
  const sections = root.commands
    .map((command): [string, z.ZodType] => [
      command.name(),
      sectionOf(settableOptions(command), command.description()),
    ])
    .filter(([, section]) => Object.keys((section as z.ZodObject).shape).length > 0)
  const data = addDataOptions(new Command()).options
  return z.strictObject({
    $schema: z.string().optional(),
    plugins: z
      .array(z.string({ error: 'must hold names of packages, or paths' }), { error: 'must be a list' })
      .describe('packages whose methods are on offer, found from the folder of this file')
      .optional(),
    data: sectionOf(data, 'what columns are, for every command that takes such options').optional(),
    ...Object.fromEntries(sections.map(([name, section]) => [name, section.optional()])),
  })
}

/** The options of a command that a configuration may set. */
export function settableOptions({ options }: Command): readonly Option[] {
  return options.filter((option) => !uncommon.has(keyOf(option)))
}

/** 'train-fraction'. */
export function keyOf({ long }: Option): string {
  return (long ?? '').replace(/^--/, '')
}

function sectionOf(options: readonly Option[], description: string): z.ZodObject {
  const shape = options.map((option) => [
    keyOf(option),
    valueOf(option).describe(option.description).optional(),
  ])
  return z
    .strictObject(Object.fromEntries(shape) as z.ZodRawShape, { error: mappingExpected })
    .describe(description)
}

/** Other faults are told by what they are about. */
function mappingExpected({ code }: { readonly code?: string | undefined }): string | undefined {
  return code === 'invalid_type' ? 'must hold settings, name: value' : undefined
}

const text = z.string({ error: 'must be text' })
const textOrNumber = z.union([z.string(), z.number()], { error: 'must be text' })
const several = z.union([textOrNumber, z.array(textOrNumber)], { error: 'must be text, or a list of texts' })

/** By the word that stands for the value in the help. */
function valueOf(option: Option): z.ZodType {
  if (takesSettings(option))
    return z.record(z.string(), z.unknown(), { error: 'must hold settings, name: value' })
  if (option.isBoolean()) return z.boolean({ error: 'must be true or false' })
  if (option.argChoices !== undefined) return z.enum(option.argChoices)
  const word = wordOf(option)
  if (['count', 'number', 'share', 'seconds'].includes(word)) return z.number({ error: 'must be a number' })
  if (isRepeated(option) || ['columns', 'names', 'kinds'].includes(word)) return several
  return ['column', 'text'].includes(word) ? textOrNumber : text
}

/** The word for the value: 'columns' of '--target <columns>'. */
export function wordOf({ flags }: Option): string {
  return /<([^>]+)>/.exec(flags)?.[1] ?? ''
}

/** Whether each use adds a value. */
export function isRepeated({ parseArg }: Option): boolean {
  return parseArg !== undefined
}

/** Whether its values are settings, key=value. */
export function takesSettings(option: Option): boolean {
  return wordOf(option).includes('=')
}

/** The schema for editors. */
export function jsonSchema(root: Command): unknown {
  return z.toJSONSchema(configSchema(root))
}
