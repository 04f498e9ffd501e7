/**
 * What held-out rows choose: one of an architecture's candidates, and how many epochs it trains for. Each candidate is
 * trained on the rows that are left; then the one whose best variables have the lowest held-out loss is trained once more,
 * on all rows and for as many epochs as proved best, since of few rows a fifth is much.
 *
 * All parts draw from one stream: candidates begin at the same variables and see the same batches, so that they differ
 * by their own setting alone.
 */
import type { TrainContext, Trained, Training } from '../../model/types.ts'
import { runPhases } from '../../training/run-phases.ts'
import type { View } from '../../view/types.ts'
import type { Candidate } from '../types.ts'
import type { Course } from './course.ts'
import { courseOf, learntParameters } from './finished.ts'
import { targetRows } from './held-out.ts'
import { repeatedOn, trialOf, type Run } from './run.ts'
import { meanOfRelative } from './stopping.ts'
import { trainNetwork } from './train-network.ts'
import type { NetworkParameters } from './types.ts'

/** A candidate after its training; with what it learnt where it is not trained once more. */
interface Tried {
  readonly course: Course
  readonly parameters?: NetworkParameters
}

export function trainChoosing(
  run: Run,
  candidates: readonly Candidate[],
  context: TrainContext,
): Training<Trained<NetworkParameters>> {
  const { refit } = run.options
  return runPhases(context, candidates.length + Number(refit), async function* (phase) {
    const tried: Tried[] = []
    for (const [i, { name, architecture }] of candidates.entries()) {
      const trial = trialOf(run, architecture, i === 0)
      tried.push(yield* phase(name, (inner) => tryOut(trial, { ...inner, random: context.random })))
    }
    const losses = heldOutLosses(run, tried)
    const best = losses.indexOf(Math.min(...losses.filter((loss) => !Number.isNaN(loss))))
    const { course, parameters } = tried[Math.max(0, best)]
    const { architecture } = candidates[Math.max(0, best)]
    const repeated = repeatedOn(run, architecture, course)
    const learnt =
      parameters ??
      (yield* phase('all rows', (inner) => learn(repeated, { ...inner, random: context.random })))
    return {
      parameters: withChoice(learnt, candidates, losses, Math.max(0, best)),
      converged: course.converged,
    }
  })
}

async function* tryOut(trial: Run, context: TrainContext): Training<Tried> {
  const { random } = context
  const { parameters } = yield* trainNetwork(trial, context, async (finished) => ({
    course: await courseOf(trial, finished, random.fork('evaluation')),
    ...(!trial.options.refit && { parameters: await learntParameters(trial, finished) }),
  }))
  return parameters
}

async function* learn(run: Run, context: TrainContext): Training<NetworkParameters> {
  const { parameters } = yield* trainNetwork(run, context, (finished) => learntParameters(run, finished))
  return parameters
}

/** Of each candidate: what early stopping watches, relative to the first epoch of the first one. */
function heldOutLosses({ task, heldOut, rows }: Run, tried: readonly Tried[]): Float64Array {
  const counted = targetRows(heldOut ?? rows)
  const { first } = tried[0].course
  return Float64Array.from(tried, ({ course: { losses } }) =>
    task === undefined ? meanOfRelative(losses, first, counted) : losses[task],
  )
}

function withChoice(
  parameters: NetworkParameters,
  candidates: readonly Candidate[],
  losses: Float64Array,
  best: number,
): NetworkParameters {
  if (candidates.length === 1) return parameters
  const names = candidates.map(({ name }) => name)
  const view: View = {
    kind: 'bars',
    title: 'Held-out loss of each candidate',
    reading: `Loss of held-out rows at the best epoch, relative to the first; the lowest is kept: ${names[best]}.`,
    labels: names,
    values: losses,
  }
  return {
    ...parameters,
    choice: { candidates: names, losses, chosen: names[best] },
    views: [...parameters.views, view],
  }
}
