import { readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { taskClustering } from '@mtl/clustering'
import {
  datasetFromTable,
  fit,
  parseCsv,
  pooled,
  selectRows,
  singleTask,
  splitData,
  splitWhere,
} from '@mtl/core'
import type { Dataset, Estimator, Matrix } from '@mtl/core'
import { explainedOf, explainedVariance, meanAndDeviation, type Predicted } from './explained-variance.ts'
import type { Row } from './rows.ts'

/** Mean explained variance of the reference over the same ten splits, and its deviation. */
const reference = { 'linear, 1 unit': [38.4, 1.13], 'tanh, 1 unit': [38.43, 1.15] } as const
const splits = 10

/**
 * Explained variance on the ten published splits of the School data, which is looked for in the directory MTL_DATA_DIR: examination scores
 * of 15,362 pupils of 139 schools, about the mean of all test rows. Without it nothing is measured.
 */
export async function schoolProtocol(): Promise<Row[]> {
  const folder = process.env.MTL_DATA_DIR
  if (folder === undefined) {
    console.error('MTL_DATA_DIR is not set: the School data is left out')
    return []
  }
  const read = (name: string): ReturnType<typeof parseCsv> =>
    parseCsv(gunzipSync(readFileSync(path.join(folder, name))).toString('utf8'))
  const table = read('school.csv.gz')
  const tests = read('school_splits.csv.gz')
  const inputs = Object.keys(table).filter((name) => name !== 'task' && name !== 'target')
  const data = datasetFromTable(table, { task: 'task', targets: { target: 'regression' }, inputs })
  const methods: Readonly<Record<string, Estimator>> = {
    pooled: pooled(),
    'single-task': singleTask(),
    'task-clustering, linear, 1 unit': taskClustering({ activation: 'linear', hiddenUnits: 1 }),
    'task-clustering, tanh, 1 unit': taskClustering({ activation: 'tanh', hiddenUnits: 1 }),
  }
  const rows: Row[] = []
  for (const [name, estimator] of Object.entries(methods)) {
    const start = performance.now()
    const found: number[] = []
    for (let s = 1; s <= splits; s++) found.push(await explained(estimator, data, tests[`test_${s}`]))
    const seconds = (performance.now() - start) / 1000 / splits
    const theirs = Object.entries(reference).find(([what]) => name.endsWith(what))?.[1]
    rows.push({
      what: `${name}, School data: explained variance ${meanAndDeviation(found, 2)} %`,
      seconds,
      rate: 'a fit and its predictions',
      ...(theirs && { against: `reference ${theirs[0].toFixed(2)} +- ${theirs[1].toFixed(2)} %` }),
    })
  }
  return [...rows, await unseenSchools(data)]
}

const shown = [0, 1, 5, 20]

/** Every fifth school is left out whole; its pupils from the 21st on are predicted after so many of the first were shown. */
async function unseenSchools({ tasks }: Dataset): Promise<Row> {
  const start = performance.now()
  const isUnseen = (position: number): boolean => position % 5 === 0
  const kept = { tasks: tasks.filter((_, position) => !isUnseen(position)) }
  const model = await fit(taskClustering({ activation: 'linear', hiddenUnits: 1 }), kept, { random: 1 })
  const most = Math.max(...shown)
  const unseen = tasks.filter(({ targets }, position) => isUnseen(position) && targets.length > most)
  const found: string[] = []
  for (const count of shown) {
    const pairs: Predicted[] = []
    for (const task of unseen) {
      const examples = rowsOf(task, 0, count)
      const asked = rowsOf(task, most, task.targets.length)
      const { point } = await model.predictTask(count > 0 ? { examples } : {}, asked.inputs)
      pairs.push(...Array.from(asked.targets, (y, i) => ({ y, point: point[i] })))
    }
    found.push(explainedVariance(pairs).toFixed(1))
  }
  return {
    what: `task-clustering, linear, 1 unit, School data: explained variance of ${unseen.length} schools never seen, after ${shown.join(' / ')} of their pupils: ${found.join(' / ')} %`,
    seconds: (performance.now() - start) / 1000,
    rate: 'a fit and its predictions',
  }
}

function rowsOf(
  task: Dataset['tasks'][number],
  from: number,
  to: number,
): { inputs: Matrix; targets: Float64Array } {
  const positions = Array.from({ length: to - from }, (_, k) => from + k)
  return { inputs: selectRows(task.inputs, positions), targets: task.targets.slice(from, to) }
}

async function explained(estimator: Estimator, data: Dataset, isTest: ArrayLike<unknown>): Promise<number> {
  const { train, test } = splitData(
    data,
    splitWhere(data, (row) => Number(isTest[row]) === 1),
  )
  return explainedOf(await fit(estimator, train, { random: 1 }), test)
}
