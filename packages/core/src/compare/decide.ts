import type { SplitSizes } from './layout.ts'
import type { Comparison, EstimatorSummary } from './types.ts'

/** Fewer splits, or fewer test rows of half of the tasks, tell nothing. */
export const fewestSplits = 3
export const fewestTestRows = 5

/**
 * One model for all is "all but equal" to the best when the best one's `overall` against it is surely below this, in per cent:
 * the upper bound of its interval, so that a wide interval is no equality. Half of what is called a small gain (2 %).
 */
const negligibleGain = 1

/** Who stands for what in a comparison. */
export interface Roles {
  /** What sharing must beat: single-task, or the first baseline. */
  readonly separate: string
  /** Whether that one learns each task by itself, as far as is known. */
  readonly perTask: boolean
  /** The baseline that is one model for all, where there is one. */
  readonly pooled?: string
}

/** Sizes that a decision asks for. */
export type Sizes = Pick<SplitSizes, 'testRows'> & { readonly splits: number }

export interface Decision extends Pick<Comparison, 'decision' | 'recommended'> {
  /** Best of all against `separate`, by the mean of `overall`; undefined when nothing was fitted beside it. */
  readonly best?: EstimatorSummary
}

/** What follows from the summaries, as `Comparison` says. */
export function decide(summaries: readonly EstimatorSummary[], roles: Roles, sizes: Sizes): Decision {
  const candidates = againstSeparate(summaries, roles)
  const best = candidates.at(0)
  const chosen = choose(summaries, candidates, roles)
  const recommended = chosen?.estimator ?? roles.separate
  return { decision: decisionOn(chosen, best, roles, sizes), recommended, ...(best && { best }) }
}

/** Those that were fitted, the largest `overall` first. */
function againstSeparate(summaries: readonly EstimatorSummary[], { separate }: Roles): EstimatorSummary[] {
  return summaries
    .filter(({ baseline, overall }) => baseline === separate && !Number.isNaN(overall.mean))
    .sort((a, b) => b.overall.mean - a.overall.mean)
}

/** Of those that help the best, or one model for all where it helps, hurts no task and is all but equal to the best. */
function choose(
  summaries: readonly EstimatorSummary[],
  candidates: readonly EstimatorSummary[],
  { pooled }: Roles,
): EstimatorSummary | undefined {
  const helping = candidates.filter(({ verdict }) => verdict === 'helps')
  const best = helping.at(0)
  const simple = helping.find(({ estimator, hurtTasks }) => estimator === pooled && hurtTasks.length === 0)
  if (best === undefined || simple === undefined || best === simple) return best
  const ahead = summaries.find(
    ({ estimator, baseline }) => estimator === best.estimator && baseline === simple.estimator,
  )
  return ahead !== undefined && ahead.overall.upper < negligibleGain ? simple : best
}

function decisionOn(
  chosen: EstimatorSummary | undefined,
  best: EstimatorSummary | undefined,
  { pooled }: Roles,
  { splits, testRows }: Sizes,
): Comparison['decision'] {
  const thin = testRows.filter((rows) => rows < fewestTestRows).length
  if (splits < fewestSplits || 2 * thin >= testRows.length) return 'too-little-data'
  // What beats separate models on a lone task is no sharing.
  if (testRows.length === 1) return 'undecided'
  if (chosen === undefined) return best?.verdict === 'hurts' ? 'separate' : 'undecided'
  if (chosen.hurtTasks.length > 0) return 'some'
  return chosen.estimator === pooled ? 'one-model' : 'together'
}
