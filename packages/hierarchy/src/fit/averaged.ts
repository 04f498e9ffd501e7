/**
 * The average over trees: the star's posterior of all weights is sampled, each sample has its greedy tree, and each tree its own fit. What
 * trees and star weigh is what makes held-out rows most probable; in each fold all of it is done again on the other rows.
 */
import { createRandom, iterate, kFold, logSumExp, runJobs, runPhases } from '@mtl/core'
import type { RandomState, Task, TrainContext, Trained, Training, Work } from '@mtl/core'
import { congruent, metricOf } from '../messages/metric.ts'
import type { Settings } from '../options.ts'
import type { Stacking } from '../parameters.ts'
import { starTree } from '../tree/task-tree.ts'
import { noiseOfAll } from './all-tasks.ts'
import { climb, firstPlace, type Climb, type FitState } from './em.ts'
import { fitProblem, type FitProblem } from './fit-problem.ts'
import { probabilities, project } from './predictive.ts'
import { problemOf, type Problem } from './problem.ts'
import { toEnd, type Ended } from './run.ts'
import { fitSampledTree } from './sampled-tree.ts'

/** What jobs work on. */
interface Common {
  readonly problem: Problem
  readonly settings: Settings
  readonly numeric: boolean
  /** Of the tasks. */
  readonly names: readonly string[]
}

interface TreeCommon extends Common {
  readonly star: FitState
}

export const treeWork: Work<TreeCommon, RandomState, Ended<FitState>> = {
  name: 'hierarchy/tree',
  run({ problem, settings, numeric, names, star }, random) {
    const fit = fitProblem(problem, settings, numeric)
    return Promise.resolve(fitSampledTree(fit, star, names, createRandom(random)))
  },
}

interface FoldCommon extends Common {
  /** Of each row, the fold that tests it. */
  readonly folds: Int32Array
}

interface FoldJob {
  readonly fold: number
  readonly random: RandomState
}

/** Log densities of the rows that a fold tests, in their order. */
interface FoldResult {
  readonly star: Float64Array
  readonly trees: Float64Array
}

export const foldWork: Work<FoldCommon, FoldJob, FoldResult> = {
  name: 'hierarchy/fold',
  run({ problem, settings, numeric, names, folds }, { fold, random }) {
    const fit = fitProblem(
      rowsWhere(problem, (n) => folds[n] !== fold),
      settings,
      numeric,
    )
    const test = rowsWhere(problem, (n) => folds[n] === fold)
    const { state } = toEnd(starClimb(fit, settings.maxSteps))
    const star = logDensities(fit, state, test, settings)
    const stream = createRandom(random)
    const each = Array.from({ length: settings.trees }, (_, m) => {
      const tree = fitSampledTree(fit, state, names, stream.fork(`tree ${m + 1}`))
      return logDensities(fit, tree.state, test, settings)
    })
    const trees = star.map((_, n) => logSumExp(each.map((values) => values[n])) - Math.log(each.length))
    return Promise.resolve({ star, trees })
  },
}

/** EM on the star. */
export function starClimb(fit: FitProblem, maxSteps: number): Climb {
  const { settings, problem } = fit
  const learnsTip = settings.tipLength === 'learn'
  const tip = settings.tipLength === 'learn' ? settings.tipStart : settings.tipLength
  const from = firstPlace(fit, starTree(problem.tasks, 1, tip))
  return climb(fit, from, { tree: false, tip: learnsTip, maxSteps })
}

export interface Averaged {
  readonly star: Ended<FitState>
  readonly trees: readonly Ended<FitState>[]
  /** Absent where there is nothing to hold out. */
  readonly stacking?: Stacking
}

/** Phases 'star', 'trees' and 'folds'. */
export function averageTrees(
  fit: FitProblem,
  settings: Settings,
  tasks: readonly Task[],
  key: string,
  context: TrainContext,
): Training<Trained<Averaged>> {
  const { problem, numeric } = fit
  const names = tasks.map(({ name }) => name)
  return runPhases<Averaged>(context, 3, async function* (run) {
    const { parameters, diagnostics } = yield* run('star', (inner) =>
      iterate(starClimb(fit, settings.maxSteps), inner),
    )
    const { converged } = diagnostics
    const star = { state: parameters, converged }
    const rows = problem.targets.length
    if (problem.tasks < 2 || rows < 2) return { parameters: { star, trees: [] }, converged }
    const common = { problem, settings, numeric, names }
    const streams = Array.from({ length: settings.trees }, (_, m) =>
      context.random.fork(`tree ${m + 1}`).toJSON(),
    )
    const trees = yield* run('trees', (inner) =>
      runJobs(treeWork, { key: `${key}/trees`, value: { ...common, star: parameters } }, streams, inner),
    )
    const count = Math.min(settings.folds, rows)
    const folds = dealt(tasks, count, context)
    const jobs = Array.from({ length: count }, (_, fold) => ({
      fold,
      random: context.random.fork(`fold ${fold + 1}`).toJSON(),
    }))
    const results = yield* run('folds', (inner) =>
      runJobs(foldWork, { key: `${key}/folds`, value: { ...common, folds } }, jobs, inner),
    )
    return { parameters: { star, trees, stacking: stacked(results, folds, problem.weights) }, converged }
  })
}

/** Of each row of the problem, the fold that tests it. */
function dealt(tasks: readonly Task[], folds: number, { random }: TrainContext): Int32Array {
  const splits = kFold({ tasks }, { random: random.fork('folds'), folds, by: 'target' })
  return Int32Array.from(
    tasks.flatMap((task, k) => {
      const own = new Array<number>(task.targets.length).fill(0)
      splits.forEach(({ test }, fold) => test[k].forEach((row) => (own[row] = fold)))
      return own
    }),
  )
}

/** Tasks keep their positions, also without rows. */
function rowsWhere(problem: Problem, isKept: (row: number) => boolean): Problem {
  const { size, starts } = problem
  const kept: number[] = []
  const newStarts = new Int32Array(starts.length)
  for (let k = 0; k < starts.length - 1; k++) {
    for (let n = starts[k]; n < starts[k + 1]; n++) if (isKept(n)) kept.push(n)
    newStarts[k + 1] = kept.length
  }
  const rows = new Float64Array(kept.length * size)
  kept.forEach((n, at) => rows.set(problem.rows.subarray(n * size, (n + 1) * size), at * size))
  return problemOf({
    size,
    rows,
    starts: newStarts,
    targets: Float64Array.from(kept, (n) => problem.targets[n]),
    weights: Float64Array.from(kept, (n) => problem.weights[n]),
  })
}

function logDensities(
  { problem, inference, numeric }: FitProblem,
  state: FitState,
  test: Problem,
  { approximation }: Settings,
): Float64Array {
  const { size, tasks, counts } = problem
  const { lower } = metricOf(state.diffusion, size)
  inference.at(state.diffusion, state.noise)
  inference.posterior(state.tree, state.leaves)
  const means = inference.leafMeans()
  const covariances = congruent(lower, inference.pass.covariances.subarray(0, tasks * size * size), size)
  const everyone = Array.from({ length: tasks }, (_, k) => k)
  const noise = noiseOfAll(state.noise, counts, everyone, tasks)
  const result = new Float64Array(test.targets.length)
  for (let k = 0; k < tasks; k++) {
    const [first, last] = [test.starts[k], test.starts[k + 1]]
    const own = project(
      test.rows.subarray(first * size, last * size),
      size,
      last - first,
      means.subarray(k * size, (k + 1) * size),
      covariances.subarray(k * size * size, (k + 1) * size * size),
    )
    const share = numeric ? undefined : probabilities(own, approximation)
    for (let n = first; n < last; n++) {
      const [at, target] = [n - first, test.targets[n]]
      if (share) result[n] = Math.log(target === 1 ? share[at] : 1 - share[at])
      else {
        const variance = own.variance[at] + noise[k]
        result[n] = -0.5 * (Math.log(2 * Math.PI * variance) + (target - own.mean[at]) ** 2 / variance)
      }
    }
  }
  return result
}

/** Steps of the share. */
const shareSteps = 20

/** Mean log density of all held-out rows by the share of the trees. */
function stacked(results: readonly FoldResult[], folds: Int32Array, weights: Float64Array): Stacking {
  const share = Float64Array.from({ length: shareSteps + 1 }, (_, i) => i / shareSteps)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const own = results.map((_, fold) => weights.filter((__, n) => folds[n] === fold))
  const logDensity = share.map((a) => {
    const [trees, star] = [Math.log(a), Math.log1p(-a)]
    let sum = 0
    results.forEach((result, fold) =>
      result.star.forEach((value, n) => {
        sum += own[fold][n] * logSumExp([trees + result.trees[n], star + value])
      }),
    )
    return sum / total
  })
  return { share, logDensity }
}
