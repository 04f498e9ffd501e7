/** Predictions of golden runs, in the units of their data. */
import { isReal, matrixFromRows } from '@mtl/core'
import type { Matrix, Query, TaskInfo } from '@mtl/core'
import type { TaskFamily } from './ascent.ts'
import type { GoldenOptions, GoldenProblem } from './golden-run.fixture.ts'
import { parametersOf } from './parameters.ts'
import type { SparseBayesianParameters } from './parameters.ts'
import { predictSparse } from './predict.ts'
import type { State } from './types.ts'

/** What the estimator would keep of a run. */
export function goldenParameters(
  { problem, preparation, inputScales }: GoldenProblem,
  family: TaskFamily,
  state: State,
  options: GoldenOptions,
): SparseBayesianParameters {
  const covariance = options.task_cov ?? 'inverseWishart'
  const none = new Float64Array(0)
  return parametersOf(
    {
      problem,
      preparation,
      family,
      state,
      positions: problem.tasks.map((_, t) => t),
      tasks: problem.tasks.length,
      features: inputScales.map((_, j) => `x${j + 1}`),
      kind: covariance === 'exchangeable' || covariance === 'identity' ? covariance : 'inverse-wishart',
    },
    { posterior: 'exact', ratioStarts: none, startBounds: none },
  )
}

/** Rows in the units of a golden problem. */
export function goldenInputs(
  { inputCentres, inputScales }: GoldenProblem,
  rows: readonly (readonly number[])[],
): Matrix {
  return matrixFromRows(rows.map((row) => row.map((x, j) => (x - inputCentres[j]) / inputScales[j])))
}

/** Weights of the features in the data's units, task after task. */
export function goldenWeights(
  { problem, inputScales, targetScale }: GoldenProblem,
  { means }: State,
): number[] {
  return problem.tasks.flatMap((_, t) =>
    inputScales.map((scale, j) => (means.data[t * problem.width + j] * targetScale) / scale),
  )
}

/** Rows of an unseen task in the units of a golden problem. */
export function goldenExamples(
  golden: GoldenProblem,
  rows: readonly (readonly number[])[],
  labels: readonly number[],
): { readonly inputs: Matrix; readonly targets: Float64Array } {
  const { problem, level, targetScale } = golden
  const targets = labels.map((y) => (problem.kind === 'binary' ? y : (y - level) / targetScale))
  return { inputs: goldenInputs(golden, rows), targets: Float64Array.from(targets) }
}

/** What the program printed of a prediction: of numbers mean and variances, of classes the probability. */
export interface GoldenPrediction {
  readonly mean?: readonly number[]
  readonly latentVariance: readonly number[]
  readonly labelVariance?: readonly number[]
  readonly probability?: readonly number[]
}

/** Largest error of a prediction, in the data's units. */
export function predictionError(
  { problem, level, targetScale }: GoldenProblem,
  parameters: SparseBayesianParameters,
  query: Query,
  expected: GoldenPrediction,
): number {
  const info: TaskInfo = {
    name: 'a task',
    kind: problem.kind,
    target: 'y',
    classes: [],
    features: [],
  }
  const [prediction] = predictSparse(
    parameters,
    [query],
    problem.tasks.map(() => info),
  )
  if (!isReal(prediction)) throw new TypeError('a golden prediction is of numbers or of two classes')
  if (expected.probability) return worst(prediction.mean, expected.probability)
  const { mean: means, variance, noiseVariance = variance } = prediction
  const square = targetScale ** 2
  return Math.max(
    worst(
      means.map((value) => value * targetScale + level),
      expected.mean ?? [],
    ),
    worst(
      variance.map((value) => value * square),
      expected.labelVariance ?? [],
    ),
    worst(
      variance.map((value, i) => (value - noiseVariance[i]) * square),
      expected.latentVariance,
    ),
  )
}

/** Largest difference relative to 1 and the expected numbers. */
export function worst(found: ArrayLike<number>, expected: readonly number[]): number {
  return expected.reduce(
    (most, value, i) => Math.max(most, Math.abs(found[i] - value) / (1 + Math.abs(value))),
    found.length === expected.length ? 0 : Infinity,
  )
}

export function flat(values: unknown): number[] {
  return Array.isArray(values) ? values.flatMap(flat) : [values as number]
}

/** Long runs list their first and last ten bounds. */
export function listed(bounds: readonly number[], expected: readonly number[]): readonly number[] {
  return bounds.length === expected.length ? bounds : [...bounds.slice(0, 10), ...bounds.slice(-10)]
}
