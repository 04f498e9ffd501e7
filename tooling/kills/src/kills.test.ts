import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { comparison } from './comparison.fixture.ts'
import { killUntilDone } from './kills.fixture.ts'
import type { Tally } from './kills.fixture.ts'
import { buildProgram } from './program.fixture.ts'
import { training } from './training.fixture.ts'

/** So many in every run of the tests; .ci/run asks for all. */
const wanted = Number(process.env.MTL_KILLS ?? 20)

describe('a process that is killed', () => {
  let scratch = ''
  let program = ''
  beforeAll(async () => {
    scratch = await mkdtemp(path.join(tmpdir(), 'mtl-kills-program-'))
    program = await buildProgram(scratch)
  })
  afterAll(() => rm(scratch, { recursive: true, force: true }))

  it(
    `leaves the former file or the next, and is taken up to the very same figures, in ${wanted} kills`,
    { timeout: 600_000 },
    async () => {
      // One after another: moments are drawn from the time that each takes.
      const alone = await comparison(program, scratch, 0)
      const works = [
        await training(program, scratch, { method: 'task-clustering --option clusters=2', replaces: true }),
        alone,
        await training(program, scratch, { method: 'auto --methods mean-regularised', replaces: true }),
        await comparison(program, scratch, 2),
        await training(program, scratch, { method: 'sparse-bayesian', replaces: false }),
        alone,
      ]
      const tally: Tally = { kills: 0, ends: 0, found: {} }
      let begun = 0
      const chain = async (): Promise<void> => {
        while (tally.kills < wanted) {
          const index = begun++
          await killUntilDone(program, works[index % works.length], { seed: `work ${index}`, wanted }, tally)
        }
      }
      // Two at a time: as many as the smallest machine has cores.
      await Promise.all([chain(), chain()])
      const found = Object.entries(tally.found).map(([what, count]) => `${what} ${count}`)
      console.log(
        `${tally.kills} kills: ${tally.ends} works came to their end; found: ${found.sort().join(', ')}`,
      )
      expect(tally.kills).toBeGreaterThanOrEqual(wanted)
    },
  )
})
