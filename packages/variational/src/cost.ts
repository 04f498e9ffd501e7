import type { Dataset, TrainingCost } from '@mtl/core'
import { mostComponents } from './fit-outer.ts'
import type { Settings } from './options.ts'
import { outputsOf } from './task-rows.ts'

/** Sweeps that an outer step usually takes. */
const usualSweeps = 20

/** From sizes alone, folds of 'auto' included. */
export function costOf({ tasks }: Dataset, settings: Settings): TrainingCost {
  const { outerSteps, neighbours, priorRule, folds, quadratureNodes } = settings
  const count = tasks.length
  const components = count > mostComponents ? neighbours + 1 : count
  let [sweep, parameters, rows, copies] = [0, 0, 0, 0]
  for (const task of tasks) {
    const n = task.targets.length
    const [p, k] = [task.features.length + 1, outputsOf(task).length]
    const nodes = task.kind === 'binary' ? quadratureNodes : 1
    // Rows where they are fewer: the system that a Newton step solves.
    const side = Math.min(n, p)
    sweep += k * (n * p * side + side ** 3 + components * p + nodes * n * 20)
    parameters += 2 * k * p + components
    rows += n * (2 * p + 8 * k)
    copies += components * k * p
  }
  const fits = 1 + (priorRule === 'auto' && count > 1 && outerSteps > 1 ? 2 * (folds - 1) : 0)
  return {
    parameters,
    operations: fits * outerSteps * usualSweeps * sweep,
    bytes: 8 * (2 * parameters + rows + 2 * copies),
  }
}
