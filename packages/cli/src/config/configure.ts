import type { Command } from 'commander'
import type { NamedPlugin } from '../registry.ts'
import { applyConfig } from './apply.ts'
import { readConfig } from './read.ts'
import { pluginsOf } from './resolve-plugin.ts'
import { configFileOf } from './run.ts'
import { configSchema } from './schema.ts'

/**
 * Completes the options of a command from the configuration, and finds the plugins that it names.
 * @throws MtlError 'unreadable-file', 'invalid-option', 'unknown-name'
 */
export async function configure(root: Command, command: Command): Promise<readonly NamedPlugin[]> {
  const config = await readConfig(configFileOf(root), configSchema(root))
  if (config === undefined) return []
  applyConfig(command, config)
  return pluginsOf(config)
}
