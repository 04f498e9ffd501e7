/** Step (1): q(W), one of several families, and the second moments that the other updates need of it. */
import { solveByTask, solveExchangeable } from './exchangeable.ts'
import {
  addColumnInPlace,
  boundCurvature,
  fitted,
  gramInPlace,
  leftFor,
  momentInPlace,
} from './likelihood.ts'
import { freeInterceptPrecision, layoutOf } from './problem.ts'
import type { Layout, Problem } from './problem.ts'
import type { Factors, Scratch } from './types.ts'

export type ExchangeablePosterior = 'exact' | 'by-task' | 'by-group'

/** One covariance over all columns, or one for each group. */
export function layoutFor({ groups, width, freeIntercept }: Problem, posterior: string): Layout {
  if (posterior !== 'by-group') return layoutOf([Int32Array.from({ length: width }, (_, j) => j)])
  return layoutOf([...groups.blocks, ...(freeIntercept ? [Int32Array.of(width - 1)] : [])])
}

/** Memory of a run, with the sums over rows that do not change. */
export function createScratch(problem: Problem, layout: Layout): Scratch {
  const { tasks, width, kind, groups } = problem
  const covariances = tasks.length * layout.size
  const scratch: Scratch = {
    means: new Float64Array(tasks.length * width),
    covariances: new Float64Array(covariances),
    logDeterminant: 0,
    common: new Float64Array(groups.size),
    deviation: new Float64Array(groups.size),
    sumOfCovariances: new Float64Array(layout.size),
    grams: new Float64Array(covariances),
    moments: new Float64Array(tasks.length * width),
    rowWeights: tasks.map(({ weights }) => Float64Array.from(weights)),
    rowTargets: tasks.map(({ weights, targets }) =>
      targets.map((value, i) => weights[i] * (kind === 'binary' ? value - 0.5 : value)),
    ),
  }
  tasks.forEach((rows, t) => {
    momentInPlace(rows, scratch.rowTargets[t], scratch.moments, t * width)
    if (kind === 'regression') gramInPlace(rows, rows.weights, layout, scratch.grams, t * layout.size)
  })
  return scratch
}

/** Step (0) for classes: rows weigh as their bound is curved. */
export function updateCurvatureInPlace(
  { kind, tasks, rowStarts }: Problem,
  layout: Layout,
  { angles }: Factors,
  { rowWeights, grams }: Scratch,
): void {
  if (kind === 'regression') return
  tasks.forEach((rows, t) => {
    for (let i = 0; i < rows.weights.length; i++)
      rowWeights[t][i] = rows.weights[i] * boundCurvature(angles[rowStarts[t] + i])
    gramInPlace(rows, rowWeights[t], layout, grams, t * layout.size)
  })
}

/** q(W) of an exchangeable task covariance. */
export function updateExchangeableInPlace(
  problem: Problem,
  layout: Layout,
  posterior: ExchangeablePosterior,
  factors: Factors,
  scratch: Scratch,
): void {
  if (posterior === 'by-group') updateByGroupInPlace(problem, layout, factors, scratch)
  else {
    const size = problem.width
    const [commonPrecision, deviationPrecision] = priorPrecisions(problem, factors)
    const system = {
      tasks: problem.tasks.length,
      size,
      commonPrecision,
      deviationPrecision,
      grams: scratch.grams,
      noisePrecision: factors.noisePrecision,
      at: 0,
      stride: layout.size,
      moments: scaledMoments(scratch.moments, factors.noisePrecision, size),
    }
    const answer = {
      means: scratch.means,
      covariances: scratch.covariances,
      total: scratch.sumOfCovariances,
    }
    scratch.logDeterminant =
      posterior === 'exact' ? solveExchangeable(system, answer) : solveByTask(system, answer)
  }
  secondMomentsInPlace(problem, layout, scratch)
}

/** h_t = beta_t X_t'y_t. */
export function scaledMoments(
  moments: Float64Array,
  noisePrecision: Float64Array,
  width: number,
): Float64Array {
  const result = new Float64Array(moments.length)
  for (let t = 0; t < noisePrecision.length; t++)
    for (let at = t * width; at < (t + 1) * width; at++) result[at] = noisePrecision[t] * moments[at]
  return result
}

/** B1 and B2, width x width. */
function priorPrecisions(
  { groups, width, freeIntercept }: Problem,
  factors: Factors,
): readonly [Float64Array, Float64Array] {
  const both = [factors.commonEigenvalue, factors.deviationEigenvalue].map((eigenvalue) => {
    const result = new Float64Array(width * width)
    groups.blocks.forEach((block, i) => {
      const scale = factors.precision[i] / eigenvalue[i]
      addBlockInPlace(result, width, block, factors.featurePrecision, groups.starts[i], scale)
    })
    if (freeIntercept) result[width * width - 1] = freeInterceptPrecision
    return result
  })
  return [both[0], both[1]]
}

/** A block's square, times a factor, to its columns of a width x width matrix. */
export function addBlockInPlace(
  to: Float64Array,
  width: number,
  block: Int32Array,
  from: Float64Array,
  at: number,
  factor: number,
): void {
  const size = block.length
  for (let p = 0; p < size; p++)
    for (let q = 0; q < size; q++) to[block[p] * width + block[q]] += factor * from[at + p * size + q]
}

/**
 * One group after another, the others' means held: the exact formulas on the columns of the group, with what its rows have
 * left. n D multiplications for each task and as much memory as the rows themselves.
 */
function updateByGroupInPlace(problem: Problem, layout: Layout, factors: Factors, scratch: Scratch): void {
  const { tasks, width, groups } = problem
  const { means, covariances, grams, rowWeights, rowTargets } = scratch
  const fits = tasks.map((rows, t) => fitted(rows, means, t * width))
  scratch.logDeterminant = 0
  layout.blocks.forEach((block, b) => {
    const size = block.length
    const at = layout.starts[b]
    const local = new Float64Array(tasks.length * size)
    const moments = new Float64Array(tasks.length * size)
    tasks.forEach((rows, t) => {
      for (let p = 0; p < size; p++) {
        local[t * size + p] = means[t * width + block[p]]
        moments[t * size + p] = leftFor(rows, block[p], rowTargets[t], rowWeights[t], fits[t])
      }
      for (let p = 0; p < size; p++) {
        let own = moments[t * size + p]
        for (let q = 0; q < size; q++)
          own += grams[t * layout.size + at + p * size + q] * means[t * width + block[q]]
        moments[t * size + p] = factors.noisePrecision[t] * own
      }
    })
    const before = Float64Array.from(local)
    const total = scratch.sumOfCovariances.subarray(at, at + size * size)
    scratch.logDeterminant += solveExchangeable(
      {
        tasks: tasks.length,
        size,
        ...blockPrecisions(problem, factors, b, groups.blocks.length),
        grams,
        noisePrecision: factors.noisePrecision,
        at,
        stride: layout.size,
        moments,
      },
      { means: local, covariances, total },
    )
    tasks.forEach((rows, t) => {
      for (let p = 0; p < size; p++) {
        means[t * width + block[p]] = local[t * size + p]
        addColumnInPlace(fits[t], rows, block[p], local[t * size + p] - before[t * size + p])
      }
    })
  })
}

function blockPrecisions(
  { groups }: Problem,
  { precision, featurePrecision, commonEigenvalue, deviationEigenvalue }: Factors,
  b: number,
  grouped: number,
): { readonly commonPrecision: Float64Array; readonly deviationPrecision: Float64Array } {
  if (b >= grouped) {
    const flat = Float64Array.of(freeInterceptPrecision)
    return { commonPrecision: flat, deviationPrecision: flat }
  }
  const size = groups.blocks[b].length ** 2
  const square = featurePrecision.subarray(groups.starts[b], groups.starts[b] + size)
  return {
    commonPrecision: square.map((value) => (precision[b] * value) / commonEigenvalue[b]),
    deviationPrecision: square.map((value) => (precision[b] * value) / deviationEigenvalue[b]),
  }
}

/** common = (m. m.' + C.) / P, deviation = sum_t (m_t - m. / P)(m_t - m. / P)' + sum_t S_t - C. / P, of each group. */
function secondMomentsInPlace(problem: Problem, layout: Layout, scratch: Scratch): void {
  const { tasks, width, groups } = problem
  const { means, covariances, common, deviation, sumOfCovariances } = scratch
  const count = tasks.length
  const average = new Float64Array(width)
  const ownSum = new Float64Array(layout.size)
  for (let t = 0; t < count; t++) {
    for (let j = 0; j < width; j++) average[j] += means[t * width + j] / count
    for (let i = 0; i < layout.size; i++) ownSum[i] += covariances[t * layout.size + i]
  }
  groups.blocks.forEach((block, g) => {
    const size = block.length
    const position = positionIn(layout, groups, g)
    for (let p = 0; p < size; p++)
      for (let q = 0; q < size; q++) {
        const [j, k] = [block[p], block[q]]
        const at = position(p, q)
        let spread = 0
        for (let t = 0; t < count; t++)
          spread += (means[t * width + j] - average[j]) * (means[t * width + k] - average[k])
        const to = groups.starts[g] + p * size + q
        common[to] = count * average[j] * average[k] + sumOfCovariances[at] / count
        deviation[to] = spread + ownSum[at] - sumOfCovariances[at] / count
      }
  })
}

/** Where entry (p, q) of a group's covariance stands in a layout: its own block, or among all columns. */
export function positionIn(layout: Layout, groups: Layout, g: number): (p: number, q: number) => number {
  const block = groups.blocks[g]
  if (layout.blocks[g] === block) {
    const at = layout.starts[g]
    return (p, q) => at + p * block.length + q
  }
  const width = layout.blocks[0].length
  return (p, q) => block[p] * width + block[q]
}
