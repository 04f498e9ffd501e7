import { starTree, type TaskTree } from '../tree/task-tree.ts'
import { climb, firstPlace, type FitState, type Learning } from './em.ts'
import type { FitProblem } from './fit-problem.ts'
import { toEnd } from './run.ts'

export const all: Learning = { tree: true, tip: true, maxSteps: 100 }

/** The star, a first tree, and EM with the tree. */
export function learnt(fit: FitProblem, maxSteps: number): FitState {
  const { tasks } = fit.problem
  const begin = firstPlace(fit, starTree(tasks, 1, fit.settings.tipStart))
  const warm = climb(fit, begin, { tree: false, tip: false, maxSteps: 5 })
  const { state } = toEnd({ ...warm, done: () => false })
  return toEnd(climb(fit, warm.firstTree(state), { ...all, maxSteps })).state
}

/** EM on a tree as it is. */
export function fixed(fit: FitProblem, tree: TaskTree, maxSteps: number): FitState {
  return toEnd(climb(fit, firstPlace(fit, tree), { tree: false, tip: true, maxSteps })).state
}
