import {
  calibrationError,
  classProbabilities,
  createRandom,
  dataset,
  fit,
  matrix,
  sampleNormal,
} from '@mtl/core'
import type { Dataset, Estimator, Matrix } from '@mtl/core'

export interface Split {
  readonly train: Dataset
  readonly test: Dataset
}

/** Six tasks of two classes: weights of a group (t mod 2) from N(0, 1.5^2), of a task within 0.3 of them; 10 inputs. */
export function twoGroups(seed: number, rows: number): Split {
  const [tasks, features, tested] = [6, 10, 400]
  const random = createRandom(`two groups ${seed}`)
  const normals = (scale: number): number[] =>
    Array.from({ length: features + 1 }, () => scale * sampleNormal(random))
  const groups = [normals(1.5), normals(1.5)]
  const made = Array.from({ length: tasks }, (_, t) => {
    const own = normals(0.3).map((value, j) => value + groups[t % 2][j])
    const draw = (n: number): { inputs: Matrix; targets: number[] } => {
      const inputs = matrix(n, features)
      for (let i = 0; i < inputs.data.length; i++) inputs.data[i] = sampleNormal(random)
      const targets = Array.from({ length: n }, (__, i) => {
        let score = own[features]
        for (let j = 0; j < features; j++) score += own[j] * inputs.data[i * features + j]
        return Number(random.next() < 1 / (1 + Math.exp(-score)))
      })
      return { inputs, targets }
    }
    return { name: `task ${t}`, train: draw(rows), test: draw(tested) }
  })
  const part = (side: 'train' | 'test'): Dataset =>
    dataset(made.map((task) => ({ name: task.name, kind: 'binary', ...task[side] })))
  return { train: part('train'), test: part('test') }
}

export interface Scores {
  readonly accuracy: number
  readonly logLoss: number
  readonly calibration: number
}

/** Means over tasks, on held-out rows. */
export async function scoresOf(
  estimator: Estimator,
  { train, test }: Split,
): Promise<Scores & { readonly parameters: unknown }> {
  const model = await fit(estimator, train, { random: 1 })
  const predictions = await model.predict(test)
  const each = test.tasks.map(({ name, targets }) => {
    const prediction = predictions[name]
    const { data } = classProbabilities(prediction)
    const hits = targets.filter((y, i) => Number(data[2 * i + 1] > 0.5) === y).length
    const density = prediction.logDensity(targets)
    return {
      accuracy: hits / targets.length,
      logLoss: -density.reduce((sum, value) => sum + value, 0) / targets.length,
      calibration: calibrationError.evaluate(prediction, targets),
    }
  })
  const mean = (key: keyof Scores): number => each.reduce((sum, own) => sum + own[key], 0) / each.length
  return {
    accuracy: mean('accuracy'),
    logLoss: mean('logLoss'),
    calibration: mean('calibration'),
    parameters: model.parameters,
  }
}

/** Mean weight of a task of the same group, of another, and of the anchor. */
export function groupWeights({ rows: count, columns, data }: Matrix): {
  same: number
  other: number
  anchor: number
} {
  let [same, sames, other, others, anchor] = [0, 0, 0, 0, 0]
  for (let t = 0; t < count; t++) {
    anchor += data[t * columns + count] / count
    for (let i = 0; i < count; i++) {
      if (i === t) continue
      const weight = data[t * columns + i]
      if (i % 2 === t % 2) [same, sames] = [same + weight, sames + 1]
      else [other, others] = [other + weight, others + 1]
    }
  }
  return { same: same / sames, other: other / others, anchor }
}
