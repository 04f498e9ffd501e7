import { workerData } from 'node:worker_threads'
import type { JobMessage } from './protocol.ts'
import { answer } from './serve.ts'

// The pool puts its own data first. The application's module calls `serve`.
const [, { url }] = workerData as readonly [unknown, { readonly url: string }]
await import(url)

/** What a thread of the pool does with a job. */
export default function run(message: JobMessage): Promise<void> {
  return answer(message)
}
