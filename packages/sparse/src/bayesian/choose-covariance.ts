/**
 * taskCovariance 'auto': exchangeable, or an inverse Wishart centred at the fitted exchangeable matrix where held-out rows are more
 * probable under it. Their bounds cannot be compared: the mean field over Sig costs nats that grow with P^2, also where it predicts better.
 */
import { createRandom, fingerprint, kFold, matrix, runJobs, runPhases, splitData } from '@mtl/core'
import type { Dataset, Matrix, Split, TrainContext, Trained, Training, Work } from '@mtl/core'
import { fitExchangeable, fitInverseWishart } from './fit.ts'
import type { SparseBayesianSettings } from './options.ts'
import type { CovarianceChoice, SparseBayesianParameters } from './parameters.ts'
import { predictSparse } from './predict.ts'
import { prepare } from './prepare.ts'
import type { Prepared } from './prepare.ts'

/** Most tasks of which an inverse Wishart is tried. */
const mostTasks = 30

/** What every fold works on. */
export interface FoldCommon {
  readonly data: Dataset
  readonly settings: SparseBayesianSettings
}

/** Held-out log densities of a fold, row by row. */
export interface FoldResult {
  readonly exchangeable: Float64Array
  readonly inverseWishart: Float64Array
}

export const foldWork: Work<FoldCommon, Split, FoldResult> = {
  name: 'sparse/fold',
  async run({ data, settings }, split, { signal }) {
    const { train, test } = splitData(data, split)
    const context: TrainContext = { random: createRandom(0), ...(signal && { signal }) }
    const prepared = prepare(train, settings)
    const first = await result(fitExchangeable(prepared, settings, true, context))
    const centre = centreOf(first)
    const second = await result(fitInverseWishart(prepared, settings, context, centre))
    return {
      exchangeable: logDensities(first, test),
      inverseWishart: logDensities(second, test),
    }
  },
}

/** P > 30, or a single fold: exchangeable without comparison. */
export function chooseCovariance(
  data: Dataset,
  prepared: Prepared,
  settings: SparseBayesianSettings,
  context: TrainContext,
): Training<Trained<SparseBayesianParameters>> {
  const folds = foldsOf(prepared, settings)
  const { positions } = prepared
  return runPhases(context, 3, async function* (run) {
    const first = yield* run('exchangeable', (inner) => fitExchangeable(prepared, settings, true, inner))
    const plain = { parameters: first.parameters, converged: first.diagnostics.converged }
    if (positions.length > mostTasks || positions.length < 2 || folds < 2) return plain
    const kept = { tasks: positions.map((t) => data.tasks[t]) }
    const splits = kFold(kept, { random: context.random.fork('folds'), by: 'target', folds })
    const common = { key: fingerprint(kept), value: { data: kept, settings } }
    const results = yield* run('folds', (inner) => runJobs(foldWork, common, splits, inner))
    const choice = compared(results)
    if (choice.inverseWishart <= choice.exchangeable)
      return { ...plain, parameters: { ...first.parameters, choice } }
    const second = yield* run('inverse-wishart', (inner) =>
      fitInverseWishart(prepared, settings, inner, centreOf(first.parameters)),
    )
    return {
      parameters: { ...second.parameters, choice },
      converged: second.diagnostics.converged,
    }
  })
}

/** As many as a middling task has rows, at most 10. */
function foldsOf({ problem }: Prepared, { folds }: SparseBayesianSettings): number {
  if (folds !== 'auto') return folds
  const sizes = problem.tasks.map(({ targets }) => targets.length).sort((a, b) => a - b)
  return Math.min(10, sizes[Math.floor(sizes.length / 2)])
}

/** Sig of the exchangeable fit over the tasks with rows. */
function centreOf({ taskCovariance }: SparseBayesianParameters): Matrix {
  return taskCovariance.matrix ?? matrix(0, 0)
}

/** Means over all held-out rows, and the standard error of their difference. */
function compared(results: readonly FoldResult[]): CovarianceChoice {
  const exchangeable = results.flatMap((fold) => [...fold.exchangeable])
  const inverseWishart = results.flatMap((fold) => [...fold.inverseWishart])
  const count = exchangeable.length
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / count
  const differences = inverseWishart.map((value, i) => value - exchangeable[i])
  const gain = mean(differences)
  const spread = differences.reduce((sum, value) => sum + (value - gain) ** 2, 0)
  return {
    exchangeable: mean(exchangeable),
    inverseWishart: mean(inverseWishart),
    standardError: Math.sqrt(spread / Math.max(1, count - 1) / count),
  }
}

function logDensities(parameters: SparseBayesianParameters, { tasks }: Dataset): Float64Array {
  const queries = tasks.map(({ inputs }, task) => ({ task, inputs }))
  const predictions = predictSparse(parameters, queries, tasks)
  const densities = predictions.flatMap((prediction, t) => [...prediction.logDensity(tasks[t].targets)])
  // A row that another task is tested on may have no label here.
  return Float64Array.from(densities.filter((value) => !Number.isNaN(value)))
}

/** Drives a training to its end. */
async function result(
  training: Training<Trained<SparseBayesianParameters>>,
): Promise<SparseBayesianParameters> {
  for (;;) {
    const { done, value } = await training.next()
    if (done) return value.parameters
  }
}
