import { check } from '@mtl/core'
import type { Executor, Outcome, Work } from '@mtl/core'
import { call } from './call.ts'
import type { Send } from './call.ts'

/** Workers that take one job each. */
export interface Lanes {
  readonly count: number
  readonly send: Send
  readonly close: () => Promise<void>
}

interface RunOptions<Event> {
  readonly signal?: AbortSignal
  readonly onEvent?: (job: number, event: Event) => void
}

/** Jobs run on as many lanes as there are; a lane that is free takes the next. After `close` every job fails. */
export function laneExecutor({ count, send, close }: Lanes): Executor {
  let closed = false
  async function* run<Common, Job, Result, Event>(
    work: Work<Common, Job, Result, Event>,
    { key, value }: { readonly key: string; readonly value: Common },
    jobs: readonly Job[],
    { signal, onEvent }: RunOptions<Event> = {},
  ): AsyncGenerator<Outcome<Result>, void> {
    signal?.throwIfAborted()
    const stop = new AbortController()
    const abort = (): void => stop.abort()
    signal?.addEventListener('abort', abort)
    const running = new Map<number, Promise<Outcome<Result>>>()
    let next = 0

    const start = async (job: number): Promise<Outcome<Result>> => {
      const listen = onEvent && { onEvent: (event: unknown) => onEvent(job, event as Event) }
      const asked = { work: work.name, key, common: value, job: jobs[job], signal: stop.signal, ...listen }
      try {
        check(!closed, 'workers/closed', 'the executor was closed before this job ran')
        return { job, result: (await call(send, asked)) as Result }
      } catch (error) {
        return { job, error }
      }
    }
    const fill = (): void => {
      for (; !stop.signal.aborted && running.size < count && next < jobs.length; next++)
        running.set(next, start(next))
    }

    try {
      fill()
      while (running.size > 0) {
        const outcome = await Promise.race(running.values())
        running.delete(outcome.job)
        fill()
        // A job that was finished when the signal came is not lost; an error may be the abort's own.
        if (!stop.signal.aborted || 'result' in outcome) yield outcome
      }
      signal?.throwIfAborted()
    } finally {
      stop.abort()
      await Promise.all(running.values())
      signal?.removeEventListener('abort', abort)
    }
  }
  return {
    run,
    close() {
      closed = true
      return close()
    },
  }
}
