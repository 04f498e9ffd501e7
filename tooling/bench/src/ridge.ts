import { createRandom, dataset, fit, matrix, sampleNormal, type Dataset, type Estimator } from '@mtl/core'
import { secondsOf } from './time.ts'
import type { Row } from './rows.ts'

/** Ridge regressions of all tasks, penalties chosen by generalised cross-validation. */
export async function benchRidge(
  estimator: Estimator,
  tasks: number,
  rows: number,
  features: number,
): Promise<Row> {
  const data = linearTasks(tasks, rows, features)
  const seconds = await secondsOf(() => fit(estimator, data, { random: 1 }), 3)
  return {
    what: `${estimator.name}, ${tasks} tasks x ${rows} rows x ${features} inputs`,
    seconds,
    rate: `${Math.round(tasks / seconds)} tasks/s`,
  }
}

function linearTasks(tasks: number, rows: number, features: number): Dataset {
  const random = createRandom('ridge')
  const normals = (n: number): Float64Array => Float64Array.from({ length: n }, () => sampleNormal(random))
  return dataset(
    Array.from({ length: tasks }, (_, t) => ({
      name: `task ${t}`,
      inputs: matrix(rows, features, normals(rows * features)),
      targets: normals(rows),
    })),
  )
}
