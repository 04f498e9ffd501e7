import type { Command } from 'commander'
import { methodsOnOffer } from '../compare/methods.ts'
import { dataSetNames } from '../data/built-in.ts'
import type { Host } from '../host.ts'
import { createCliRegistry } from '../registry.ts'
import { completionScript } from './scripts.ts'
import type { Shell } from './shells.ts'
import { wordsOf } from './words.ts'

/** `mtl completion`: the script for a shell, with the names that are installed. */
export async function runCompletion(shell: Shell, root: Command, { stdout, plugins }: Host): Promise<void> {
  const registry = await createCliRegistry(plugins)
  const known = { methods: methodsOnOffer(registry), dataSets: await dataSetNames() }
  stdout.write(completionScript(shell, wordsOf(root, known)))
}
