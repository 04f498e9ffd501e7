/** Sig ~ inverse Wishart: learns which tasks go together. Its mean field costs the bound nats that grow with P^2, so bounds are not comparable with those of other forms. */
import { inverseWishart, matrix } from '@mtl/core'
import type { InverseWishart, Matrix } from '@mtl/core'
import type { TaskFamily, TaskUpdate } from './ascent.ts'
import { byGroupPosterior, byTaskPosterior, kroneckerPosterior } from './correlated-tasks.ts'
import type { CorrelatedPosterior } from './correlated-tasks.ts'
import { dotRange, symmetriseInPlace } from './dense.ts'
import { exactPosterior } from './exact-posterior.ts'
import type { PosteriorKind } from './parameters.ts'
import type { Layout, Problem } from './problem.ts'
import type { Factors, Scratch } from './types.ts'
import { layoutFor } from './weights.ts'

export interface CorrelatedOptions {
  readonly posterior: PosteriorKind
  /** Of Sig, P x P: IW(P + 2, centre), mean `centre`. */
  readonly centre: Matrix
  /** Sig is this and not learnt: its precision and log determinant. */
  readonly fixed?: { readonly precision: Matrix; readonly logDeterminant: number }
}

export function inverseWishartFamily(problem: Problem, options: CorrelatedOptions): TaskFamily {
  const { tasks, groups } = problem
  const count = tasks.length
  const layout = layoutFor(problem, options.posterior)
  const posterior = posteriorOf(problem, layout, options.posterior)
  const prior = options.fixed ? undefined : inverseWishart(count + 2, options.centre)
  const columns = groups.blocks.reduce((sum, { length }) => sum + length, 0)
  const precisionOf = (factors: Factors): Matrix => factors.taskPrecision ?? matrix(count, count)
  return {
    layout,
    rows: count,
    start: { taskPrecision: options.fixed?.precision ?? identityOf(count) },
    updateWeightsInPlace(factors, scratch) {
      posterior.updateInPlace(factors, precisionOf(factors), scratch)
    },
    follow: () => ({}),
    quadratics: (factors, scratch) => quadratics(problem, posterior, precisionOf(factors), scratch),
    ...(prior && {
      followPrecisions(factors: Factors, scratch: Scratch): TaskUpdate {
        const scale = scatter(problem, posterior, factors, scratch, options.centre)
        const law = inverseWishart(count + 2 + columns, scale)
        return { factors: { taskPrecision: law.meanInverse }, posterior: law }
      },
    }),
    terms: (_, __, law?: InverseWishart) => ({
      weights: -0.5 * columns * (law?.meanLogDeterminant ?? options.fixed?.logDeterminant ?? 0),
      ...(law && prior && { Sigma: -law.divergenceFrom(prior) }),
    }),
  }
}

function identityOf(size: number): Matrix {
  const result = matrix(size, size)
  for (let i = 0; i < size; i++) result.data[i * (size + 1)] = 1
  return result
}

function posteriorOf(problem: Problem, layout: Layout, kind: PosteriorKind): CorrelatedPosterior {
  if (kind === 'kronecker') return kroneckerPosterior(problem)
  if (kind === 'by-task') return byTaskPosterior(problem, layout)
  return kind === 'by-group' ? byGroupPosterior(problem, layout) : exactPosterior(problem)
}

/** Q_i = M_i'A M_i + sum_st A_st C[(s, i), (t, i)]. */
function quadratics(
  { tasks, width, groups }: Problem,
  posterior: CorrelatedPosterior,
  { data: a }: Matrix,
  { means }: Scratch,
): Float64Array {
  const count = tasks.length
  const result = new Float64Array(groups.size)
  const pulled = new Float64Array(count * width)
  for (let s = 0; s < count; s++)
    for (let t = 0; t < count; t++)
      for (let j = 0; j < width; j++) pulled[s * width + j] += a[s * count + t] * means[t * width + j]
  const between = betweenOf(posterior, count)
  const precisions = posterior.independent ? diagonalOf(a, count) : a
  groups.blocks.forEach((block, i) => {
    const d = block.length
    for (let p = 0; p < d; p++)
      for (let q = 0; q < d; q++) {
        posterior.fillBetweenInPlace(between, i, p, q)
        let sum = dotRange(precisions, 0, between, 0, between.length)
        for (let s = 0; s < count; s++) sum += means[s * width + block[p]] * pulled[s * width + block[q]]
        result[groups.starts[i] + p * d + q] = sum
      }
  })
  return result
}

function betweenOf({ independent }: CorrelatedPosterior, count: number): Float64Array {
  return new Float64Array(independent ? count : count * count)
}

function diagonalOf(a: Float64Array, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, t) => a[t * (count + 1)])
}

/** Step (6): centre + sum_i E g_i (M_i O M_i' + [tr(C[(s, i), (t, i)] O)]_st), O = E Om_i^-1. */
function scatter(
  { tasks, width, groups }: Problem,
  posterior: CorrelatedPosterior,
  { precision, featurePrecision }: Factors,
  { means }: Scratch,
  centre: Matrix,
): Matrix {
  const count = tasks.length
  const scale = matrix(count, count, Float64Array.from(centre.data))
  const between = betweenOf(posterior, count)
  const stride = posterior.independent ? count + 1 : 1
  groups.blocks.forEach((block, i) => {
    const d = block.length
    for (let p = 0; p < d; p++)
      for (let q = 0; q < d; q++) {
        const factor = precision[i] * featurePrecision[groups.starts[i] + p * d + q]
        if (factor === 0) continue
        posterior.fillBetweenInPlace(between, i, p, q)
        for (let s = 0, at = 0; s < count; s++) {
          const own = means[s * width + block[p]]
          for (let t = 0; t < count; t++, at++) scale.data[at] += factor * own * means[t * width + block[q]]
        }
        for (let k = 0; k < between.length; k++) scale.data[k * stride] += factor * between[k]
      }
  })
  symmetriseInPlace(scale.data, count)
  return scale
}
