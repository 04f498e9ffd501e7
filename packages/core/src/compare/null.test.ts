import { expect, it } from 'vitest'
import { dataset } from '../data/dataset.ts'
import { normal } from '../distribution/normal.ts'
import { matrix } from '../linalg/matrix.ts'
import { rmse } from '../metric/regression.ts'
import { defineEstimator } from '../model/define-estimator.ts'
import type { Estimator } from '../model/types.ts'
import { createRandom } from '../random/generator.ts'
import { sampleNormal } from '../random/sample.ts'
import { compare } from './compare.ts'
import { everything } from './constant.fixture.ts'

/** Least squares on one column alone, through the origin, for all tasks. */
function slopeOn(column: number): Estimator {
  return defineEstimator<number>({
    name: `slope-${column}`,
    version: 1,
    options: {},
    capabilities: everything,
    train({ tasks }) {
      let [products, squares] = [0, 0]
      for (const { inputs, targets } of tasks) {
        for (let i = 0; i < inputs.rows; i++) {
          const x = inputs.data[i * inputs.columns + column]
          products += x * targets[i]
          squares += x * x
        }
      }
      return products / squares
    },
    predict: (slope, queries) =>
      queries.map(({ inputs: { rows, columns, data } }) => {
        const mean = Float64Array.from({ length: rows }, (_, i) => slope * data[i * columns + column])
        return normal(mean, new Float64Array(rows).fill(1))
      }),
  })
}

it('finds a difference between two methods that are equal in law in about one of twenty comparisons', async () => {
  const [repeats, tasks, rows] = [600, 4, 24]
  const random = createRandom('equal in law')
  const counts = { helps: 0, hurts: 0, mixed: 0, undecided: 0 }
  for (let r = 0; r < repeats; r++) {
    const draw = random.fork(r)
    const data = dataset(
      Array.from({ length: tasks }, (_, k) => {
        const inputs = matrix(
          rows,
          2,
          Float64Array.from({ length: 2 * rows }, () => sampleNormal(draw)),
        )
        const targets = Array.from({ length: rows }, (_row, i) => inputs.data[2 * i] + inputs.data[2 * i + 1])
        return { name: `task-${k}`, inputs, targets }
      }),
    )
    const { summaries } = await compare({ second: slopeOn(1) }, data, {
      random: draw.fork('compare'),
      baselines: { first: slopeOn(0) },
      metrics: [rmse],
    })
    counts[summaries[0].verdict] += 1
  }
  const shown = counts.helps + counts.hurts + counts.mixed
  // sd of the share is sqrt(0.05 0.95 / 600) = 0.0089; the correction is a rule of thumb, so 4 sd either way.
  expect(Math.abs(shown / repeats - 0.05)).toBeLessThan(0.036)
  // Neither side is favoured: sd of the difference is about 5.5.
  expect(Math.abs(counts.helps - counts.hurts)).toBeLessThan(22)
})
