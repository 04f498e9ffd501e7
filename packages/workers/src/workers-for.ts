import type { CostEstimate } from '@mtl/core'

/** Seconds until a worker has loaded its modules and answers. */
const startSeconds = 0.9

/**
 * How many workers a comparison of estimators on so many splits pays for: one fewer than there are cores (on two cores
 * both, for this thread waits), but not more than there are fits; 0 means to run it in this thread. Workers pay where they
 * save at least twice the time of their start, because costs are estimates; one worker saves nothing. Estimators of
 * unknown cost count as nothing.
 */
export function workersFor(
  costs: readonly Pick<CostEstimate, 'seconds'>[],
  { splits, cores }: { readonly splits: number; readonly cores: number },
): number {
  const seconds = costs.map((cost) => (Number.isNaN(cost.seconds) ? 0 : cost.seconds))
  const total = splits * seconds.reduce((sum, value) => sum + value, 0)
  const workers = Math.min(cores > 2 ? cores - 1 : cores, splits * costs.length)
  // No number of workers divides the longest fit.
  const shared = Math.max(total / workers, ...seconds)
  return workers > 1 && total - shared > 2 * startSeconds ? workers : 0
}
