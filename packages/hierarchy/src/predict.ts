import { bernoulli, matrix, mixture, normal, oneAgainstRest } from '@mtl/core'
import type { Distribution, Matrix, Normal, Query, TaskInfo, UnseenTask } from '@mtl/core'
import { probabilities, project } from './fit/predictive.ts'
import type { Settings } from './options.ts'
import type { HierarchyFit, LatentHierarchyParameters } from './parameters.ts'
import { placer, type NewRows, type WeightBelief } from './placement.ts'

/** What a prediction needs of the options. */
export type PredictionSettings = Pick<Settings, 'rootVariance' | 'approximation'>

/** By the mixture of fits; of an unseen task by its rows, else by what is expected at the root. */
export function predictHierarchy(
  parameters: LatentHierarchyParameters,
  queries: readonly Query[],
  tasks: readonly TaskInfo[],
  settings: PredictionSettings,
): readonly Distribution[] {
  const [{ kind, classes }] = tasks
  const outputs = kind === 'multiclass' ? classes.length : 1
  const each = parameters.fits.length / outputs
  return queries.map(({ task, inputs }) => {
    const shares = Array.from({ length: outputs }, (_, c) => {
      const fits = parameters.fits.slice(c * each, (c + 1) * each)
      const weights = parameters.shares.subarray(c * each, (c + 1) * each)
      const parts = fits.flatMap((fit, f) =>
        weights[f] > 0 ? [{ weight: weights[f], ...beliefOf(fit, task, kind, c, settings) }] : [],
      )
      return kind === 'regression' ? mixed(parts, inputs) : meanProbability(parts, inputs, settings)
    })
    const [first] = shares
    if (!(first instanceof Float64Array)) return first
    return kind === 'binary' ? bernoulli(first) : oneAgainstRest(shares as Float64Array[])
  })
}

/** By the belief of one node of each class's only tree. */
export function predictBelief(
  fits: readonly HierarchyFit[],
  node: number,
  kind: TaskInfo['kind'],
  inputs: Matrix,
): Distribution {
  if (kind === 'regression') return predictive(nodeBelief(fits[0], node), inputs)
  const shares = fits.map((fit) =>
    meanProbability([{ weight: 1, ...nodeBelief(fit, node) }], inputs, { approximation: 'probit' }),
  )
  return kind === 'binary' ? bernoulli(shares[0]) : oneAgainstRest(shares)
}

/** A fit's belief of a task's weights, and its noise. */
interface Part extends WeightBelief {
  readonly weight: number
  readonly noise: number
}

function beliefOf(
  fit: HierarchyFit,
  task: number | UnseenTask,
  kind: TaskInfo['kind'],
  output: number,
  { rootVariance }: PredictionSettings,
): Omit<Part, 'weight'> {
  if (typeof task === 'number') return nodeBelief(fit, task)
  const place = placer(fit, rootVariance, kind === 'regression')
  const { mean, covariance } = task.examples
    ? place.byRows(rowsOf(task.examples, kind === 'multiclass' ? output : undefined))
    : place.atRoot()
  return { mean, covariance, noise: meanNoise(fit) }
}

/** Of a node of the tree: its posterior, and its noise, of an inner node the mean one. */
function nodeBelief(fit: HierarchyFit, node: number): Omit<Part, 'weight'> {
  const size = fit.diffusion.rows
  return {
    mean: fit.nodeMeans.data.subarray(node * size, (node + 1) * size),
    covariance: fit.nodeCovariances.data.subarray(node * size * size, (node + 1) * size * size),
    noise: fit.noiseVariance[node] ?? meanNoise(fit),
  }
}

function meanNoise({ noiseVariance }: HierarchyFit): number {
  return noiseVariance.reduce((sum, value) => sum + value / noiseVariance.length, 0)
}

/** Labelled rows, the constant appended; of several classes one against the rest. */
function rowsOf(
  { inputs, targets }: NonNullable<UnseenTask['examples']>,
  positive: number | undefined,
): NewRows {
  const labelled = [...targets.keys()].filter((n) => !Number.isNaN(targets[n]))
  const size = inputs.columns + 1
  const rows = new Float64Array(labelled.length * size).fill(1)
  labelled.forEach((n, at) =>
    rows.set(inputs.data.subarray(n * inputs.columns, (n + 1) * inputs.columns), at * size),
  )
  const own = labelled.map((n) => (positive === undefined ? targets[n] : Number(targets[n] === positive)))
  return { rows, targets: Float64Array.from(own) }
}

/** x'm with x'Vx + noise, by belief. */
export function predictive({ mean, covariance, noise }: Omit<Part, 'weight'>, inputs: Matrix): Normal {
  const own = project(inputs.data, inputs.columns, inputs.rows, mean, covariance)
  const noises = new Float64Array(inputs.rows).fill(noise)
  return normal(
    own.mean,
    own.variance.map((variance) => variance + noise),
    noises,
  )
}

function mixed(parts: readonly Part[], inputs: Matrix): Distribution {
  const components = parts.map((part) => predictive(part, inputs))
  if (components.length === 1) return components[0]
  const total = parts.reduce((sum, { weight }) => sum + weight, 0)
  const weights = matrix(inputs.rows, parts.length)
  weights.data.forEach((_, at) => (weights.data[at] = parts[at % parts.length].weight / total))
  return mixture(weights, components)
}

function meanProbability(
  parts: readonly Part[],
  inputs: Matrix,
  { approximation }: Pick<PredictionSettings, 'approximation'>,
): Float64Array {
  const result = new Float64Array(inputs.rows)
  for (const { weight, mean, covariance } of parts) {
    const own = project(inputs.data, inputs.columns, inputs.rows, mean, covariance)
    probabilities(own, approximation).forEach((share, n) => (result[n] += weight * share))
  }
  // Shares add up to 1 but for rounding.
  return result.map((share) => Math.min(1, share))
}
