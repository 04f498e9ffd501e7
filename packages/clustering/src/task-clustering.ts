/**
 * Task clustering and gating: all tasks share a small layer of hidden units; each has its own weights on them, and these come from a
 * prior that is learnt of all tasks: one Gaussian, one whose mean follows the task's descriptor, or a mixture of several, the clusters,
 * whose shares may follow the descriptor too.
 *
 *   h(x) = [1, g(W [1, x])],  y = A_i'h(x) + e,  e ~ N(0, s2),  A_i | cluster a ~ N(M_a f_i, L_a L_a'),  P(a) = softmax(U phi_i)
 *
 * A_i is integrated out, for classes by Laplace's method; W, M, L, s2 and U maximise the marginal likelihood: EM, then quasi-Newton steps on
 * all of them. The objective is minus the penalised log likelihood over the number of rows.
 *
 * Bakker and Heskes (2003), Task clustering and gating for Bayesian multitask learning, JMLR 4:83-99.
 */
import { check, defineEstimator, matrix, runPhases } from '@mtl/core'
import type { Dataset, Estimator, TrainContext, Trained, Training } from '@mtl/core'
import { canonical, falling } from './canonical.ts'
import { bicOf, choose, freedomOf } from './choice.ts'
import { costOf } from './cost.ts'
import type { Family } from './family.ts'
import { familyOf } from './family-of.ts'
import { candidateGroups, fitCandidates, startCount, type Fit } from './fit-candidates.ts'
import { heldOutScores } from './held-out.ts'
import { hiddenUnits, type Layout } from './layout.ts'
import { listOf, settingsOf, type Settings, type TaskClusteringOptions } from './options.ts'
import {
  hiddenWeightsOf,
  outputPrior,
  type Candidate,
  type Posteriors,
  type TaskClusteringParameters,
} from './parameters.ts'
import { noPenalties } from './penalty.ts'
import { predictTasks } from './predict.ts'
import { problemOfTasks, tasksWithRows, type Problem } from './problem.ts'
import { clusteringViews } from './views.ts'
import { clusteringWarnings } from './warnings.ts'

/** Tasks that come in kinds, or are alike: shrunk by the right amount, with their uncertainty, and open to new tasks. */
export function taskClustering(options: TaskClusteringOptions = {}): Estimator<TaskClusteringParameters> {
  const settings = settingsOf(options)
  const described = settings.priorMean === 'descriptor' || settings.gating === 'descriptor'
  return defineEstimator({
    name: 'task-clustering',
    version: 1,
    options: { ...settings },
    capabilities: {
      kinds: ['regression', 'binary', 'multiclass'],
      mixedKinds: false,
      inputs: 'same-features',
      levels: 'indicators',
      weights: true,
      descriptors: described ? 'needed' : 'ignored',
      unseenTasks: described ? ['descriptor'] : ['nothing', 'examples'],
      parameterUncertainty: true,
    },
    standardise: true,
    train: (data, context) => train(data, settings, context),
    predict: (parameters, queries, tasks) => predictTasks(parameters, queries, tasks, settings),
    warnings: (parameters, data) => clusteringWarnings(parameters, data, settings),
    cost: (data) => costOf(data, settings),
    views: clusteringViews,
  })
}

function train(
  data: Dataset,
  settings: Settings,
  context: TrainContext,
): Training<Trained<TaskClusteringParameters>> {
  checkTasks(data, settings)
  const numeric = data.tasks[0].kind === 'regression'
  const positions = tasksWithRows(data)
  // Tasks without rows move nothing, so the fit does without them; where none has any, the prior alone is the result.
  const trained = positions.length > 0 ? positions.map((t) => data.tasks[t]) : data.tasks
  const problem = problemOfTasks(trained, settings)
  const groups = candidateGroups(settings, { ...problem, outputs: problem.targets.length })
  const fitting = {
    problem,
    family: familyOf(problem, settings, numeric),
    settings,
    names: namesOf(data, trained),
    numeric,
  }
  const folds = settings.criterion === 'held-out-tasks' ? Math.min(settings.folds, positions.length) : 0
  const count = startCount(groups, settings)
  let last: Fit | undefined
  const training = runPhases(context, count + folds, async function* (run) {
    const scores = folds > 0 ? yield* heldOutScores(trained, fitting, groups, folds, run, context) : undefined
    const fits = yield* fitCandidates(fitting, groups, run)
    const layouts = groups.flatMap((group) => group.layouts)
    const candidates = fits.map((fit, c) =>
      candidateOf(layouts[c], fit, fitting.family, problem, numeric, scores?.[c] ?? NaN),
    )
    const choice = choose(settings.criterion, candidates)
    const [layout, fit] = [layouts[choice.chosen], fits[choice.chosen]]
    last = fit
    const parameters = parametersOf(data, settings, layout, fit, fitting.family, numeric)
    return { parameters: { ...parameters, choice }, converged: fit.converged }
  })
  return warned(training, settings, () => last)
}

/** Says how far from a maximum a finish that met its limit of steps was left. */
async function* warned(
  training: Training<Trained<TaskClusteringParameters>>,
  { maxSteps, gradientTolerance }: Settings,
  fitOf: () => Fit | undefined,
): Training<Trained<TaskClusteringParameters>> {
  const trained = yield* training
  const { diagnostics } = trained
  const fit = fitOf()
  if (diagnostics.converged || fit === undefined) return trained
  const left = Number.isNaN(fit.largestSlope)
    ? ''
    : `: the largest slope is ${fit.largestSlope.toExponential(1)}, not ${gradientTolerance}`
  const message = `the last phase met its limit of ${maxSteps} steps${left}; raise maxSteps`
  yield { type: 'warning', code: 'step-limit', message }
  return { ...trained, diagnostics: { ...diagnostics, warnings: [...diagnostics.warnings, message] } }
}

function namesOf(data: Dataset, trained: Dataset['tasks']): { features: string[]; tasks: string[] } {
  return {
    features: data.tasks[0].features.map(({ name }) => name),
    tasks: trained.map(({ name }) => name),
  }
}

function checkTasks(data: Dataset, { clusters, criterion }: Settings): void {
  const withRows = tasksWithRows(data).length
  const most = Math.max(...listOf(clusters))
  check(
    most <= Math.max(1, withRows),
    'unsupported',
    `${most} clusters need as many tasks with labelled rows, and there are ${withRows}: lower the option clusters`,
    { option: 'clusters', tasks: withRows },
  )
  check(
    criterion === 'bic' || withRows >= 2,
    'unsupported',
    `criterion 'held-out-tasks' needs 2 tasks with labelled rows at least, and there are ${withRows}: use 'bic'`,
    { option: 'criterion', tasks: withRows },
  )
  const { classes, name } = data.tasks[0]
  const other = data.tasks.find((task) => task.classes.join('\n') !== classes.join('\n'))
  check(
    other === undefined,
    'unsupported',
    `task-clustering needs the same classes in every task, and "${name}" and "${other?.name}" differ`,
  )
}

function candidateOf(
  layout: Layout,
  { x, value, converged }: Fit,
  family: Family,
  { total, tasks }: Problem,
  numeric: boolean,
  heldOutLogLikelihood: number,
): Candidate {
  const logLikelihood = family.objective(layout, noPenalties)(x)
  const { shared, prior } = freedomOf(layout, numeric)
  return {
    activation: layout.activation,
    hiddenUnits: hiddenUnits(layout),
    clusters: layout.clusters,
    logLikelihood,
    penalisedLogLikelihood: value,
    parameterCount: shared + prior,
    bic: bicOf(layout, logLikelihood, total, tasks, numeric),
    heldOutLogLikelihood,
    effectiveClusters: Math.min(...family.posteriors(layout, x).map(effectiveClusters)),
    converged,
  }
}

/** Responsibility, as a share of the tasks, below which a cluster counts as dead. */
const leastShare = 1e-3

function effectiveClusters({ responsibilities }: Posteriors): number {
  return meanColumns(responsibilities).filter((share) => share >= leastShare).length
}

function meanColumns({ rows, columns, data }: Posteriors['responsibilities']): Float64Array {
  const means = new Float64Array(columns)
  data.forEach((value, at) => (means[at % columns] += value / rows))
  return means
}

function parametersOf(
  data: Dataset,
  settings: Settings,
  layout: Layout,
  fit: Fit,
  family: Family,
  numeric: boolean,
): Omit<TaskClusteringParameters, 'choice'> {
  const orders = family
    .posteriors(layout, fit.x)
    .map(({ responsibilities }) => falling(meanColumns(responsibilities)))
  const x = canonical(fit.x, layout, orders)
  // Tasks without rows have a posterior as well: the prior.
  const posteriors = familyOf(problemOfTasks(data.tasks, settings), settings, numeric).posteriors(layout, x)
  return {
    activation: layout.activation,
    hiddenWeights: layout.activation === 'identity' ? matrix(0, 0) : hiddenWeightsOf(x, layout),
    outputs: posteriors.map((own, o) => outputPrior(x, layout, o, own, numeric)),
  }
}
