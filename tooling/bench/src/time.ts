/** Seconds that `run` takes: the median of `repeats` runs after one that is not counted. */
export async function secondsOf(run: () => unknown, repeats = 5): Promise<number> {
  await run()
  const seconds: number[] = []
  for (let repeat = 0; repeat < repeats; repeat++) seconds.push(await once(run))
  return median(seconds)
}

export interface Pair {
  readonly ours: number
  readonly theirs: number
  /** Median over pairs of ours / theirs: what a busy machine does to both cancels. */
  readonly ratio: number
}

/** Times two ways of the same work in turns. */
export async function secondsOfPair(ours: () => unknown, theirs: () => unknown, repeats = 7): Promise<Pair> {
  await ours()
  await theirs()
  const pairs: { ours: number; theirs: number }[] = []
  for (let repeat = 0; repeat < repeats; repeat++)
    pairs.push({ ours: await once(ours), theirs: await once(theirs) })
  return {
    ours: median(pairs.map((pair) => pair.ours)),
    theirs: median(pairs.map((pair) => pair.theirs)),
    ratio: median(pairs.map((pair) => pair.ours / pair.theirs)),
  }
}

/**
 * Seconds that a run of each takes, the median of 30 rounds after ten that are not counted; in turns, so that a busy machine
 * disturbs all alike.
 */
export async function secondsInTurns(runs: readonly (() => unknown)[]): Promise<readonly number[]> {
  const times: number[][] = runs.map(() => [])
  for (let round = 0; round < 40; round++)
    for (const [r, run] of runs.entries()) {
      const seconds = await once(run)
      if (round >= 10) times[r].push(seconds)
    }
  return times.map(median)
}

async function once(run: () => unknown): Promise<number> {
  const start = performance.now()
  await run()
  return (performance.now() - start) / 1000
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}

/** Processor seconds since then, all threads of the process together. */
export function processorSeconds(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1e6
}
