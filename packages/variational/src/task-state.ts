/** Where a task stands within an outer step. D = K P weights, J components of its prior. Plain data. */
export interface TaskState {
  /** mu and rho: means and log standard deviations, output after output. */
  readonly means: Float64Array
  readonly logDeviations: Float64Array
  /** alpha, in the order of the components. */
  readonly mixing: Float64Array
  readonly noiseVariance: number
  readonly transferVariance: number
  /** What the steps climb: the bound, with the pseudo-counts of mixing and noise. */
  readonly objective: number
  readonly logLikelihood: number
  readonly divergence: number
  readonly sweeps: number
  readonly converged: boolean
}

/** What a task brings along from one outer step to the next. */
export type Posterior = Pick<TaskState, 'means' | 'logDeviations' | 'noiseVariance'>

/** Of a task before it has seen a row: N(0, priorVariance). */
export function unseenPosterior(size: number, priorVariance: number, noiseVariance: number): Posterior {
  return {
    means: new Float64Array(size),
    logDeviations: new Float64Array(size).fill(0.5 * Math.log(priorVariance)),
    noiseVariance,
  }
}
