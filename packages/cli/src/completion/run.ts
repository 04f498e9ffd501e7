import type { Command } from 'commander'
import { dataSetNames } from '../data/built-in.ts'
import type { Host } from '../host.ts'
import { createCliRegistry } from '../registry.ts'
import { completionScript } from './scripts.ts'
import type { Shell } from './shells.ts'
import { wordsOf } from './words.ts'

/** `mtl completion`: the script for a shell, with the names that are installed. */
export async function runCompletion(shell: Shell, root: Command, { stdout, plugins }: Host): Promise<void> {
  const { names } = await createCliRegistry(plugins)
  const known = { methods: names.estimators, dataSets: await dataSetNames() }
  stdout.write(completionScript(shell, wordsOf(root, known)))
}
