import { log1pExp, sigmoid } from '@mtl/core'
import { largestEigenvalue } from './largest-eigenvalue.ts'
import { countedRows, scalesOf, sum, type Loss, type LossOptions, type TaskRows } from './loss.ts'

/** Shares of a class of a task that has only the other are kept so far from 0, so that the log-odds are finite. */
const leastShare = 1e-12

export function logisticLoss(tasks: readonly TaskRows[], options: LossOptions): Loss {
  const scales = scalesOf(tasks, options.reduction)
  const size = tasks[0].inputs.columns
  const free = options.intercept === 'free'
  const counted = tasks.map(countedRows)
  return {
    tasks: tasks.length,
    features: size,
    // The second derivative in z is at most 1/4.
    curvature: Math.max(0, ...tasks.map((rows, t) => designCurvature(rows, counted[t], scales[t], free))) / 4,
    startIntercepts: Float64Array.from(tasks, ({ targets, weights }) => {
      const total = sum(weights)
      if (!free || total === 0) return 0
      const share = sum(weights.map((weight, i) => (weight === 0 ? 0 : weight * targets[i]))) / total
      const within = Math.min(1 - leastShare, Math.max(leastShare, share))
      return Math.log(within / (1 - within))
    }),
    gradientInPlace(weights, intercepts, gradient, interceptGradient) {
      gradient.fill(0)
      interceptGradient.fill(0)
      for (let t = 0; t < tasks.length; t++) {
        const { inputs, targets, weights: counts } = tasks[t]
        const at = t * size
        for (const i of counted[t]) {
          const start = i * size
          let z = intercepts[t]
          for (let j = 0; j < size; j++) z += inputs.data[start + j] * weights[at + j]
          const share = scales[t] * counts[i] * (sigmoid(z) - targets[i])
          if (free) interceptGradient[t] += share
          for (let j = 0; j < size; j++) gradient[at + j] += share * inputs.data[start + j]
        }
      }
    },
    value: (weights, intercepts) =>
      sum(
        tasks.map(({ inputs, targets, weights: counts }, t) => {
          let value = 0
          for (const i of counted[t]) {
            let z = intercepts[t]
            for (let j = 0; j < size; j++) z += inputs.data[i * size + j] * weights[t * size + j]
            value += scales[t] * counts[i] * log1pExp(targets[i] === 1 ? -z : z)
          }
          return value
        }),
      ),
    interceptsOf: (_, intercepts) => intercepts.slice(),
  }
}

/** Largest eigenvalue of scale Z'S Z, Z = (X, 1) or X. */
function designCurvature(
  { inputs: { columns: size, data }, weights }: TaskRows,
  counted: Int32Array,
  scale: number,
  free: boolean,
): number {
  return largestEigenvalue(size + Number(free), (v, product) => {
    product.fill(0)
    for (const i of counted) {
      let value = free ? v[size] : 0
      for (let j = 0; j < size; j++) value += data[i * size + j] * v[j]
      const share = scale * weights[i] * value
      for (let j = 0; j < size; j++) product[j] += share * data[i * size + j]
      if (free) product[size] += share
    }
  })
}
