import { availableParallelism } from 'node:os'
import { inlineExecutor } from '@mtl/core'
import type { CostEstimate, Executor } from '@mtl/core'
import type { NamedPlugin } from './registry.ts'

/** Where the fits run: on so many threads; where no number is said, on as many as pay for their start. */
export async function executorFor(
  workers: number | undefined,
  costs: readonly CostEstimate[],
  splits: number,
  plugins: readonly NamedPlugin[],
): Promise<Executor> {
  if (workers === 0) return inlineExecutor()
  const { workerThreadExecutor, workersFor } = await import('@mtl/workers/node')
  const threads = workers ?? workersFor(costs, { splits, cores: availableParallelism() })
  return threads === 0 ? inlineExecutor() : workerThreadExecutor({ url: workerUrl(plugins), threads })
}

/** The module of the workers, which finds the plugins in its address; beside this one, in the source as in the build. */
function workerUrl(plugins: readonly NamedPlugin[]): URL {
  const url = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url)
  if (plugins.length > 0) url.searchParams.set('plugins', JSON.stringify(plugins))
  return url
}
