import { mmoe, neuralSingleTask, sharedBottom } from '@mtl/architectures'
import { createRandom, fit, holdout, meanRegularised, pooled, singleTask, splitData } from '@mtl/core'
import type { Estimator } from '@mtl/core'
import { highSchoolAndBeyond } from '@mtl/datasets'
import { explainedOf, meanAndDeviation } from './explained-variance.ts'
import type { Row } from './rows.ts'

const splits = 5
const shares = [0.25, 0.75]

/**
 * Networks with default options on High School & Beyond, 160 schools: explained variance of the rows left out, about the mean of
 * them all, and its deviation over five splits, where a quarter and where three quarters of the rows train.
 */
export async function benchNetworks(): Promise<readonly Row[]> {
  const data = highSchoolAndBeyond.data()
  const methods: Readonly<Record<string, Estimator>> = {
    pooled: pooled(),
    'single-task': singleTask(),
    'mean-regularised': meanRegularised(),
    'neural-single-task': neuralSingleTask(),
    'shared-bottom': sharedBottom(),
    mmoe: mmoe(),
  }
  const rows: Row[] = []
  for (const [name, estimator] of Object.entries(methods)) {
    const started = performance.now()
    const found: string[] = []
    for (const share of shares) {
      const values: number[] = []
      for (let s = 0; s < splits; s++) {
        const split = holdout(data, { random: createRandom(100 + s), testFraction: 1 - share })
        const { train, test } = splitData(data, split)
        values.push(await explainedOf(await fit(estimator, train, { random: s }), test))
      }
      found.push(meanAndDeviation(values, 1))
    }
    rows.push({
      what: `${name}, ${shares.map((share) => `${100 * share} %`).join(' / ')} of the rows: explained variance ${found.join(' / ')} %`,
      seconds: (performance.now() - started) / 1000 / (splits * shares.length),
      rate: 'a fit and its predictions',
    })
  }
  return rows
}
