/**
 * Tasks whose weights diffuse down a tree: close leaves share much, distant ones little. The tree comes from Kingman's coalescent, dated
 * with the root in the past.
 *
 *   u_root ~ N(0, rootVariance I),  u_c | u_p ~ N(u_p, d_c Lambda),  w_k = u_k at the leaves
 *   y_kn ~ N(w_k'x_kn, rho2), or P(y_kn = 1) = 1 / (1 + exp(-w_k'x_kn))
 *
 * d_c is the length of the branch, of a leaf with the tip length, its own part. All weights are integrated out, exactly for numbers, by
 * Laplace's method for classes; Lambda, rho2, the tip length and the tree maximise the evidence and their priors. The objective is minus that.
 *
 * Daume III (2009), Bayesian multitask learning with latent hierarchies, UAI, 135-142.
 */
import { check, defineEstimator, fingerprint, iterate, runPhases } from '@mtl/core'
import type { Dataset, Estimator, TaskInfo, TrainContext, Trained, Training } from '@mtl/core'
import { costOf } from './cost.ts'
import { fitOfAll } from './fit/all-tasks.ts'
import { averageTrees, starClimb } from './fit/averaged.ts'
import { climb, firstPlace, type FitState } from './fit/em.ts'
import { fitProblem, type FitProblem } from './fit/fit-problem.ts'
import { problemOfTasks } from './fit/problem.ts'
import type { Ended } from './fit/run.ts'
import { exactLimit } from './fit/proposals.ts'
import { trainedTasks } from './fit/trained-tasks.ts'
import { settingsOf, type LatentHierarchyOptions, type Settings } from './options.ts'
import type { HierarchyFit, LatentHierarchyParameters, Stacking } from './parameters.ts'
import { predictHierarchy } from './predict.ts'
import { consensusNewick } from './tree/consensus.ts'
import { givenTree, type GivenTree } from './tree/given-tree.ts'
import { starTree } from './tree/task-tree.ts'
import { hierarchyViews } from './views.ts'
import { hierarchyWarnings } from './warnings.ts'

/**
 * Predictions that borrow from like tasks, and a dated tree of the tasks with the support of each clade.
 * @throws MtlError 'invalid-option', of a Newick text with the position
 */
export function latentHierarchy(options: LatentHierarchyOptions = {}): Estimator<LatentHierarchyParameters> {
  const settings = settingsOf(options)
  return defineEstimator({
    name: 'latent-hierarchy',
    version: 1,
    options: { ...settings },
    capabilities: {
      kinds: ['regression', 'binary', 'multiclass'],
      mixedKinds: false,
      inputs: 'same-features',
      levels: 'indicators',
      weights: true,
      descriptors: 'ignored',
      unseenTasks: ['nothing', 'examples'],
      parameterUncertainty: true,
    },
    standardise: true,
    train: (data, context) => train(data, settings, context),
    predict: (parameters, queries, tasks) => predictHierarchy(parameters, queries, tasks, settings),
    warnings: (parameters, data) => hierarchyWarnings(parameters, data, settings),
    cost: (data) => costOf(data, settings),
    views: hierarchyViews,
  })
}

/** The fits of one class, or of numbers. */
interface ClassFit {
  readonly fits: readonly HierarchyFit[]
  readonly shares: readonly number[]
  readonly stacking?: Stacking
  readonly accepted: readonly string[]
}

async function* train(
  data: Dataset,
  settings: Settings,
  context: TrainContext,
): Training<Trained<LatentHierarchyParameters>> {
  checkClasses(data.tasks)
  const given = settings.tree === undefined ? undefined : givenTree(settings.tree, data.tasks)
  const { kind, classes } = data.tasks[0]
  const { parameters: found, diagnostics } =
    kind === 'multiclass'
      ? yield* runPhases(context, classes.length, async function* (run) {
          const parameters: ClassFit[] = []
          let converged = true
          for (const [c, name] of classes.entries()) {
            const one = yield* run(`class ${name}`, (inner) => trainClass(data, c, given, settings, inner))
            parameters.push(one.parameters)
            converged &&= one.diagnostics.converged
          }
          return { parameters, converged }
        })
      : yield* asList(trainClass(data, 1, given, settings, context))
  const stacking = meanStacking(found)
  const parameters: LatentHierarchyParameters = {
    structure: settings.structure,
    fits: found.flatMap(({ fits }) => fits),
    shares: Float64Array.from(found.flatMap(({ shares }) => shares)),
    ...(stacking && { stacking }),
    newick: newickOf(found[0], data.tasks),
    ...(given && { nodeNames: given.nodeNames }),
    accepted: found.flatMap(({ accepted }) => accepted),
    search: data.tasks.length > exactLimit ? 'neighbours' : 'exact',
  }
  return { parameters, diagnostics }
}

async function* asList(training: Training<Trained<ClassFit>>): Training<Trained<readonly ClassFit[]>> {
  const { parameters, diagnostics } = yield* training
  return { parameters: [parameters], diagnostics }
}

function checkClasses([first, ...others]: readonly TaskInfo[]): void {
  const other = others.find(({ classes }) => classes.join('\n') !== first.classes.join('\n'))
  const text = `latent-hierarchy needs the same classes in every task, and "${first.name}" and "${other?.name}" differ`
  check(other === undefined, 'unsupported', text)
}

/** The trees where there are some, else the star. */
function newickOf({ fits }: ClassFit, tasks: readonly TaskInfo[]): string {
  const names = tasks.map(({ name }) => name)
  return consensusNewick(fits.length > 1 ? fits.slice(0, -1) : fits, names)
}

function meanStacking(found: readonly ClassFit[]): Stacking | undefined {
  const curves = found.flatMap(({ stacking }) => (stacking ? [stacking] : []))
  if (curves.length === 0) return undefined
  const logDensity = curves[0].share.map(
    (_, i) => curves.reduce((sum, curve) => sum + curve.logDensity[i], 0) / curves.length,
  )
  return { share: curves[0].share, logDensity }
}

async function* trainClass(
  data: Dataset,
  positive: number,
  given: GivenTree | undefined,
  settings: Settings,
  context: TrainContext,
): Training<Trained<ClassFit>> {
  const numeric = data.tasks[0].kind === 'regression'
  const { tasks, positions, counted } = trainedTasks(data.tasks, given !== undefined)
  const problem = problemOfTasks(tasks, positive)
  const fit = fitProblem(problem, settings, numeric, counted)
  const whole = fitProblem(problemOfTasks(data.tasks, positive), settings, numeric)
  const finished = ({ state, converged }: Ended<FitState>): HierarchyFit =>
    fitOfAll(whole, state, problem.counts, positions, converged)

  if (settings.structure === 'averaged') {
    const key = `${fingerprint({ tasks })}/${JSON.stringify(settings)}/${positive}`
    const { parameters, diagnostics } = yield* averageTrees(fit, settings, tasks, key, context)
    const { star, trees, stacking } = parameters
    const share = stacking ? stacking.share[stacking.logDensity.indexOf(Math.max(...stacking.logDensity))] : 0
    const fits = [...trees, star].map(finished)
    const shares = [...trees.map(() => share / trees.length), 1 - share]
    return { parameters: { fits, shares, accepted: [], ...(stacking && { stacking }) }, diagnostics }
  }
  const { parameters, diagnostics } = yield* oneTree(fit, given, settings, context)
  const { converged } = diagnostics
  const fits = [finished({ state: parameters, converged })]
  return { parameters: { fits, shares: [1], accepted: parameters.accepted }, diagnostics }
}

/** 'single-tree', 'star' or 'given'. */
function oneTree(
  fit: FitProblem,
  given: GivenTree | undefined,
  settings: Settings,
  context: TrainContext,
): Training<Trained<FitState>> {
  const { maxSteps, structure } = settings
  const tip = settings.tipLength === 'learn' ? settings.tipStart : settings.tipLength
  const learnsTip = settings.tipLength === 'learn'
  if (given) {
    const from = firstPlace(fit, { ...given.tree, tipLength: tip })
    return iterate(climb(fit, from, { tree: false, tip: learnsTip, maxSteps }), context)
  }
  if (structure === 'star' || fit.problem.tasks < 2) return iterate(starClimb(fit, maxSteps), context)
  return runPhases(context, 2, async function* (run) {
    const star = firstPlace(fit, starTree(fit.problem.tasks, 1, tip))
    const warm = climb(fit, star, { tree: false, tip: false, maxSteps: settings.warmUpSteps })
    const begun = yield* run('warm-up', (inner) => iterate(warm, inner))
    const first = warm.firstTree(begun.parameters)
    const learnt = { tree: true, tip: learnsTip, maxSteps }
    const end = yield* run('tree', (inner) => iterate(climb(fit, first, learnt), inner))
    return { parameters: end.parameters, converged: end.diagnostics.converged }
  })
}
