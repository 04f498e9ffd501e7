/**
 * New mixing weights a of J components, for the divergence times its weight b and a pseudo-count of c at each component: the maximum of
 * -b KL(a) + c sum_j log a_j on the simplex where it has a closed form, else a direction.
 */

/** 'log-sum-exp': a = (b phi + c) / (b + J c), phi the responsibilities. */
export function responsibleWeights(
  weights: Float64Array,
  responsibilities: Float64Array,
  divergenceWeight: number,
  pseudoCount: number,
): void {
  const total = divergenceWeight + weights.length * pseudoCount
  for (let j = 0; j < weights.length; j++)
    weights[j] = (divergenceWeight * responsibilities[j] + pseudoCount) / total
}

const bisections = 100

/** 'convex', c > 0: a_j = c / (b KL_j + nu), nu by bisection on log(nu + b min KL) so that they sum to 1. */
export function inverseWeights(
  weights: Float64Array,
  divergences: Float64Array,
  divergenceWeight: number,
  pseudoCount: number,
): void {
  const count = weights.length
  let least = Infinity
  for (let j = 0; j < count; j++) least = Math.min(least, divergences[j])
  const sumAt = (shift: number): number => {
    let sum = 0
    for (let j = 0; j < count; j++) {
      weights[j] = pseudoCount / (divergenceWeight * (divergences[j] - least) + shift)
      sum += weights[j]
    }
    return sum
  }
  let [low, high] = [Math.log(pseudoCount) - 1e-9, Math.log(count * pseudoCount) + 1e-9]
  for (let k = 0; k < bisections; k++) {
    const middle = 0.5 * (low + high)
    if (sumAt(Math.exp(middle)) > 1) low = middle
    else high = middle
  }
  const total = sumAt(Math.exp(0.5 * (low + high)))
  for (let j = 0; j < count; j++) weights[j] /= total
}

/**
 * A way up in the logits: their slope a_j (s_j - sum_i a_i s_i), s_j = -b dKL/da_j + c / a_j, over a_j + 1 / J, which is about the curvature: at
 * the maximum a weight below 1 / J curves as one of 1 / J, by the pseudo-count. Plain slopes are of size a_j, and too short by J where
 * there are many. Returns what a whole step gains to first order.
 */
export function logitDirection(
  direction: Float64Array,
  weights: Float64Array,
  byWeight: Float64Array,
  divergenceWeight: number,
  pseudoCount: number,
): number {
  const count = weights.length
  let mean = 0
  for (let j = 0; j < count; j++) {
    direction[j] = -divergenceWeight * byWeight[j] + (pseudoCount > 0 ? pseudoCount / weights[j] : 0)
    mean += weights[j] * direction[j]
  }
  let promise = 0
  for (let j = 0; j < count; j++) {
    const slope = weights[j] * (direction[j] - mean)
    direction[j] = slope / (weights[j] + 1 / count)
    promise += slope * direction[j]
  }
  return promise
}

/** No weight is below: its logarithm stays finite. */
const leastWeight = 1e-12

/** softmax(log a + step direction). */
export function alongLogits(
  result: Float64Array,
  weights: Float64Array,
  direction: Float64Array,
  step: number,
): void {
  let largest = -Infinity
  for (let j = 0; j < weights.length; j++) {
    result[j] = Math.log(weights[j]) + step * direction[j]
    if (result[j] > largest) largest = result[j]
  }
  let total = 0
  for (let j = 0; j < weights.length; j++) {
    result[j] = Math.exp(result[j] - largest)
    total += result[j]
  }
  for (let j = 0; j < weights.length; j++) result[j] = Math.max(result[j] / total, leastWeight)
}
