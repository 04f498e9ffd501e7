/** Seconds of one sweep and the last bound of each problem of the file that is named, as JSON. */
import { readFileSync } from 'node:fs'
import { dataset, fit, matrixFromRows } from '@mtl/core'
import { sparseBayesian } from '@mtl/sparse'
import type { SweepProblem } from './sparse.ts'
import { processorSeconds } from './time.ts'

const problems = JSON.parse(readFileSync(process.argv[2], 'utf8')) as readonly SweepProblem[]
const found: { seconds: number; bound: number }[] = []
for (const { tasks, options, sweeps, seconds } of problems) {
  const data = dataset(
    tasks.map(({ X, y }, t) => ({ name: `task ${t}`, inputs: matrixFromRows(X), targets: y })),
  )
  const estimator = sparseBayesian({ ...options, maxSteps: sweeps, tolerance: 0 })
  const { parameters } = await fit(estimator, data, { random: 1 })
  const run = (): Promise<unknown> => fit(estimator, data, { random: 1 })
  // Functions are compiled as they are met: theirs were before the clock.
  await leastSeconds(run, seconds)
  found.push({ seconds: (await leastSeconds(run, seconds)) / sweeps, bound: parameters.bound })
}
console.log(JSON.stringify(found))

/** Processor seconds, the least of the runs that begin within `limit` seconds. */
async function leastSeconds(run: () => Promise<unknown>, limit: number): Promise<number> {
  const begin = process.cpuUsage()
  let least = Infinity
  while (processorSeconds(begin) < limit) {
    const start = process.cpuUsage()
    await run()
    least = Math.min(least, processorSeconds(start))
  }
  return least
}
