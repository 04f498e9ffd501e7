/**
 * Kullback-Leibler divergence of a diagonal normal q = N(mu, diag e^(2 rho)) from a mixture p = sum_j a_j N(m_j, diag s_j) of such: it has
 * no closed form, so by one of several rules, with KL_j the divergence from component j.
 *
 *   convex        sum_j a_j KL_j                               an upper bound, by convexity
 *   log-sum-exp   -log sum_j a_j e^(-KL_j)                     an upper bound, never above convex (Hershey and Olsen, 2007, ICASSP)
 *   match         from N(m, sum a_j (s_j + (m_j - m)^2))       m = sum a_j m_j: the normal with the mixture's mean and variance
 *   spread        from N(m, sum a_j^2 s_j + sum a_j (m_j - m)^2)   as sure as an average, less what the components disagree
 *   linear        from N(m, sum a_j^2 s_j)                     the sum of a_j times independent draws; not the mixture
 *
 * The last three are no bounds. Slopes by the weights hold on the simplex: up to a common constant.
 */
import { check } from '../error/mtl-error.ts'
import type { Matrix } from '../linalg/types.ts'
import { logSumExp } from '../special/log-sum-exp.ts'

export type MixtureRule = 'match' | 'spread' | 'linear' | 'convex' | 'log-sum-exp'

/** J components of D numbers each: J x D. Variances are above 0. */
export interface NormalComponents {
  readonly means: Matrix
  readonly variances: Matrix
}

export interface MixtureDivergence {
  /** What follows is about a mixture by these J weights, which sum to 1. J D operations but for bounds. */
  weigh(weights: Float64Array): void
  /** Of N(mean, e^(2 logDeviation)), D numbers each. J D operations for bounds, D for the others. */
  value(mean: Float64Array, logDeviation: Float64Array): number
  /** The same, with slopes; its arrays are overwritten by the next call. J D operations. */
  slopes(mean: Float64Array, logDeviation: Float64Array): MixtureSlopes
}

export interface MixtureSlopes {
  readonly value: number
  readonly byMean: Float64Array
  readonly byLogDeviation: Float64Array
  readonly byWeight: Float64Array
  /** Precision of the normal prior that has these slopes by the mean. */
  readonly precision: Float64Array
  /** Share that each component has in the slopes: the weights, or of 'log-sum-exp' a_j e^(-KL_j), normalised. */
  readonly responsibilities: Float64Array
}

/**
 * The divergence by a rule, memory for it included: made once for many calls.
 * @throws MtlError 'dimension-mismatch'
 */
export function mixtureDivergence(rule: MixtureRule, components: NormalComponents): MixtureDivergence {
  const { means, variances } = components
  check(
    means.rows === variances.rows && means.columns === variances.columns,
    'dimension-mismatch',
    `${means.rows} x ${means.columns} means do not fit ${variances.rows} x ${variances.columns} variances`,
  )
  return rule === 'convex' || rule === 'log-sum-exp'
    ? boundedDivergence(rule, components)
    : combinedDivergence(rule, components)
}

/** From one normal that stands for the mixture. */
function combinedDivergence(
  rule: 'match' | 'spread' | 'linear',
  { means, variances }: NormalComponents,
): MixtureDivergence {
  const [count, size] = [means.rows, means.columns]
  const [m, s] = [means.data, variances.data]
  const centre = new Float64Array(size)
  const variance = new Float64Array(size)
  const own = slopeMemory(count, size)
  const share = rule === 'match' ? (a: number): number => a : (a: number): number => a * a
  const disagreement = rule === 'linear' ? 0 : 1
  let logVariance = 0
  const weights = new Float64Array(count)

  function value(mean: Float64Array, logDeviation: Float64Array): number {
    let sum = logVariance - size
    for (let d = 0; d < size; d++) {
      const off = mean[d] - centre[d]
      sum += (Math.exp(2 * logDeviation[d]) + off * off) / variance[d] - 2 * logDeviation[d]
    }
    return 0.5 * sum
  }

  return {
    weigh(given) {
      weights.set(given)
      centre.fill(0)
      variance.fill(0)
      for (let j = 0, at = 0; j < count; j++)
        for (let d = 0; d < size; d++, at++) centre[d] += weights[j] * m[at]
      for (let j = 0, at = 0; j < count; j++) {
        const ofVariance = share(weights[j])
        const ofMean = disagreement * weights[j]
        for (let d = 0; d < size; d++, at++) {
          const off = m[at] - centre[d]
          variance[d] += ofVariance * s[at] + ofMean * off * off
        }
      }
      logVariance = 0
      for (let d = 0; d < size; d++) logVariance += Math.log(variance[d])
    },
    value,
    slopes(mean, logDeviation) {
      const { byMean, byLogDeviation, byWeight, precision, byVariance } = own
      for (let d = 0; d < size; d++) {
        const off = mean[d] - centre[d]
        const square = Math.exp(2 * logDeviation[d])
        precision[d] = 1 / variance[d]
        byMean[d] = off / variance[d]
        byLogDeviation[d] = square / variance[d] - 1
        byVariance[d] = (0.5 * (variance[d] - square - off * off)) / (variance[d] * variance[d])
      }
      for (let j = 0, at = 0; j < count; j++) {
        const ofVariance = rule === 'match' ? 1 : 2 * weights[j]
        let sum = 0
        for (let d = 0; d < size; d++, at++) {
          const off = m[at] - centre[d]
          sum += byVariance[d] * (ofVariance * s[at] + disagreement * off * off) - byMean[d] * m[at]
        }
        byWeight[j] = sum
      }
      own.responsibilities.set(weights)
      return { ...own, value: value(mean, logDeviation) }
    },
  }
}

/** From each component for itself. */
function boundedDivergence(
  rule: 'convex' | 'log-sum-exp',
  { means, variances }: NormalComponents,
): MixtureDivergence {
  const [count, size] = [means.rows, means.columns]
  const m = means.data
  const precisions = variances.data.map((value) => 1 / value)
  const logVariances = new Float64Array(count)
  variances.data.forEach((value, at) => (logVariances[Math.floor(at / size)] += Math.log(value)))
  const own = slopeMemory(count, size)
  const divergences = new Float64Array(count)
  const scores = new Float64Array(count)
  const squares = new Float64Array(size)
  const weights = new Float64Array(count)

  function value(mean: Float64Array, logDeviation: Float64Array): number {
    let logDeviations = 0
    for (let d = 0; d < size; d++) {
      squares[d] = Math.exp(2 * logDeviation[d])
      logDeviations += logDeviation[d]
    }
    for (let j = 0, at = 0; j < count; j++) {
      let sum = 0
      for (let d = 0; d < size; d++, at++) {
        const off = mean[d] - m[at]
        sum += (squares[d] + off * off) * precisions[at]
      }
      divergences[j] = 0.5 * (sum + logVariances[j] - size) - logDeviations
    }
    if (rule === 'log-sum-exp') {
      for (let j = 0; j < count; j++) scores[j] = Math.log(weights[j]) - divergences[j]
      return -logSumExp(scores)
    }
    let sum = 0
    for (let j = 0; j < count; j++) sum += weights[j] * divergences[j]
    return sum
  }

  return {
    weigh(given) {
      weights.set(given)
    },
    value,
    slopes(mean, logDeviation) {
      const divergence = value(mean, logDeviation)
      const { byMean, byLogDeviation, byWeight, precision, responsibilities } = own
      for (let j = 0; j < count; j++) {
        responsibilities[j] = rule === 'convex' ? weights[j] : Math.exp(scores[j] + divergence)
        byWeight[j] = rule === 'convex' ? divergences[j] : -Math.exp(divergence - divergences[j])
      }
      byMean.fill(0)
      precision.fill(0)
      for (let j = 0, at = 0; j < count; j++) {
        for (let d = 0; d < size; d++, at++) {
          const weighted = responsibilities[j] * precisions[at]
          precision[d] += weighted
          byMean[d] += weighted * (mean[d] - m[at])
        }
      }
      for (let d = 0; d < size; d++) byLogDeviation[d] = squares[d] * precision[d] - 1
      return { ...own, value: divergence }
    },
  }
}

function slopeMemory(
  count: number,
  size: number,
): Omit<MixtureSlopes, 'value'> & { readonly byVariance: Float64Array } {
  return {
    byMean: new Float64Array(size),
    byLogDeviation: new Float64Array(size),
    byVariance: new Float64Array(size),
    byWeight: new Float64Array(count),
    precision: new Float64Array(size),
    responsibilities: new Float64Array(count),
  }
}
