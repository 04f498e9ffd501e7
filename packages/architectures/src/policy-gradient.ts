import * as tf from '@tensorflow/tfjs'
import type { LossCells } from '@mtl/core/tensor'

/** Mean loss of each task over its labelled cells, and the sum of their weights; in float64. */
export function taskMeans(
  losses: readonly tf.Tensor1D[],
  cells: readonly LossCells[],
  count: number,
): { readonly means: Float64Array; readonly weights: Float64Array } {
  const sums = new Float64Array(count)
  const weights = new Float64Array(count)
  cells.forEach((group, g) => {
    const values = losses.length > 0 ? losses[g].dataSync() : undefined
    group.tasks.forEach((task, cell) => {
      const weight = group.weights[cell]
      if (weight === 0) return
      weights[task] += weight
      if (values) sums[task] += weight * values[cell]
    })
  })
  return { means: sums.map((sum, t) => (weights[t] > 0 ? sum / weights[t] : 0)), weights }
}

/**
 * -sum_t weight_t sum_d (advantage_t log p_td(y_td) + entropyBonus H(p_td)), p = softmax(logits); without `choice` the
 * entropies alone. Weights are what tasks weigh in the objective.
 */
export function policyLoss(
  logits: readonly tf.Tensor2D[],
  choice: { readonly drawn: readonly tf.Tensor2D[]; readonly advantage: Float64Array } | undefined,
  weights: Float64Array,
  entropyBonus: number,
): tf.Scalar {
  const weight = tf.tensor1d(Float32Array.from(weights))
  const terms = logits.map((each, d) => {
    const log = tf.logSoftmax(each)
    const negativeEntropy = tf.sum(tf.mul(tf.exp(log), log), 1)
    const bonus = tf.mul(negativeEntropy, entropyBonus)
    if (!choice) return tf.sum(tf.mul(weight, bonus))
    const advantage = tf.tensor1d(Float32Array.from(choice.advantage))
    const score = tf.mul(advantage, tf.sum(tf.mul(choice.drawn[d], log), 1))
    return tf.sum(tf.mul(weight, tf.sub(bonus, score)))
  })
  return terms.reduce((sum, term) => tf.add(sum, term)) as tf.Scalar
}
