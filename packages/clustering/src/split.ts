import type { RandomGenerator } from '@mtl/core'
import { emptySums, type PriorSums } from './expectation.ts'
import type { Names } from './first-guess.ts'
import { kMeans } from './k-means.ts'
import { blockOf, sizeOf, type Layout } from './layout.ts'
import { weightsLength } from './marginal.ts'
import { maximisation, type Floors } from './maximisation.ts'
import type { Posteriors } from './parameters.ts'
import type { Penalties } from './penalty.ts'
import type { Problem } from './problem.ts'

/** The same parameters for K clusters, all alike, equally likely. */
export function duplicated(x: Float64Array, one: Layout, layout: Layout): Float64Array {
  const result = new Float64Array(sizeOf(layout))
  result.set(x.subarray(0, weightsLength(one)))
  for (let o = 0; o < layout.outputs; o++) {
    const from = blockOf(one, o)
    const to = blockOf(layout, o)
    for (let a = 0; a < layout.clusters; a++) {
      result.set(x.subarray(from.means, from.factors), to.means + a * (from.factors - from.means))
      result.set(x.subarray(from.factors, from.logNoise), to.factors + a * (from.logNoise - from.factors))
    }
    result[to.logNoise] = x[from.logNoise]
  }
  return result
}

/** Responsibility that a task begins with in the cluster of its label; the rest is shared evenly. */
const labelShare = 0.9

export interface Split {
  readonly problem: Problem
  /** Of one cluster. */
  readonly one: Layout
  readonly layout: Layout
  readonly penalties: Penalties
  readonly floors: Floors
  readonly names: Names
}

/** K clusters from one: k-means of the tasks' deviations from the prior mean, each over its spread; one M-step. */
export function split(
  { problem, one, layout, penalties, floors, names }: Split,
  x: Float64Array,
  posteriors: readonly Posteriors[],
  random: RandomGenerator,
): Float64Array {
  const { clusters, units: p } = layout
  const begun = duplicated(x, one, layout)
  const priors = posteriors.map(({ taskMeans, taskCovariances }, o) => {
    const deviations = deviationsOf(problem, one, x, o, taskMeans.data)
    const labels = kMeans(scaledColumns(deviations, p), p, clusters, names.tasks, random.fork(o))
    const sums = emptySums(problem, layout)
    for (let i = 0; i < problem.tasks; i++)
      for (let a = 0; a < clusters; a++) {
        const z = (1 - labelShare) / clusters + (labels[i] === a ? labelShare : 0)
        addTask(sums, problem, layout, i, a, z, deviations, taskCovariances.data)
      }
    return sums
  })
  const none = new Float64Array(0)
  const sums = { value: NaN, priors, residual: NaN, weightSlope: none, weightCurvature: none }
  return maximisation(problem, layout, penalties, floors, begun, sums)
}

/** mu_i - M f_i, T x P. */
function deviationsOf(
  { tasks, meanDescriptors }: Problem,
  one: Layout,
  x: Float64Array,
  output: number,
  means: Float64Array,
): Float64Array {
  const { units: p, meanTerms } = one
  const { means: at } = blockOf(one, output)
  const result = Float64Array.from(means)
  for (let i = 0; i < tasks; i++)
    for (let j = 0; j < p; j++)
      for (let t = 0; t < meanTerms; t++)
        result[i * p + j] -= x[at + j * meanTerms + t] * meanDescriptors[i * meanTerms + t]
  return result
}

function addTask(
  sums: PriorSums,
  { meanDescriptors: f }: Problem,
  { units: p, clusters, meanTerms }: Layout,
  i: number,
  a: number,
  z: number,
  deviations: Float64Array,
  covariances: Float64Array,
): void {
  if (sums.responsibilities.length > 0) sums.responsibilities[i * clusters + a] = z
  sums.weights[a] += z
  for (let s = 0; s < meanTerms; s++) {
    const scaled = z * f[i * meanTerms + s]
    for (let t = 0; t < meanTerms; t++)
      sums.descriptors[(a * meanTerms + s) * meanTerms + t] += scaled * f[i * meanTerms + t]
    for (let j = 0; j < p; j++) sums.deviations[(a * p + j) * meanTerms + s] += scaled * deviations[i * p + j]
  }
  for (let j = 0; j < p; j++)
    for (let k = 0; k <= j; k++)
      sums.squares[(a * p + j) * p + k] +=
        z * (covariances[(i * p + j) * p + k] + deviations[i * p + j] * deviations[i * p + k])
}

/** Columns over their root mean square. */
function scaledColumns(values: Float64Array, p: number): Float64Array {
  const rows = values.length / p
  const scales = new Float64Array(p)
  for (let k = 0; k < values.length; k++) scales[k % p] += (values[k] * values[k]) / rows
  return values.map((value, k) => value / Math.sqrt(Math.max(scales[k % p], 1e-12)))
}
