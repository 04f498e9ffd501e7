import { runPhases } from '@mtl/core'
import type { RunPhase, Task, TrainContext, Training } from '@mtl/core'
import { familyOf } from './family-of.ts'
import { fitCandidates, startCount, type CandidateGroup, type Fitting } from './fit-candidates.ts'
import { noPenalties } from './penalty.ts'
import { problemOfTasks } from './problem.ts'

/** Log marginal likelihood of a whole task that the fit did not see, in the mean over all tasks; of each candidate. */
export async function* heldOutScores(
  tasks: readonly Task[],
  { settings, numeric, names }: Fitting,
  groups: readonly CandidateGroup[],
  folds: number,
  run: RunPhase,
  { random }: TrainContext,
): Training<readonly number[]> {
  const hands = dealt(tasks, folds, (name) => random.fork('folds').fork(name).next())
  const layouts = groups.flatMap((group) => group.layouts)
  const sums = layouts.map(() => 0)
  for (let fold = 1; fold <= folds; fold++) {
    const isLeft = (task: Task): boolean => hands.get(task.name) === fold
    const kept = tasks.filter((task) => !isLeft(task))
    const problem = problemOfTasks(kept, settings)
    const fitting: Fitting = {
      problem,
      family: familyOf(problem, settings, numeric),
      settings,
      names: { ...names, tasks: kept.map(({ name }) => name) },
      numeric,
    }
    const left = familyOf(problemOfTasks(tasks.filter(isLeft), settings), settings, numeric)
    const scores = yield* run(`fold ${fold}`, async function* (context): Training<readonly number[]> {
      const trained = yield* runPhases(context, startCount(groups, settings), async function* (inner) {
        const fits = yield* fitCandidates(fitting, groups, inner)
        const parameters = fits.map(({ x }, c) => left.objective(layouts[c], noPenalties)(x))
        return { parameters, converged: true }
      })
      return trained.parameters
    })
    scores.forEach((score, c) => (sums[c] += score))
  }
  return sums.map((sum) => sum / tasks.length)
}

/** Fold of each task, dealt in turn in an order drawn by name: neither the tasks' order nor other tasks' draws matter. */
function dealt(
  tasks: readonly Task[],
  folds: number,
  draw: (name: string) => number,
): ReadonlyMap<string, number> {
  const order = tasks.map(({ name }) => ({ name, drawn: draw(name) })).sort((a, b) => a.drawn - b.drawn)
  return new Map(order.map(({ name }, at) => [name, 1 + (at % folds)]))
}
