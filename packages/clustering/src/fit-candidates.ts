import { iterate, runPhases } from '@mtl/core'
import type { RunPhase, TrainContext, Trained, Training } from '@mtl/core'
import type { Family } from './family.ts'
import { firstGuess, type Names } from './first-guess.ts'
import { blockOf, hiddenUnits, type Activation, type Layout } from './layout.ts'
import { listOf, type Settings } from './options.ts'
import { noPenalties, type Penalties } from './penalty.ts'
import type { Problem } from './problem.ts'
import { quasiNewton } from './quasi-newton.ts'
import { duplicated, split } from './split.ts'

/** Layouts that differ in the number of clusters alone, of which the others begin from the one. */
export interface CandidateGroup {
  readonly name: string
  readonly one: Layout
  /** By rising number of clusters; the first may be `one` itself. */
  readonly layouts: readonly Layout[]
}

/** More inputs than this make 'auto' prefer directions to the inputs themselves. */
const mostIdentityInputs = 5

/** What the options name, in the order in which ties are decided: plain before tanh, fewer units, fewer clusters. */
export function candidateGroups(
  settings: Settings,
  shape: Pick<Layout, 'inputs' | 'meanTerms' | 'gateTerms' | 'outputs'>,
): readonly CandidateGroup[] {
  const features = shape.inputs - 1
  const clusters = rising(listOf(settings.clusters))
  return activationsOf(settings, features).flatMap((activation) =>
    unitsOf(activation, settings, features).map((units) => {
      const layoutOf = (count: number): Layout => ({
        ...shape,
        activation,
        units: units + 1,
        clusters: count,
      })
      return { name: nameOf(layoutOf(1)), one: layoutOf(1), layouts: clusters.map(layoutOf) }
    }),
  )
}

function activationsOf({ activation }: Settings, features: number): readonly Activation[] {
  if (activation !== 'auto') return [activation]
  if (features === 0) return ['identity']
  return features <= mostIdentityInputs ? ['identity', 'tanh'] : ['linear', 'tanh']
}

/** More linear units than inputs say nothing more. */
function unitsOf(
  activation: Activation,
  { hiddenUnits: units }: Settings,
  features: number,
): readonly number[] {
  if (activation === 'identity') return [features]
  const most = activation === 'linear' ? features : Infinity
  return rising(listOf(units).map((count) => Math.min(count, most)))
}

function rising(values: readonly number[]): readonly number[] {
  return [...new Set(values)].sort((a, b) => a - b)
}

function nameOf(layout: Layout): string {
  const units = hiddenUnits(layout)
  return units === 0
    ? layout.activation
    : `${layout.activation}, ${units} hidden unit${units === 1 ? '' : 's'}`
}

/** How many starts a number of clusters gets. */
export function startsOf({ activation, clusters }: Layout, { restarts }: Settings): number {
  return activation === 'identity' && clusters === 1 ? 1 : restarts
}

/** Starts of all candidates, those of one cluster from which others begin included. */
export function startCount(groups: readonly CandidateGroup[], settings: Settings): number {
  return groups
    .flatMap(({ one, layouts }) => [one, ...layouts.filter(({ clusters }) => clusters > 1)])
    .reduce((sum, layout) => sum + startsOf(layout, settings), 0)
}

/** The best of a candidate's starts. */
export interface Fit {
  readonly x: Float64Array
  /** Penalised log likelihood. */
  readonly value: number
  readonly converged: boolean
  /** Largest entry of the slope there, over the number of rows; NaN where it was not needed. */
  readonly largestSlope: number
}

export interface Fitting {
  readonly problem: Problem
  readonly family: Family
  readonly settings: Settings
  readonly names: Names
  readonly numeric: boolean
}

/** Fits every candidate from each of its starts; a phase for each. Answers in the order of the candidates. */
export async function* fitCandidates(
  fitting: Fitting,
  groups: readonly CandidateGroup[],
  run: RunPhase,
): Training<readonly Fit[]> {
  const fits: Fit[] = []
  for (const { name, one, layouts } of groups) {
    const single = yield* bestOf(fitting, one, `${name}, 1 cluster`, run, noPenalties, (inner) =>
      firstGuess(fitting.problem, one, fitting.numeric, fitting.names, inner.random),
    )
    for (const layout of layouts)
      fits.push(layout.clusters === 1 ? single : yield* several(fitting, one, single, layout, name, run))
  }
  return fits
}

async function* several(
  fitting: Fitting,
  one: Layout,
  single: Fit,
  layout: Layout,
  name: string,
  run: RunPhase,
): Training<Fit> {
  const { problem, family, settings, names } = fitting
  const penalties = penaltiesOf(settings, one, single.x)
  const posteriors = family.posteriors(one, single.x)
  const best = yield* bestOf(
    fitting,
    layout,
    `${name}, ${layout.clusters} clusters`,
    run,
    penalties,
    (inner) =>
      split({ problem, one, layout, penalties, floors: settings, names }, single.x, posteriors, inner.random),
  )
  // One cluster as often as there are clusters is a solution too.
  const same = duplicated(single.x, one, layout)
  const value = family.objective(layout, penalties)(same)
  return value > best.value ? { ...single, x: same, value } : best
}

/** S0 is the covariance of one cluster. */
function penaltiesOf(settings: Settings, one: Layout, x: Float64Array): Penalties {
  const { covariancePriorWeight, covarianceFloor, gatePenalty } = settings
  const { units: p, outputs } = one
  const covariancePriorScales = Array.from({ length: outputs }, (_, o) => {
    const { factors } = blockOf(one, o)
    const scale = new Float64Array(p * p)
    for (let i = 0; i < p; i++)
      for (let j = 0; j < p; j++) {
        for (let k = 0; k <= Math.min(i, j); k++)
          scale[i * p + j] += x[factors + i * p + k] * x[factors + j * p + k]
        if (i === j) scale[i * p + j] += covarianceFloor
      }
    return scale
  })
  return { covariancePriorWeight, covariancePriorScales, gatePenalty }
}

async function* bestOf(
  { family, settings, problem }: Fitting,
  layout: Layout,
  name: string,
  run: RunPhase,
  penalties: Penalties,
  start: (inner: TrainContext) => Float64Array,
): Training<Fit> {
  let best: Fit | undefined
  for (let s = 1; s <= startsOf(layout, settings); s++) {
    const fit = yield* run(`${name}, start ${s}`, async function* (inner): Training<Fit> {
      const begun = start(inner)
      const { parameters, diagnostics } = yield* climb(
        family,
        settings,
        layout,
        penalties,
        begun,
        problem,
        inner,
      )
      const objective = family.objective(layout, penalties)
      const slope = new Float64Array(parameters.length)
      const value = objective(parameters, family.finish ? slope : undefined)
      const largest = slope.reduce((most, g) => Math.max(most, Math.abs(g)), 0) / Math.max(1, problem.total)
      return {
        x: parameters,
        value,
        converged: diagnostics.converged,
        largestSlope: family.finish ? largest : NaN,
      }
    })
    if (best === undefined || fit.value > best.value) best = fit
  }
  return best as Fit
}

/** EM, which is sure but slow at the end, then quasi-Newton on everything at once. */
function climb(
  family: Family,
  settings: Settings,
  layout: Layout,
  penalties: Penalties,
  start: Float64Array,
  { total }: Problem,
  context: TrainContext,
): Training<Trained<Float64Array>> {
  const { expectationMaximisationSteps: steps, maxSteps, gradientTolerance } = settings
  const several = layout.clusters > 1
  const usual = { maxSteps: several ? 5 * steps : steps, tolerance: several ? 1e-7 : 1e-8, weights: !several }
  // Without a finish these steps go all the way.
  const em = family.finish ? usual : { maxSteps: Math.max(1, maxSteps), tolerance: 1e-9, weights: true }
  return runPhases(context, family.finish ? 2 : 1, async function* (run) {
    const risen = yield* run(family.firstPhase, (inner) =>
      iterate(family.expectationMaximisation(layout, penalties, start, em), inner),
    )
    if (!family.finish) return { parameters: risen.parameters, converged: risen.diagnostics.converged }
    const top = yield* run('quasi-newton', (inner) => {
      const descended = { objective: family.objective(layout, penalties), scale: 1 / Math.max(1, total) }
      return iterate(quasiNewton(descended, risen.parameters, { maxSteps, gradientTolerance }), inner)
    })
    return { parameters: top.parameters, converged: top.diagnostics.converged }
  })
}
