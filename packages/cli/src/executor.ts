import { availableParallelism } from 'node:os'
import { inlineExecutor } from '@mtl/core'
import type { CostEstimate, Executor } from '@mtl/core'

/** Beside this module, in the source as in the build. */
const worker = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url)

/** Where the fits run: on so many threads; where no number is said, on as many as pay for their start. */
export async function executorFor(
  workers: number | undefined,
  costs: readonly CostEstimate[],
  splits: number,
): Promise<Executor> {
  if (workers === 0) return inlineExecutor()
  const { workerThreadExecutor, workersFor } = await import('@mtl/workers/node')
  const threads = workers ?? workersFor(costs, { splits, cores: availableParallelism() })
  return threads === 0 ? inlineExecutor() : workerThreadExecutor({ url: worker, threads })
}
