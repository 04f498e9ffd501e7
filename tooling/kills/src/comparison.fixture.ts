import { mkdtemp, readFile, readdir } from 'node:fs/promises'
import path from 'node:path'
import type { Work } from './kills.fixture.ts'
import { run } from './program.fixture.ts'
import { table, writeTable } from './table.fixture.ts'

const into = 'result.json'
const state = 'state.json'

/** A comparison that keeps its state in a file, its figures in another as a shell writes them. */
export async function comparison(program: string, scratch: string, workers: number): Promise<Work> {
  const args =
    `compare ${table} --task school --target mark --methods mean-regularised --splits 40 --json --state ${state} --workers ${workers}`.split(
      ' ',
    )
  const whole = await mkdtemp(path.join(scratch, 'whole-'))
  await writeTable(whole)
  const { milliseconds, status, stderr } = await run({ program, folder: whole, args, into })
  if (status !== 0 || /failed/.test(stderr)) throw new Error(stderr)
  const figures = (await figuresIn(whole)) ?? ''
  return {
    name: `compare with ${workers} workers`,
    milliseconds,
    prepare: writeTable,
    call: { args, into },
    async afterKill(folder) {
      const left = (await readdir(folder)).filter((name) => name !== table && name !== into)
      const foreign = left.filter((name) => name !== state && name !== `${state}.tmp`)
      if (foreign.length > 0) throw new Error(`left behind: ${foreign.join(' ')}`)
      if (left.includes(state)) JSON.parse(await readFile(path.join(folder, state), 'utf8'))
      const found = await figuresIn(folder)
      if (found !== undefined && found !== figures)
        throw new Error('the figures are others than those of one go')
      return [...left, found === undefined ? 'no figures yet' : 'the figures']
    },
    async afterEnd(folder) {
      if ((await figuresIn(folder)) !== figures)
        throw new Error('the figures are others than those of one go')
      const names = (await readdir(folder)).sort()
      if (names.join() !== [table, into].sort().join()) throw new Error(`left behind: ${names.join(' ')}`)
    },
  }
}

/** What does not depend on how long it took; undefined where the file is not whole. */
async function figuresIn(folder: string): Promise<string | undefined> {
  try {
    const text = await readFile(path.join(folder, into), 'utf8')
    const { scores, overall, summaries, failures, decision, recommended, verdict } = JSON.parse(
      text,
    ) as Record<string, unknown>
    return JSON.stringify({ scores, overall, summaries, failures, decision, recommended, verdict })
  } catch {
    return undefined
  }
}
