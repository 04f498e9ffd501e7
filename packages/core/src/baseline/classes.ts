/**
 * Training on classes: the penalty, unless given, by the log loss of 3 folds, stratified by task;
 * then Newton's steps on all rows.
 */
import type { TrainContext, Trained, Training } from '../model/types.ts'
import { permutation } from '../random/sample.ts'
import { iterate } from '../training/iterate.ts'
import { runPhases } from '../training/run-phases.ts'
import type { Iteration } from '../training/types.ts'
import { logLoss, selectClassRows, type ClassRows } from './log-loss.ts'
import { newtonIteration, type Newton } from './newton.ts'
import { unjudged } from './penalties.ts'
import { sum } from './statistics.ts'

const folds = 3

/** The problem on these rows of each task, at one of the candidates. */
export type Problem = (tasks: readonly ClassRows[], candidate: number) => Newton

export interface ClassesFit {
  /** Of each task, output after output; last those of the shared part, where there is one. */
  readonly coefficients: readonly Float64Array[]
  /** The one that was taken. */
  readonly candidate: number
  /** Held-out log loss of a row, by candidate; none where there was no choice. */
  readonly criteria: Float64Array
}

/** One of so many candidates, and the fit to all rows. `foldsOf` has a fold for each row of each task. */
export function fitClasses(
  tasks: readonly ClassRows[],
  foldsOf: readonly Int32Array[],
  candidates: number,
  problem: Problem,
  context: TrainContext,
): Training<Trained<ClassesFit>> {
  const choosing = candidates > 1
  return runPhases(context, choosing ? 2 : 1, async function* (run) {
    const criteria = choosing
      ? (yield* run('penalty', (inner) =>
          iterate(crossValidation(tasks, foldsOf, candidates, problem), inner),
        )).parameters
      : new Float64Array(0)
    const candidate = Math.max(0, criteria.lastIndexOf(leastOf(criteria))) // of equals the most careful
    const newton = problem(tasks, candidate)
    const { parameters, diagnostics } = yield* run('fit', async function* (inner) {
      const fitted = yield* iterate(newtonIteration(newton), inner)
      if (!fitted.diagnostics.converged) {
        const message = `after ${fitted.diagnostics.steps} steps the log loss was still falling`
        yield { type: 'warning', code: 'step-limit', message }
      }
      return fitted
    })
    return {
      parameters: { coefficients: newton.coefficients(parameters), candidate, criteria },
      converged: diagnostics.converged,
    }
  })
}

/** Newton's steps that a fit usually takes. */
const usualSteps = 6

/** Passes over rows and blocks of all fits together: of 2 of 3 folds each, 3 times for each candidate, and the last. */
export function usualPasses(candidates: number): number {
  return usualSteps * (1 + (candidates > 1 ? (folds - 1) * candidates : 0))
}

interface Course {
  /** Of the candidates tried so far. */
  readonly criteria: readonly number[]
  /** By fold: where the next candidate starts. */
  readonly deviations: readonly Float64Array[]
}

/** Tries one candidate on all folds a step; the objective is the lowest held-out log loss of a row so far. */
function crossValidation(
  tasks: readonly ClassRows[],
  foldsOf: readonly Int32Array[],
  candidates: number,
  problem: Problem,
): Iteration<Course, Float64Array> {
  const parts = Array.from({ length: folds }, (_, fold) => ({
    training: tasks.map((rows, t) =>
      selectClassRows(
        rows,
        where(foldsOf[t], (of) => of !== fold),
      ),
    ),
    heldOut: tasks.map((rows, t) =>
      selectClassRows(
        rows,
        where(foldsOf[t], (of) => of === fold),
      ),
    ),
  }))
  const total = sum(tasks.map(({ weights }) => sum(weights)))

  return {
    init: () => ({
      criteria: [],
      deviations: parts.map(({ training }) => problem(training, 0).start.deviations),
    }),
    step({ criteria, deviations }) {
      const newtons = parts.map(({ training }) => problem(training, criteria.length))
      const next = newtons.map((newton, fold) => newton.solve(deviations[fold]))
      const losses = parts.map(({ heldOut }, fold) => {
        const coefficients = newtons[fold].coefficients(next[fold])
        return sum(heldOut.map((rows, t) => logLoss(rows, coefficients[t])))
      })
      const criterion = total > 0 ? sum(losses) / total : unjudged
      return { criteria: [...criteria, criterion], deviations: next }
    },
    objective: ({ criteria }) => leastOf(criteria),
    finish: ({ criteria }) => Float64Array.from(criteria),
    maxSteps: candidates,
    done: ({ criteria }) => criteria.length === candidates,
    monotone: true,
  }
}

/**
 * A fold for each row of each task, dealt out in a random order from a random fold on; whatever the class, for equal shares
 * on both sides would tell each task's level and favour too weak a pull on intercepts.
 */
export function foldsOfTasks(
  tasks: readonly { readonly name: string }[],
  rows: readonly ClassRows[],
  { random }: Pick<TrainContext, 'random'>,
): Int32Array[] {
  return rows.map(({ targets }, t) => {
    const stream = random.fork('folds').fork(tasks[t].name)
    const fold = new Int32Array(targets.length)
    let next = Math.floor(folds * stream.next())
    for (const row of permutation(stream, targets.length)) fold[row] = next++ % folds
    return fold
  })
}

function where(values: ArrayLike<number>, is: (value: number) => boolean): number[] {
  return Array.from(values, (_, i) => i).filter((i) => is(values[i]))
}

function leastOf(criteria: ArrayLike<number>): number {
  let least = unjudged
  for (let k = 0; k < criteria.length; k++) least = Math.min(least, criteria[k])
  return least
}
