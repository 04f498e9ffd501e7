import type { Dataset, TrainingCost } from '@mtl/core'
import type { SparseBayesianSettings } from './options.ts'

/** Sweeps that a run usually takes, with its short ones. */
const usualSweeps = 160

/** T tasks of N rows together, D columns: T D^3 for each sweep where all columns have one covariance, N D else. */
export function costOf({ tasks }: Dataset, settings: SparseBayesianSettings): TrainingCost {
  const count = tasks.length
  const rows = tasks.reduce((sum, { targets }) => sum + targets.length, 0)
  const width = (tasks[0]?.features.length ?? 0) + Number(settings.intercept === 'group')
  const dense = settings.posterior === 'auto' ? width <= 300 : settings.posterior !== 'by-group'
  const binary = tasks[0]?.kind === 'binary'
  const blocks = dense ? width * width : width
  const gram = dense ? rows * width * width : 4 * rows * width
  const sweep = (dense ? 8 * count * width ** 3 : 20 * count * width) + 4 * rows * width
  return {
    parameters: count * (width + blocks) + 3 * width,
    operations: gram * (binary || !dense ? usualSweeps : 1) + usualSweeps * sweep,
    bytes: 8 * (2 * rows * width + 3 * count * blocks + 8 * count * width),
  }
}
