import type { Dataset, TrainingCost } from '@mtl/core'
import { mostComponents } from './fit-outer.ts'
import type { Settings } from './options.ts'
import { outputsOf } from './task-rows.ts'

/** Sweeps that an outer step usually takes: 20 among twenty tasks, 40 among 160. */
const usualSweeps = (components: number): number => 16 * (1 + components / 100)

/** Of each task, where the prior's variance is learnt. */
const sweepsOfPrior = 30

/** Of the likelihood, in a sweep: for means, scales and noise. */
const evaluations = 3

/** Operations that a logarithm or an exponential takes the time of. */
const elementary = 40

/** From sizes alone, folds of 'auto' included. */
export function costOf({ tasks }: Dataset, settings: Settings): TrainingCost {
  const { outerSteps, neighbours, priorRule, priorVariance, folds, quadratureNodes } = settings
  const count = tasks.length
  const components = count > mostComponents ? neighbours + 1 : count
  let [sweep, alone, parameters, rows, copies] = [0, 0, 0, 0, 0]
  for (const task of tasks) {
    const n = task.targets.length
    const [p, k] = [task.features.length + 1, outputsOf(task).length]
    const nodes = task.kind === 'binary' ? quadratureNodes : 1
    // Rows where they are fewer: the system that a Newton step solves.
    const side = Math.min(n, p)
    const newton = k * (2 * n * p * side + side ** 3)
    const likelihood = evaluations * k * n * (4 * p + elementary * nodes)
    // The mixture's moments and slopes, and a logarithm and two exponentials of each weight, at two trials.
    const prior = components * (20 * k * p + 3 * elementary)
    alone += newton + likelihood
    sweep += newton + likelihood + prior
    parameters += 2 * k * p + components
    rows += n * (2 * p + 8 * k)
    copies += components * k * p
  }
  const candidates = priorVariance === 'auto' ? 4 : 2
  const fits = 1 + (priorRule === 'auto' && count > 1 && outerSteps > 1 ? candidates * (folds - 1) : 0)
  const learning = priorVariance === 'learn' || priorVariance === 'auto' ? sweepsOfPrior * alone : 0
  return {
    parameters,
    operations: fits * (outerSteps * usualSweeps(components) * sweep + learning),
    bytes: 8 * (2 * parameters + rows + 2 * copies),
  }
}
