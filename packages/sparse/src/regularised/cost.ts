import type { Dataset, TrainingCost } from '@mtl/core'
import type { Settings } from './settings.ts'

/** Proximal steps that a cold start and a point of a path usually take; of classes, whose intercepts take longer. */
const usualSteps = { numbers: { given: 100, along: 50 }, classes: { given: 300, along: 150 } }

/** Operations of a row's exponential. */
const exponential = 40

/** Products with the rows, or with T gramians where a task has more rows than features, of all fits. */
export function costOf({ tasks }: Dataset, settings: Settings, auto: boolean): TrainingCost {
  const features = tasks[0]?.features.length ?? 0
  const weights = tasks.length * features
  const rows = tasks.reduce((count, { targets }) => count + targets.length, 0)
  const gramians = tasks.reduce(
    (size, { targets }) => size + (features <= 2 * targets.length ? features ** 2 : 0),
    0,
  )
  const fits = auto ? settings.folds + 1 : 1
  const numeric = tasks.every(({ kind }) => kind === 'regression')
  const { given, along } = numeric ? usualSteps.numbers : usualSteps.classes
  const steps = auto ? along * settings.pathLength : given
  const product = numeric
    ? Math.min(4 * rows * features, 2 * tasks.length * features ** 2)
    : rows * (4 * features + exponential)
  return {
    parameters: weights + tasks.length,
    operations: fits * (steps * (product + 10 * weights) + rows * features ** (gramians > 0 ? 2 : 1)),
    bytes: 8 * (12 * weights + rows * features + gramians + rows),
  }
}
