/** What is sent to a worker for each job; all else goes over `port`. Plain data but for the port. */
export interface JobMessage {
  /** Name of the work. */
  readonly work: string
  /** Names the common value. */
  readonly key: string
  readonly job: unknown
  /** Whether events are wanted. */
  readonly listen: boolean
  readonly port: MessagePort
}

/** Over the port, to the worker. */
export type ToWorker = { readonly type: 'common'; readonly value: unknown } | { readonly type: 'abort' }

/** Over the port, from the worker: it lacks the common value, tells an event, or is done. */
export type FromWorker =
  | { readonly type: 'lacking' }
  | { readonly type: 'event'; readonly event: unknown }
  | { readonly type: 'result'; readonly result: unknown }
  | { readonly type: 'error'; readonly error: SentError }

/** An error as plain data. */
export interface SentError {
  readonly name: string
  readonly message: string
  /** Of an MtlError, with its details. */
  readonly code?: string
  readonly details?: unknown
}
