import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createRandom } from '@mtl/core'
import { run } from './program.fixture.ts'
import type { Call, Ending } from './program.fixture.ts'

/** A piece of work that is killed and taken up until it is done. */
export interface Work {
  readonly name: string
  /** Milliseconds that it takes when nobody kills it. */
  readonly milliseconds: number
  /** Puts into a folder what is there before. */
  readonly prepare: (folder: string) => Promise<void>
  readonly call: Pick<Call, 'args' | 'into'>
  /** Looks at the folder after a kill; says in a word what it found, throws where that must not be. */
  readonly afterKill: (folder: string, killed: Ending) => Promise<readonly string[]>
  /** Throws where the figures are others than of a run that nobody killed, or more is left than they. */
  readonly afterEnd: (folder: string) => Promise<void>
}

export interface Tally {
  kills: number
  /** Works that came to their end. */
  ends: number
  /** How often a kill left what behind. */
  readonly found: Record<string, number>
}

const mostKills = 6

/**
 * Kills a work at moments drawn from its time, taking it up after each, until it comes to its end or was killed six times
 * or there are as many kills as wanted; then it is left to come to its end.
 */
export async function killUntilDone(
  program: string,
  work: Work,
  { seed, wanted }: { readonly seed: string; readonly wanted: number },
  tally: Tally,
): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mtl-kills-'))
  const random = createRandom(seed)
  try {
    await work.prepare(folder)
    const { args, into } = work.call
    for (let killed = 0; ; killed++) {
      const moment = work.milliseconds * (0.2 + 0.8 * random.next())
      const ending = await run({
        ...{ program, folder, into },
        ...(killed < mostKills && tally.kills < wanted && { killAfter: moment }),
        args: killed === 0 ? args : [...args, '--resume'],
      })
      if (ending.status === 0) break
      if (ending.status !== null) throw new Error(`${work.name}: ${ending.stderr}`)
      tally.kills++
      for (const what of await work.afterKill(folder, ending))
        tally.found[what] = (tally.found[what] ?? 0) + 1
    }
    await work.afterEnd(folder)
    tally.ends++
  } catch (error) {
    throw new Error(`${work.name}, seed ${seed}`, { cause: error })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
