import { createRandom, dataset, fit, matrix, sampleNormal, singleTask, type Dataset } from '@mtl/core'
import { secondsOf } from './time.ts'
import type { Row } from './rows.ts'

/** One ridge regression for each task, the penalty chosen by generalised cross-validation. */
export async function benchRidge(tasks: number, rows: number, features: number): Promise<Row> {
  const data = linearTasks(tasks, rows, features)
  const seconds = await secondsOf(() => fit(singleTask(), data, { random: 1 }), 3)
  return {
    what: `single-task ridge, ${tasks} tasks x ${rows} rows x ${features} inputs, 15 penalties tried`,
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
