import { MtlError } from '@mtl/core'
import type { Registry } from '@mtl/core'
import { toSent } from './errors.ts'
import type { FromWorker, JobMessage, ToWorker } from './protocol.ts'

/** Common values that a worker keeps: those of the comparisons and folds that run now, not of all that ever ran. */
const mostKept = 4

const kept = new Map<string, unknown>()
let served: Registry | undefined

/**
 * What a worker module calls, and nothing else: `serve(createRegistry(somePlugin))`. Jobs find their code, estimators and
 * metrics in this registry by name. The same module serves worker threads of Node and web workers.
 */
export function serve(registry: Registry): void {
  served = registry
  const scope = globalThis as Partial<Pick<EventTarget, 'addEventListener'>>
  // A web worker hears its page; in a thread of Node the pool calls `answer`.
  scope.addEventListener?.('message', (event) => void answer((event as MessageEvent<JobMessage>).data))
}

/** Runs a job and tells over its port what became of it. Never rejects. */
export async function answer({ work, key, job, listen, port }: JobMessage): Promise<void> {
  const tell = (message: FromWorker): void => port.postMessage(message)
  const stop = new AbortController()
  let receive: (common: unknown) => void = () => undefined
  port.onmessage = ({ data }: MessageEvent<ToWorker>) => {
    if (data.type === 'abort') stop.abort()
    else receive(data.value)
  }
  const ask = (): Promise<unknown> => {
    const received = new Promise((resolve, reject) => {
      receive = resolve
      stop.signal.addEventListener('abort', () => reject(stop.signal.reason as Error))
    })
    tell({ type: 'lacking' })
    return received
  }
  try {
    if (served === undefined)
      throw new MtlError('workers/not-served', 'the worker module did not call serve(registry)')
    const code = served.work(work)
    const common = await commonOf(key, ask)
    const onEvent = (event: unknown): void => tell({ type: 'event', event })
    tell({
      type: 'result',
      result: await code.run(common, job, { signal: stop.signal, ...(listen && { onEvent }) }),
    })
  } catch (error) {
    tell({ type: 'error', error: toSent(error) })
  }
}

/** The value of this name, asked for once; the one that was used longest ago is forgotten. */
async function commonOf(key: string, ask: () => Promise<unknown>): Promise<unknown> {
  const common = kept.has(key) ? kept.get(key) : await ask()
  kept.delete(key)
  kept.set(key, common)
  if (kept.size > mostKept) kept.delete(kept.keys().next().value as string)
  return common
}
