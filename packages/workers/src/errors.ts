import { MtlError } from '@mtl/core'
import type { ErrorCode, Json } from '@mtl/core'
import type { SentError } from './protocol.ts'

/** An error as it travels. */
export function toSent(error: unknown): SentError {
  if (error instanceof MtlError) {
    const { name, message, code, details } = error
    return { name, message, code, details }
  }
  if (error instanceof Error) return { name: error.name, message: error.message }
  return { name: 'Error', message: String(error) }
}

/** An error as it was thrown in the worker. */
export function fromSent({ name, message, code, details }: SentError): Error {
  if (code === undefined) return Object.assign(new Error(message), { name })
  return new MtlError(code as ErrorCode, message, details as Readonly<Record<string, Json>>)
}

/** Of a job whose worker is no more. */
export function died(cause?: unknown): MtlError {
  const why = cause instanceof Error ? `: ${cause.message}` : ''
  const text = `the worker of this job ended before it had answered${why}`
  return new MtlError('workers/died', text, {}, { cause })
}
