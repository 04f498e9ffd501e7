/** priorRule 'auto': match or spread, whichever gives the held-out rows of a few folds the lower log loss. */
import { createRandom, fingerprint, kFold, runJobs, splitData } from '@mtl/core'
import type { Dataset, MixtureRule, RunPhase, Split, TrainContext, Training, Work } from '@mtl/core'
import { fitOuterSteps } from './fit-outer.ts'
import type { Settings } from './options.ts'
import { parametersOf, type RuleChoice } from './parameters.ts'
import { predictTasks } from './predict.ts'
import { taskRowsOf } from './task-rows.ts'

const rules: readonly MixtureRule[] = ['match', 'spread']

export interface FoldCommon {
  readonly data: Dataset
  readonly settings: Settings
}

export interface FoldJob {
  readonly rule: MixtureRule
  readonly split: Split
}

/** Summed over the held-out rows, with their case weights. */
export interface FoldLoss {
  readonly loss: number
  readonly weight: number
}

export const foldWork: Work<FoldCommon, FoldJob, FoldLoss> = {
  name: 'variational/fold',
  async run({ data, settings }, { rule, split }, { signal }) {
    const { train, test } = splitData(data, split)
    const rows = train.tasks.map(taskRowsOf)
    const training = fitOuterSteps(
      rows,
      { ...settings, priorRule: rule },
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
  const splits = kFold(data, { random, by: 'target', folds: settings.folds }).filter(({ test }) =>
    test.some(({ length }) => length > 0),
  )
  if (splits.length === 0) return undefined
  const jobs = rules.flatMap((rule) => splits.map((split): FoldJob => ({ rule, split })))
  const common = { key: fingerprint(data), value: { data, settings } }
  const losses = yield* run('rules', (inner) => runJobs(foldWork, common, jobs, inner))
  const byRule = rules.map((_, r) => losses.slice(r * splits.length, (r + 1) * splits.length))
  const logLoss = Float64Array.from(byRule, (folds) => totalOf(folds, 'loss') / totalOf(folds, 'weight'))
  return { rules, logLoss, standardError: Float64Array.from(byRule, standardErrorOf) }
}

export function chosenRule({ rules: among, logLoss }: RuleChoice): MixtureRule {
  return among[logLoss.indexOf(Math.min(...logLoss))]
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
