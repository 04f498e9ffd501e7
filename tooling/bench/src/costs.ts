import { createRegistry, estimateCosts, fit, MtlError, type Dataset, type Estimator } from '@mtl/core'
import { highSchoolAndBeyond, sleepStudy, verbalAggression } from '@mtl/datasets'
import type { Row } from './rows.ts'
import { secondsOf } from './time.ts'

/** Cost as it is stated before training against the time of a fit to all rows, of every baseline at three sizes. */
export async function benchCosts(): Promise<readonly Row[]> {
  const registry = createRegistry()
  const names = registry.plugins.flatMap((plugin) => Object.keys(plugin.estimators ?? {}))
  const methods = Object.fromEntries(names.map((name) => [name, registry.estimator(name)]))
  const rows: Row[] = []
  for (const set of [sleepStudy, highSchoolAndBeyond, verbalAggression]) {
    const data = set.data()
    for (const { estimator, seconds } of await estimateCosts(methods, data, { random: 0 })) {
      const measured = await secondsOfFit(methods[estimator], data)
      rows.push({
        what: `${estimator} on ${set.title}, ${data.tasks.length} tasks`,
        seconds: measured,
        rate: 'one fit',
        against: `stated ${seconds.toPrecision(2)} s`,
        ratio: measured / seconds,
      })
    }
  }
  return rows
}

/** NaN where the method does not take such data. */
async function secondsOfFit(estimator: Estimator, data: Dataset): Promise<number> {
  try {
    return await secondsOf(() => fit(estimator, data, { random: 0 }), 3)
  } catch (error) {
    if (error instanceof MtlError) return NaN
    throw error
  }
}
