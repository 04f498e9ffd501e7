import { checkNumber } from '@mtl/core'
import type { Executor } from '@mtl/core'
import type { Sent } from './call.ts'
import { laneExecutor } from './executor.ts'
import type { JobMessage } from './protocol.ts'

export { serve } from './serve.ts'
export { workersFor } from './workers-for.ts'

export interface WebWorkerOptions {
  /**
   * Starts the application's worker module, which calls `serve`; written so that bundlers see it:
   * `() => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })`.
   */
  readonly start: () => Worker
  /** Default: one fewer than the processor has cores, for the page. */
  readonly workers?: number
}

/**
 * Runs jobs in web workers, each started when it is first needed. `close` ends them, and fails the jobs that still run.
 * @throws MtlError 'invalid-option'
 */
export function webWorkerExecutor({ start, workers }: WebWorkerOptions): Executor {
  const wanted = workers ?? Math.max(1, navigator.hardwareConcurrency - 1)
  const count = checkNumber('workers', wanted, { min: 1, integer: true })
  const idle: Worker[] = []
  const all = new Set<Worker>()
  const waiting: ((worker: Worker) => void)[] = []
  // A worker that is ended tells nobody.
  const closed = new AbortController()

  function free(worker: Worker): void {
    const next = waiting.shift()
    if (next === undefined) idle.push(worker)
    else next(worker)
  }

  function started(): Worker {
    const worker = start()
    all.add(worker)
    return worker
  }

  function end(worker: Worker): void {
    worker.terminate()
    all.delete(worker)
    if (waiting.length > 0 && !closed.signal.aborted) free(started())
  }

  function send(message: JobMessage): Sent {
    let cancelled = false
    let mine: Worker | undefined
    let lose = (): void => undefined
    const failed = new Promise<never>((_, reject) => {
      lose = () => reject(new Error('the executor was closed'))
      closed.signal.addEventListener('abort', lose)
      const fail = (event: Event): void => reject(new Error((event as ErrorEvent).message))
      const take = (worker: Worker): void => {
        if (cancelled) {
          free(worker)
          return
        }
        mine = worker
        worker.onerror = fail
        worker.onmessageerror = fail
        worker.postMessage(message, [message.port])
      }
      const ready = idle.pop() ?? (all.size < count ? started() : undefined)
      if (ready === undefined) waiting.push(take)
      else take(ready)
    })
    return {
      failed,
      release() {
        closed.signal.removeEventListener('abort', lose)
        if (mine) free(mine)
      },
      cancel() {
        closed.signal.removeEventListener('abort', lose)
        cancelled = true
        if (mine) end(mine)
      },
    }
  }

  return laneExecutor({
    count,
    send,
    close() {
      for (const worker of all) worker.terminate()
      all.clear()
      idle.length = 0
      closed.abort()
      return Promise.resolve()
    },
  })
}
