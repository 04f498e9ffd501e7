import { readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { datasetFromTable, fit, intervalCoverage, parseCsv, splitData } from '@mtl/core'
import type { Dataset, Model } from '@mtl/core'
import { sparseBayesian } from '@mtl/sparse'
import { hashSplit } from '../../../packages/datasets/src/hash-split.fixture.ts'
import { explainedOf, meanAndDeviation } from './explained-variance.ts'
import type { Row } from './rows.ts'

/** Share of rows that are tested, and what a linear mixed model with random slopes, an independent program, explains on the same splits. */
const sets = [
  { name: 'High School & Beyond', file: 'hsb.csv', share: 0.25, mixedModel: 22.79 },
  { name: 'School', file: 'school.csv.gz', share: 0.25, mixedModel: 38.24 },
  { name: 'computer survey', file: 'computer_survey.csv', share: 0.6, mixedModel: 46.56 },
] as const
const splits = 3

/**
 * Explained variance of the defaults and coverage of their intervals of 90 % on three data sets, which are looked for in the
 * directory MTL_DATA_DIR. Without it nothing is measured.
 */
export async function benchSparseRealData(): Promise<Row[]> {
  const folder = process.env.MTL_DATA_DIR
  if (folder === undefined) {
    console.error('MTL_DATA_DIR is not set: sparse Bayesian fits of real data are left out')
    return []
  }
  const rows: Row[] = []
  for (const { name, file, share, mixedModel } of sets) {
    const data = read(path.join(folder, file))
    const start = performance.now()
    const [explained, covered]: [number[], number[]] = [[], []]
    for (let split = 0; split < splits; split++) {
      const { train, test } = splitData(data, hashSplit(data, split, share))
      const model = await fit(sparseBayesian(), train, { random: 1 })
      explained.push(await explainedOf(model, test))
      covered.push(100 * (await coverage(model, test)))
    }
    rows.push({
      what: `sparse-bayesian, ${name}: explained variance ${meanAndDeviation(explained, 2)} %, intervals of 90 % cover ${meanAndDeviation(covered, 1)} %`,
      seconds: (performance.now() - start) / 1000 / splits,
      rate: 'a fit and its predictions',
      against: `linear mixed model ${mixedModel.toFixed(2)} %`,
    })
  }
  return rows
}

function read(file: string): Dataset {
  const bytes = readFileSync(file)
  const table = parseCsv((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'))
  const inputs = Object.keys(table).filter((name) => name !== 'task' && name !== 'target')
  return datasetFromTable(table, { task: 'task', targets: { target: 'regression' }, inputs })
}

/** Share of all test rows that lie in the central interval of 90 %. */
async function coverage(model: Model, test: Dataset): Promise<number> {
  const predictions = await model.predict(test)
  const metric = intervalCoverage(0.9)
  let [inside, rows] = [0, 0]
  for (const { name, targets } of test.tasks) {
    if (targets.length === 0) continue
    inside += targets.length * metric.evaluate(predictions[name], targets)
    rows += targets.length
  }
  return inside / rows
}
