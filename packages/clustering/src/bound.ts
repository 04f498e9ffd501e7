/**
 * Two classes by a Gaussian lower bound on each row's likelihood, one xi per row and cluster:
 *
 *   lambda = tanh(xi / 2) / (4 xi),  S = sum 2 lambda h h',  r = sum (y - 1/2) h,  s2 = 1
 *   log likelihood >= that of the Gaussian + sum (log sigmoid(xi) - xi / 2 + lambda xi^2),  best at xi^2 = h'(V + mu mu')h
 *
 * Jaakkola and Jordan (2000), Bayesian parameter estimation via variational methods, Statistics and Computing 10:25-37.
 */
import {
  addCurvature,
  classRows,
  logLikelihoodOf,
  mirrorInPlace,
  multiplyInPlace,
  type ClassRows,
} from './class-rows.ts'
import { blockOf, type Layout } from './layout.ts'
import {
  clusterPosterior,
  logGatesInPlace,
  priorMeansInPlace,
  responsibilitiesInPlace,
  taskMemory,
  type TaskMemory,
} from './posterior.ts'
import type { Problem } from './problem.ts'
import { dotOf } from './units.ts'

export interface BoundScan {
  readonly rows: ClassRows
  /**
   * Visits every task of an output with its posterior at these xi (N x K); returns the bound, without penalties, and writes
   * the xi that are best for the posteriors into `next`.
   */
  run(
    x: Float64Array,
    output: number,
    xi: Float64Array,
    next?: Float64Array,
    visit?: (memory: TaskMemory, i: number) => void,
  ): number
  /** Adds d bound / dW of the task visited, at these xi. */
  addWeightSlope(memory: TaskMemory, output: number, i: number, xi: Float64Array, slope: Float64Array): void
}

export function boundScan(problem: Problem, layout: Layout): BoundScan {
  const { units: p, clusters } = layout
  const { starts, weights } = problem
  const memory = taskMemory(layout)
  const rows = classRows(problem, layout)
  const [vh, delta] = [new Float64Array(p), new Float64Array(p)]

  function run(
    x: Float64Array,
    output: number,
    xi: Float64Array,
    next?: Float64Array,
    visit?: (memory: TaskMemory, i: number) => void,
  ): number {
    const block = blockOf(layout, output)
    const targets = problem.targets[output]
    let value = 0
    for (let i = 0; i < problem.tasks; i++) {
      rows.load(x, i)
      priorMeansInPlace(memory, layout, x, block.means, problem.meanDescriptors, i * layout.meanTerms)
      for (let a = 0; a < clusters; a++) {
        const constant = boundStatistics(memory, a, i, targets, xi)
        clusterPosterior(memory, p, a, x, block.factors + a * p * p, 1, 0, 0)
        memory.logLikelihoods[a] += constant
        if (next) bestXi(a, i, next)
      }
      logGatesInPlace(memory.logGates, layout, x, block.gates, problem.gateDescriptors, i * layout.gateTerms)
      value += responsibilitiesInPlace(memory, clusters)
      visit?.(memory, i)
    }
    return value
  }

  /** S and r of cluster a; returns what the bound adds to the Gaussian's log likelihood. */
  function boundStatistics(
    { products: s, cross: r }: TaskMemory,
    a: number,
    i: number,
    targets: Float64Array,
    xi: Float64Array,
  ): number {
    s.fill(0)
    r.fill(0)
    let constant = 0
    for (let n = starts[i]; n < starts[i + 1]; n++) {
      const at = (n - starts[i]) * p
      const own = xi[n * clusters + a]
      const lambda = lambdaOf(own)
      addCurvature(s, p, 2 * weights[n] * lambda, rows.units, at)
      const centred = weights[n] * (targets[n] - 0.5)
      for (let j = 0; j < p; j++) r[j] += centred * rows.units[at + j]
      constant += weights[n] * (logLikelihoodOf(1, own) - 0.5 * own + lambda * own * own)
    }
    mirrorInPlace(s, p)
    return constant
  }

  function bestXi(a: number, i: number, next: Float64Array): void {
    for (let n = starts[i]; n < starts[i + 1]; n++) {
      const at = (n - starts[i]) * p
      multiplyInPlace(vh, memory.covariances, a * p * p, rows.units, at, p)
      const mean = dotOf(rows.units, at, memory.means, a * p, p)
      next[n * clusters + a] = Math.sqrt(Math.max(0, dotOf(vh, 0, rows.units, at, p)) + mean * mean)
    }
  }

  return {
    rows,
    run,
    // delta = sum_a z ((y - 1/2) mu - 2 lambda (V + mu mu')h)
    addWeightSlope({ means, covariances, responsibilities: z }, output, i, xi, slope) {
      for (let n = starts[i]; n < starts[i + 1]; n++) {
        const at = (n - starts[i]) * p
        delta.fill(0)
        for (let a = 0; a < clusters; a++) {
          multiplyInPlace(vh, covariances, a * p * p, rows.units, at, p)
          const twice = 2 * lambdaOf(xi[n * clusters + a])
          const along = problem.targets[output][n] - 0.5 - twice * dotOf(rows.units, at, means, a * p, p)
          for (let j = 0; j < p; j++)
            delta[j] += z[a] * weights[n] * (along * means[a * p + j] - twice * vh[j])
        }
        rows.addSlope(slope, delta, i, n - starts[i])
      }
    },
  }
}

/** Below this the series is exact. */
const smallXi = 1e-4

/** tanh(xi / 2) / (4 xi), 1/8 at 0. */
function lambdaOf(xi: number): number {
  return xi < smallXi ? 0.125 - (xi * xi) / 96 : Math.tanh(0.5 * xi) / (4 * xi)
}
