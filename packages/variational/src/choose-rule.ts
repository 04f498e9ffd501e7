/**
 * priorRule 'auto': match or spread, whichever gives the held-out rows of a few folds the lower log loss; with priorVariance 'auto' each under a
 * prior of variance 1 and of the learnt one.
 */
import { createRandom, fingerprint, kFold, observed, runJobs, splitData } from '@mtl/core'
import type { Dataset, MixtureRule, RunPhase, Split, TrainContext, Training, Work } from '@mtl/core'
import { fitOuterSteps } from './fit-outer.ts'
import type { Settings } from './options.ts'
import { parametersOf, type RuleChoice } from './parameters.ts'
import { predictTasks } from './predict.ts'
import { taskRowsOf } from './task-rows.ts'

export interface Candidate {
  readonly rule: MixtureRule
  readonly priorVariance: 'learn' | number
}

function candidatesOf({ priorVariance }: Settings): readonly Candidate[] {
  const variances = priorVariance === 'auto' ? ([1, 'learn'] as const) : [priorVariance]
  return variances.flatMap((variance) =>
    (['match', 'spread'] as const).map((rule) => ({ rule, priorVariance: variance })),
  )
}

export interface FoldCommon {
  readonly data: Dataset
  readonly settings: Settings
}

export interface FoldJob extends Candidate {
  readonly split: Split
}

/** Summed over the held-out rows, with their case weights. */
export interface FoldLoss {
  readonly loss: number
  readonly weight: number
}

export const foldWork: Work<FoldCommon, FoldJob, FoldLoss> = {
  name: 'variational/fold',
  async run({ data, settings }, { rule, priorVariance, split }, { signal }) {
    const { train, test } = splitData(data, split)
    const rows = train.tasks.map(taskRowsOf)
    const training = fitOuterSteps(
      rows,
      { ...settings, priorRule: rule, priorVariance },
      // The fit draws nothing.
      { random: createRandom(0), ...(signal && { signal }) },
    )
    for (;;) {
      const { done, value } = await training.next()
      if (!done) continue
      const parameters = parametersOf(rows, value.parameters, rule, settings.divergenceWeight, undefined)
      return heldOutLoss(parameters, test, settings)
    }
  },
}

function heldOutLoss(
  parameters: Parameters<typeof predictTasks>[0],
  { tasks }: Dataset,
  settings: Settings,
): FoldLoss {
  const queries = tasks.map(({ inputs }, task) => ({ task, inputs }))
  let [loss, weight] = [0, 0]
  predictTasks(parameters, queries, tasks, settings).forEach((prediction, t) => {
    const { targets, weights } = tasks[t]
    prediction.logDensity(targets).forEach((density, i) => {
      const own = weights?.[i] ?? 1
      // A shared row that another task is tested on may have no label here.
      if (Number.isNaN(targets[i]) || own === 0) return
      loss -= own * density
      weight += own
    })
  })
  return { loss, weight }
}

/** Undefined where there is nothing to choose by: one task, independent tasks, or no row that could be held out. */
export async function* chooseRule(
  data: Dataset,
  settings: Settings,
  run: RunPhase,
  context: TrainContext,
): Training<RuleChoice | undefined> {
  const random = context.random.fork('folds')
  // Without them rows that have no label would shift the draws.
  const labelled: Dataset = { tasks: data.tasks.map(observed) }
  const candidates = candidatesOf(settings)
  const splits = kFold(labelled, { random, by: 'target', folds: settings.folds }).filter(({ test }) =>
    test.some(({ length }) => length > 0),
  )
  if (splits.length === 0) return undefined
  const jobs = candidates.flatMap((candidate) => splits.map((split): FoldJob => ({ ...candidate, split })))
  const common = { key: fingerprint(labelled), value: { data: labelled, settings } }
  const losses = yield* run('rules', (inner) => runJobs(foldWork, common, jobs, inner))
  const byRule = candidates.map((_, r) => losses.slice(r * splits.length, (r + 1) * splits.length))
  const logLoss = Float64Array.from(byRule, (folds) => totalOf(folds, 'loss') / totalOf(folds, 'weight'))
  return {
    rules: candidates.map(({ rule }) => rule),
    priorVariances: candidates.map(({ priorVariance }) => priorVariance),
    logLoss,
    standardError: Float64Array.from(byRule, standardErrorOf),
  }
}

export function chosenCandidate({ rules, priorVariances, logLoss }: RuleChoice): Candidate {
  const best = logLoss.indexOf(Math.min(...logLoss))
  return { rule: rules[best], priorVariance: priorVariances[best] }
}

function totalOf(folds: readonly FoldLoss[], key: keyof FoldLoss): number {
  return folds.reduce((sum, fold) => sum + fold[key], 0)
}

/** Of the mean over folds. */
function standardErrorOf(folds: readonly FoldLoss[]): number {
  const means = folds.map(({ loss, weight }) => loss / weight)
  const centre = means.reduce((sum, value) => sum + value, 0) / means.length
  const squares = means.reduce((sum, value) => sum + (value - centre) ** 2, 0)
  return Math.sqrt(squares / Math.max(1, means.length - 1) / means.length)
}
