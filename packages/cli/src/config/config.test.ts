import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { errorLines } from '../error/error-lines.ts'
import { listening } from '../host.fixture.ts'
import { createProgram } from '../program.ts'
import { applyConfig } from './apply.ts'
import { readConfig } from './read.ts'
import type { Config } from './read.ts'
import { resolvePlugin } from './resolve-plugin.ts'
import { configSchema, jsonSchema } from './schema.ts'

const root = createProgram({ ...listening().host }, '1.0.0')

describe('a configuration', () => {
  let folder = ''
  const at = (name: string): string => path.join(folder, name)
  const read = async (text: string, name = 'mtl.config.yaml'): Promise<Config> => {
    await writeFile(at(name), text)
    return (await readConfig(at(name), configSchema(root))) as Config
  }
  const linesOf = async (text: string): Promise<string[]> =>
    read(text).then(
      () => [],
      (error: unknown) =>
        errorLines(error, false).map((line) =>
          line.replace(`error [invalid-option] ${at('mtl.config.yaml')} `, ''),
        ),
    )

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mtl-config-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('is read from YAML and from JSON alike', async () => {
    const settings = { plugins: ['mtl-plugin-x'], compare: { splits: 3, methods: ['pooled'] } }
    const yaml = 'plugins:\n  - mtl-plugin-x\ncompare:\n  splits: 3\n  methods: [pooled]\n'
    expect((await read(yaml)).settings).toEqual(settings)
    expect((await read(JSON.stringify(settings), 'mtl.config.json')).settings).toEqual(settings)
    expect((await read('# nothing yet\n')).settings).toEqual({})
  })

  it('is refused with the line and the nearest name of all that is wrong', async () => {
    const text = 'plugins: mtl-plugin-x\ntrian:\n  method: pooled\ncompare:\n  splits: many\n  splitz: 3\n'
    expect(await linesOf(text)).toEqual([
      'line 1: plugins must be a list',
      'line 2: there is no setting "trian". Nearest: train',
      'line 5: compare.splits must be a number',
      'line 6: compare has no option "splitz". Nearest: splits',
    ])
    expect(await linesOf('compare: [3]\n')).toEqual(['line 1: compare must hold settings, name: value'])
    expect(await linesOf('- compare\n')).toHaveLength(1)
    expect((await linesOf('a: [1\nb: 2\n'))[0]).toMatch(/^line [12]: /)
    expect((await linesOf('__proto__:\n  polluted: true\n'))[0]).toMatch(/there is no setting "__proto__"/)
    expect('polluted' in {}).toBe(false)
  })

  it('has nothing to say of a file that is not there', async () => {
    await expect(readConfig(at('none.yaml'), configSchema(root))).rejects.toThrow('there is no such file')
  })

  it('sets what was not typed, paths from its own folder, and no columns of a data set that describes itself', async () => {
    const config = await read(
      [
        'data: { task: school, target: [mathach, reading], missing: [n/a, -999] }',
        'train: { option: { clusters: 3, gate: { penalty: 0.5, prior: flat } }, out: model, seed: 4, task: class, method: pooled }',
      ].join('\n'),
    )
    const optionsOf = (...args: string[]): Record<string, unknown> => {
      const train = createProgram({ ...listening().host }, '1.0.0').commands[1]
      train.action(() => undefined).parse(args, { from: 'user' })
      applyConfig(train, config)
      return train.opts()
    }
    expect(optionsOf('pupils.csv', '--method', 'task-mean')).toMatchObject({
      method: 'task-mean',
      task: 'class',
      target: 'mathach,reading',
      missing: ['n/a', '-999'],
      option: ['clusters=3', 'gate.penalty=0.5', 'gate.prior="flat"'],
      seed: '4',
      out: path.relative('.', at('model')),
    })
    const described = optionsOf('dataset:hsb')
    expect(described).toMatchObject({ method: 'pooled', seed: '4' })
    expect(described).not.toHaveProperty('target')
  })

  it('has the schema that the package holds', () => {
    // mtl config --schema writes it anew.
    const file = fileURLToPath(new URL('../../mtl.config.schema.json', import.meta.url))
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(jsonSchema(root))
  })

  it('finds plugins from its folder, those for import alone too, and says which are not installed', async () => {
    const place = at('node_modules/mtl-plugin-x')
    await mkdir(place, { recursive: true })
    const manifest = {
      name: 'mtl-plugin-x',
      type: 'module',
      exports: { '.': { types: './x.d.ts', import: './x.js' } },
    }
    await writeFile(path.join(place, 'package.json'), JSON.stringify(manifest))
    await writeFile(path.join(place, 'x.js'), '')
    expect(resolvePlugin('mtl-plugin-x', folder, 'c').url).toMatch(/node_modules\/mtl-plugin-x\/x\.js$/)
    await writeFile(at('own.js'), '')
    expect(resolvePlugin('./own.js', folder, 'c').url).toMatch(/own\.js$/)
    // Where that folder has none, it is the copy beside this program.
    expect(resolvePlugin('@mtl/clustering', folder, 'c').name).toBe('@mtl/clustering')
    expect(() => resolvePlugin('@mtl/clusterin', folder, 'c.yaml')).toThrow(
      'c.yaml names the plugin @mtl/clusterin, which is not installed where that file is: npm install @mtl/clusterin. Did you mean @mtl/clustering?',
    )
    expect(() => resolvePlugin('./none.js', folder, 'c.yaml')).toThrow('there is no such file')
  })
})
