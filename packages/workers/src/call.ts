import { died, fromSent } from './errors.ts'
import type { FromWorker, JobMessage, ToWorker } from './protocol.ts'

/** Brings a job to a worker. */
export type Send = (message: JobMessage) => Sent

export interface Sent {
  /** Rejects when the worker fails, however late; never tells of the job. */
  readonly failed: Promise<unknown>
  /** The worker has answered and is free. */
  release(): void
  /** The worker is to be ended, whatever it does. */
  cancel(): void
}

export interface Call {
  readonly work: string
  readonly key: string
  readonly common: unknown
  readonly job: unknown
  readonly signal: AbortSignal
  readonly onEvent?: (event: unknown) => void
}

/** Milliseconds in which the error that ended a worker follows the end of its port. */
const grace = 200

/**
 * The result of a job in a worker.
 * @throws the job's error; MtlError 'workers/died' when the worker ended before it had answered
 */
export function call(send: Send, { work, key, common, job, signal, onEvent }: Call): Promise<unknown> {
  const { port1: port, port2 } = new MessageChannel()
  return new Promise((resolve, reject) => {
    let open = true
    // What the listener of events, or the copying of the common value, threw here: the job's failure.
    let thrown: Error | undefined
    const tell = (message: ToWorker): void => port.postMessage(message)
    const abort = (): void => tell({ type: 'abort' })
    const sent = send({ work, key, job, listen: onEvent !== undefined, port: port2 })

    const settle = (error: Error | undefined, result?: unknown): void => {
      open = false
      signal.removeEventListener('abort', abort)
      port.onmessage = null
      port.close()
      const failure = thrown ?? error
      if (failure !== undefined) reject(failure)
      else resolve(result)
    }
    const end = (cause?: unknown): void => {
      if (!open) return
      sent.cancel()
      settle(died(cause))
    }
    const hear = (message: FromWorker): void => {
      if (message.type === 'lacking') tell({ type: 'common', value: common })
      else if (message.type === 'event') onEvent?.(message.event)
      else {
        sent.release()
        if (message.type === 'error') settle(fromSent(message.error))
        else settle(undefined, message.result)
      }
    }
    port.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      try {
        hear(data)
      } catch (error) {
        thrown ??= error instanceof Error ? error : new Error(String(error))
        abort()
      }
    }
    port.addEventListener('close', () => {
      if (open) setTimeout(end, grace)
    })
    sent.failed.catch(end)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort)
  })
}
