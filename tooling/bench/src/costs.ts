import { clusteringPlugin } from '@mtl/clustering'
import { createRegistry, estimateCosts, fit, MtlError, type Dataset, type Estimator } from '@mtl/core'
import { highSchoolAndBeyond, sleepStudy, verbalAggression } from '@mtl/datasets'
import { sparsePlugin } from '@mtl/sparse'
import { variationalPlugin } from '@mtl/variational'
import type { Row } from './rows.ts'

/** Fits that are stated to take longer are left out, for the bench is to end. */
const longest = 10

/** Cost as it is stated before training against the time of one fit to all rows, of every method at three sizes. */
export async function benchCosts(): Promise<readonly Row[]> {
  const registry = createRegistry(clusteringPlugin, sparsePlugin, variationalPlugin)
  const names = registry.plugins.flatMap((plugin) => Object.keys(plugin.estimators ?? {}))
  const methods = Object.fromEntries(names.map((name) => [name, registry.estimator(name)]))
  const rows: Row[] = []
  for (const set of [sleepStudy, highSchoolAndBeyond, verbalAggression]) {
    const data = set.data()
    for (const { estimator, seconds } of await estimateCosts(methods, data, { random: 0 })) {
      const measured = seconds > longest ? NaN : await secondsOfFit(methods[estimator], data)
      rows.push({
        what: `${estimator} on ${set.title}, ${data.tasks.length} tasks`,
        seconds: measured,
        rate: 'one fit',
        against: `stated ${seconds.toPrecision(2)} s`,
        ratio: measured / seconds,
      })
    }
  }
  const within = rows.filter(({ ratio = NaN }) => ratio >= 1 / 3 && ratio <= 3).length
  const known = rows.filter(({ ratio = NaN }) => !Number.isNaN(ratio)).length
  return [...rows, { what: 'stated within a factor of 3', seconds: NaN, rate: `${within} of ${known} fits` }]
}

/** NaN where the method does not take such data. */
async function secondsOfFit(estimator: Estimator, data: Dataset): Promise<number> {
  const started = performance.now()
  try {
    await fit(estimator, data, { random: 0 })
  } catch (error) {
    if (error instanceof MtlError) return NaN
    throw error
  }
  return (performance.now() - started) / 1000
}
