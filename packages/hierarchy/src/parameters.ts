import type { Matrix } from '@mtl/core'

/** One fitted tree; in scaled units. The constant is the last feature, D = inputs + 1. */
export interface HierarchyFit {
  /** K - 1 pairs of nodes, flat. Nodes 0..K-1 are the tasks, then merges by age; the star has all merges at age 1. */
  readonly children: Int32Array
  /** Of all 2K - 1 nodes; 0 for tasks. */
  readonly ages: Float64Array
  /** tau: the part of each task's branch that is its own. */
  readonly tipLength: number
  /** Lambda, D x D. */
  readonly diffusion: Matrix
  /** rho2 by task; empty of classes. */
  readonly noiseVariance: Float64Array
  /** Posterior means of the nodes, (2K - 1) x D; the first K are those of the tasks. */
  readonly nodeMeans: Matrix
  /** Posterior covariances of the nodes: row i is D x D. */
  readonly nodeCovariances: Matrix
  /** What the rows of each task say, exp(-w'Jw / 2 + h'w + c), from which unseen tasks are placed: row k of `precision` is J, D x D. */
  readonly messages: { readonly precision: Matrix; readonly shift: Matrix; readonly constant: Float64Array }
  /** J: log evidence and log priors. */
  readonly objective: number
  readonly converged: boolean
}

/** Held-out log density of the rows by the share of the trees, mean per row. */
export interface Stacking {
  /** 0, 0.05, ..., 1. */
  readonly share: Float64Array
  readonly logDensity: Float64Array
}

export interface LatentHierarchyParameters {
  readonly structure: 'averaged' | 'single-tree' | 'star' | 'given'
  /** Of several classes those of the first class, then of the next. */
  readonly fits: readonly HierarchyFit[]
  /** By fit; adds up to 1 over those of a class. Of 'averaged': the trees alike, then the star with the rest. */
  readonly shares: Float64Array
  /** Of 'averaged' with two tasks at least; mean over classes. */
  readonly stacking?: Stacking
  /** Majority-rule tree of the first class, Newick with ages and support in per cent; of a single tree its own. */
  readonly newick: string
  /** Names of a given tree's inner nodes, in the order of nodes after the tasks; '' where there is none. */
  readonly nodeNames?: readonly string[]
  /** Candidates that the steps of a single tree took: 'keep', 'expected/rate1', 'shrink', ... */
  readonly accepted: readonly string[]
  /** 'exact', or 'neighbours' above 1,000 tasks. */
  readonly search: 'exact' | 'neighbours'
}

/** `nodeMeans` and `nodeCovariances` of the fit are those of s, the logarithms of the standard deviations of weights. */
export interface LatentScaleHierarchyParameters
  extends Omit<LatentHierarchyParameters, 'structure' | 'stacking'> {
  readonly structure: 'single-tree' | 'star' | 'given'
  /** R: correlation of a task's weights, the same for all; D x D. */
  readonly correlation: Matrix
  /** Posterior means of the weights, K x D. */
  readonly taskWeights: Matrix
  /** Row k is their D x D covariance. */
  readonly taskCovariances: Matrix
}

export interface FeatureAugmentationParameters {
  /** g, what all tasks share, D; and v_k, what each has of its own, K x D. In scaled units; the constant is last. */
  readonly general: Float64Array
  readonly specific: Matrix
  /** Posterior means of g + v_k, K x D, and their covariances, row k D x D. */
  readonly taskWeights: Matrix
  readonly taskCovariances: Matrix
  /** Covariance of g, D x D. */
  readonly generalCovariance: Matrix
  /** lambda: the variance of all entries of g and v_k. */
  readonly weightVariance: number
  /** By task; empty of classes. */
  readonly noiseVariance: Float64Array
  readonly objective: number
  readonly converged: boolean
}
