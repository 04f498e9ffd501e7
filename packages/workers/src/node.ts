import { availableParallelism } from 'node:os'
import type { MessagePort as NodePort } from 'node:worker_threads'
import { checkNumber } from '@mtl/core'
import type { Executor } from '@mtl/core'
import { Tinypool } from 'tinypool'
import { laneExecutor } from './executor.ts'

export { serve } from './serve.ts'
export { workersFor } from './workers-for.ts'

export interface WorkerThreadOptions {
  /** Of the application's worker module, which calls `serve`: `new URL('./worker.js', import.meta.url)`. */
  readonly url: string | URL
  /** Default: one fewer than the processor has cores, for the thread that asks. */
  readonly threads?: number
}

/** In this package's source threads start by way of a bootstrap that reads TypeScript. */
const fromSource = import.meta.url.endsWith('.ts')
const started = new URL(fromSource ? './boot.js' : './worker.js', import.meta.url)

/**
 * Runs jobs in worker threads of Node, which start at once and take about a second: worth it for minutes of work, not for
 * less (`workersFor`). One executor serves any number of comparisons; `close` ends its threads.
 * @throws MtlError 'invalid-option'
 */
export function workerThreadExecutor({ url, threads }: WorkerThreadOptions): Executor {
  const wanted = threads ?? Math.max(1, availableParallelism() - 1)
  const count = checkNumber('threads', wanted, { min: 1, integer: true })
  const pool = new Tinypool({
    filename: started.href,
    minThreads: count,
    maxThreads: count,
    workerData: { url: String(url) },
    ...(fromSource && { execArgv: ['--conditions=@mtl/source'] }),
  })
  return laneExecutor({
    count,
    send(message) {
      const stop = new AbortController()
      // The browser's declaration of a port lacks what Node's own adds.
      const transferList = [message.port as unknown as NodePort]
      const failed: Promise<unknown> = pool.run(message, { transferList, signal: stop.signal })
      // A thread that ended by itself is still in the pool until it is taken out.
      return { failed, release: () => undefined, cancel: () => stop.abort() }
    },
    close: () => pool.destroy(),
  })
}
