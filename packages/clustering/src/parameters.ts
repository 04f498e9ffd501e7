import { matrix } from '@mtl/core'
import type { Matrix } from '@mtl/core'
import { blockOf, hiddenUnits, sizeOf, type Activation, type Layout } from './layout.ts'

/** Clusters in the order of falling mean responsibility; all in scaled units. */
export interface TaskClusteringParameters {
  readonly activation: Activation
  /** W: H x (d + 1), column 0 the bias; no rows for identity. */
  readonly hiddenWeights: Matrix
  /** One entry for each output: one, or of several classes one for each against the rest. */
  readonly outputs: readonly OutputPrior[]
  /** All candidates and what decided. */
  readonly choice: Choice
}

export interface Choice {
  readonly criterion: 'bic' | 'held-out-tasks'
  readonly candidates: readonly Candidate[]
  readonly chosen: number
  /** Criterion of the second best minus that of the chosen one; NaN for a single candidate. */
  readonly margin: number
}

export interface OutputPrior {
  /** M_a: row a is P x J, row-major. */
  readonly clusterMeans: Matrix
  /** L_a: row a is P x P, lower-triangular, diagonal >= 0. */
  readonly clusterFactors: Matrix
  /** U: K x F; of a mixture without gate the logarithms of the mixing proportions (F = 1). */
  readonly gateWeights: Matrix
  /** s2; NaN for classes. */
  readonly noiseVariance: number
  /** z: T x K. */
  readonly responsibilities: Matrix
  /** mu_ia: row i * K + a, P values. */
  readonly taskMeans: Matrix
  /** V_ia: row i * K + a is P x P. */
  readonly taskCovariances: Matrix
}

export interface Candidate {
  readonly activation: Activation
  readonly hiddenUnits: number
  readonly clusters: number
  readonly logLikelihood: number
  readonly penalisedLogLikelihood: number
  readonly parameterCount: number
  readonly bic: number
  /** Per task; NaN unless asked for. */
  readonly heldOutLogLikelihood: number
  /** Clusters with at least 0.001 of the responsibility. */
  readonly effectiveClusters: number
  readonly converged: boolean
}

/** Posteriors of every task, of one output. */
export interface Posteriors {
  readonly responsibilities: Matrix
  readonly taskMeans: Matrix
  readonly taskCovariances: Matrix
}

export function emptyPosteriors(tasks: number, { clusters, units }: Layout): Posteriors {
  return {
    responsibilities: matrix(tasks, clusters),
    taskMeans: matrix(tasks * clusters, units),
    taskCovariances: matrix(tasks * clusters, units * units),
  }
}

/** W of x, copied. */
export function hiddenWeightsOf(x: Float64Array, layout: Layout): Matrix {
  const h = hiddenUnits(layout)
  return matrix(h, h === 0 ? 0 : layout.inputs, x.slice(0, h * layout.inputs))
}

/** An output's part of x, copied, with what the tasks have of it. */
export function outputPrior(
  x: Float64Array,
  layout: Layout,
  output: number,
  posteriors: Posteriors,
  numeric: boolean,
): OutputPrior {
  const { clusters, units, meanTerms, gateTerms } = layout
  const { means, factors, logNoise, gates } = blockOf(layout, output)
  const logProportions = x.slice(gates, gates + clusters * gateTerms)
  if (gateTerms === 1) {
    const total = Math.log(logProportions.reduce((sum, u) => sum + Math.exp(u), 0))
    logProportions.forEach((u, a) => (logProportions[a] = u - total))
  }
  return {
    clusterMeans: matrix(clusters, units * meanTerms, x.slice(means, factors)),
    clusterFactors: matrix(clusters, units * units, x.slice(factors, logNoise)),
    gateWeights: matrix(clusters, gateTerms, logProportions),
    noiseVariance: numeric ? Math.exp(x[logNoise]) : NaN,
    ...posteriors,
  }
}

/** The layout that the parameters came of. */
export function layoutOf({ activation, hiddenWeights, outputs }: TaskClusteringParameters): Layout {
  const { clusterFactors, clusterMeans, gateWeights } = outputs[0]
  const units = Math.round(Math.sqrt(clusterFactors.columns))
  return {
    activation,
    inputs: activation === 'identity' ? units : hiddenWeights.columns,
    units,
    clusters: clusterFactors.rows,
    meanTerms: clusterMeans.columns / units,
    gateTerms: gateWeights.columns,
    outputs: outputs.length,
  }
}

/** The parameters as one vector again. */
export function vectorOf(parameters: TaskClusteringParameters, layout: Layout): Float64Array {
  const x = new Float64Array(sizeOf(layout))
  x.set(parameters.hiddenWeights.data)
  for (const [o, prior] of parameters.outputs.entries()) {
    const { means, factors, logNoise, gates } = blockOf(layout, o)
    x.set(prior.clusterMeans.data, means)
    x.set(prior.clusterFactors.data, factors)
    x[logNoise] = Number.isNaN(prior.noiseVariance) ? 0 : Math.log(prior.noiseVariance)
    x.set(prior.gateWeights.data, gates)
  }
  return x
}
