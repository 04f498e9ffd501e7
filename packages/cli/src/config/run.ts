import process from 'node:process'
import type { Command } from 'commander'
import type { Host } from '../host.ts'
import { pluginsOf } from './resolve-plugin.ts'
import { configFiles, readConfig } from './read.ts'
import { configSchema, jsonSchema } from './schema.ts'

/** `mtl config`: which file is in force and what it says, or the schema. @throws MtlError for a file that is wrong */
export async function runConfig(
  { schema = false }: { readonly schema?: boolean },
  root: Command,
  { stdout }: Host,
): Promise<void> {
  if (schema) {
    stdout.write(`${JSON.stringify(jsonSchema(root), null, 2)}\n`)
    return
  }
  const config = await readConfig(configFileOf(root), configSchema(root))
  if (config === undefined) {
    stdout.write(`there is no ${configFiles.join(', ')} in ${process.cwd()}\n`)
    return
  }
  const plugins = pluginsOf(config).map(({ name, url = 'the copy beside mtl' }) => `plugin ${name}: ${url}\n`)
  stdout.write(`${config.file}\n${plugins.join('')}${JSON.stringify(config.settings, null, 2)}\n`)
}

/** The file that --config names. */
export function configFileOf(root: Command): string | undefined {
  return root.opts<{ config?: string }>().config
}
