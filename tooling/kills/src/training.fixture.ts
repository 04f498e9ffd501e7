import { cp, mkdtemp, readFile, readdir } from 'node:fs/promises'
import path from 'node:path'
import type { Work } from './kills.fixture.ts'
import { run } from './program.fixture.ts'
import type { Ending } from './program.fixture.ts'
import { table, writeTable } from './table.fixture.ts'

const out = 'model'
const files = ['model.json', 'run.json', 'table.json']

/** What may stand beside and in the directory while a model is exchanged or trained: packages/cli/README.md. */
const beside = /^\.model\.mtl-(writing|next|previous)$/
const within = /^(checkpoint|comparison)\.json(\.tmp)?$/

/** The training of a model, in the place of a former one or of none. */
export async function training(
  program: string,
  scratch: string,
  { method, replaces }: { readonly method: string; readonly replaces: boolean },
): Promise<Work> {
  const args = (how: string): string[] =>
    `train ${table} --task school --target mark --workers 0 --out ${out} --method ${how}`.split(' ')
  const start = await mkdtemp(path.join(scratch, 'start-'))
  await writeTable(start)
  if (replaces) await run({ program, folder: start, args: args('pooled') })
  const whole = await mkdtemp(path.join(scratch, 'whole-'))
  await cp(start, whole, { recursive: true })
  const { milliseconds, stderr, status } = await run({ program, folder: whole, args: args(method) })
  if (status !== 0) throw new Error(stderr)
  const predicted = (folder: string): Promise<Ending> =>
    run({ program, folder, args: ['predict', out, table] })
  const former = replaces ? (await predicted(start)).stdout : undefined
  const next = (await predicted(whole)).stdout
  const modelOf = (folder: string): Promise<string> => readFile(path.join(folder, out, 'model.json'), 'utf8')
  const model = await modelOf(whole)
  return {
    name: `train --method ${method}${replaces ? ' in the place of a model' : ''}`,
    milliseconds,
    prepare: (folder) => cp(start, folder, { recursive: true }),
    call: { args: args(method) },
    async afterKill(folder) {
      const left = await leftIn(folder)
      const { status, stdout, stderr } = await predicted(folder)
      if (status === 0 && stdout === next) return [...left, 'the new model']
      if (status === 0 && stdout === former) return [...left, 'the former model']
      const isNone =
        /^error \[unreadable-file\] (there is no directory|\S+ holds (a training|no model))[^\n]*\n$/
      if (former === undefined && isNone.test(stderr)) return [...left, 'no model yet']
      throw new Error(`no model can be read: ${status} ${stderr}`)
    },
    async afterEnd(folder) {
      if ((await modelOf(folder)) !== model) throw new Error('the model is another than that of one go')
      const names = [...(await readdir(folder)), ...(await readdir(path.join(folder, out)))].sort()
      const expected = [out, table, ...files].sort()
      if (names.join() !== expected.join()) throw new Error(`left behind: ${names.join(' ')}`)
    },
  }
}

/** What a kill left of an exchange or of a training. @throws where it is none of what the documentation names */
async function leftIn(folder: string): Promise<string[]> {
  const around = (await readdir(folder)).filter((name) => name !== table && name !== out)
  const inside = (await readdir(path.join(folder, out)).catch(() => [])).filter(
    (name) => !files.includes(name),
  )
  const foreign = [
    ...around.filter((name) => !beside.test(name)),
    ...inside.filter((name) => !within.test(name)),
  ]
  if (foreign.length > 0) throw new Error(`left behind: ${foreign.join(' ')}`)
  return [...around, ...inside]
}
