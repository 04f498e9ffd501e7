import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { compare, dataset } from '@mtl/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { errorLines } from './error/error-lines.ts'
import { executorFor } from './executor.ts'
import { createCliRegistry, pluginsWith } from './registry.ts'
import type { NamedPlugin } from './registry.ts'

/** A plugin that needs no package: task-mean under another name. */
const plugin = `
const version = '2.0.0'
const made = {
  name: 'of-mine', version: 1, options: {},
  capabilities: { kinds: ['regression'], mixedKinds: false, inputs: 'nothing', levels: 'ids', weights: false,
    descriptors: 'ignored', unseenTasks: [], parameterUncertainty: false },
  async *train() { throw new Error('it runs where it should') },
  restore() {},
}
export const unrelated = 3
export const minePlugin = { name: 'mtl-plugin-of-mine', version, estimators: { 'of-mine': () => made } }
`

describe('createCliRegistry', () => {
  let folder = ''
  const named = (name: string): NamedPlugin => ({ name, url: pathToFileURL(path.join(folder, name)).href })
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mtl-registry-'))
    await writeFile(path.join(folder, 'mine.mjs'), plugin)
    await writeFile(path.join(folder, 'empty.mjs'), 'export const nothing = {}')
    await writeFile(path.join(folder, 'broken.mjs'), "throw new Error('out of order')")
    await writeFile(path.join(folder, 'again.mjs'), plugin.replace('mtl-plugin-of-mine', 'mtl-plugin-again'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('offers what is installed and what plugins bring, whatever their exports are called', async () => {
    const { plugins, names } = await createCliRegistry([named('mine.mjs')])
    expect(plugins.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['@mtl/core', '@mtl/clustering', 'mtl-plugin-of-mine']),
    )
    expect(names.estimators).toContain('of-mine')
    expect((await createCliRegistry()).names.estimators).not.toContain('of-mine')
  })

  it('loads networks only where one is named, and knows their names before', async () => {
    const { names, unloaded, plugins } = await createCliRegistry(await pluginsWith([], ['pooled']))
    expect(unloaded['@mtl/architectures']).toEqual(expect.arrayContaining(['mmoe', 'shared-bottom']))
    expect(names.estimators).not.toContain('mmoe')
    expect(plugins.map(({ name }) => name)).not.toContain('@mtl/architectures')
    for (const methods of [['mmoe'], 'all'] as const) {
      const loaded = await createCliRegistry(await pluginsWith([named('mine.mjs')], methods))
      expect(loaded.names.estimators).toEqual(
        expect.arrayContaining([...unloaded['@mtl/architectures'], 'of-mine']),
      )
      expect(loaded.unloaded).toEqual({})
    }
  })

  it('says which plugin is broken', async () => {
    const lineOf = async (...names: string[]): Promise<string> =>
      createCliRegistry(names.map(named)).then(
        () => '',
        (error: unknown) => errorLines(error, false).join(' '),
      )
    expect(await lineOf('broken.mjs')).toMatch(
      /^error \[cli\/broken-plugin\] the plugin broken\.mjs cannot be loaded: out of order\. Install it anew/,
    )
    expect(await lineOf('empty.mjs')).toMatch(/the plugin empty\.mjs exports no plugin/)
    expect(await lineOf('mine.mjs', 'again.mjs')).toMatch(/^error \[duplicate-name\].*of-mine/)
  })

  it('is the same in a worker', async () => {
    const plugins = [named('mine.mjs')]
    const method = { 'of-mine': (await createCliRegistry(plugins)).estimator('of-mine') }
    const rows = { inputs: [[0], [1], [2], [3]], targets: [0, 1, 1, 2] }
    const executor = await executorFor(1, [], 1, plugins)
    const { failures } = await compare(method, dataset([{ name: 'a', ...rows }]), {
      random: 0,
      splits: { repeats: 1, testFraction: 0.25 },
      baselines: method,
      executor,
    })
    await executor.close()
    expect(failures[0].message).toContain('it runs where it should')
  })
})
