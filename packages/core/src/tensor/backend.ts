import * as tf from '@tensorflow/tfjs'
import { MtlError } from '../error/mtl-error.ts'
import { dense } from './dense.ts'
import type { BackendName } from './types.ts'

/** Reproducible and, for networks of this size, the fastest; cpu runs everywhere. */
const byDefault: readonly BackendName[] = ['wasm', 'cpu']

/**
 * Tries the backends in order, checks each with a small gradient, and returns the one in use. Default: 'wasm'
 * (the optional package @tensorflow/tfjs-backend-wasm; in a browser its `setWasmPaths` comes first), else 'cpu'.
 * @throws MtlError 'unsupported' when none of them works; the message says why for each
 */
export async function useBackend(preference: readonly BackendName[] = byDefault): Promise<BackendName> {
  return (await chooseBackend(preference)).backend
}

/** The backend that the application chose, or else the default one; and why earlier ones were refused. */
export async function ensureBackend(): Promise<Chosen> {
  // A backend that is being started has its name in the engine before it can compute.
  if (starting) return starting
  const backend = tf.engine().backendName as BackendName | '' | undefined
  return backend ? { backend, refused: {} } : chooseBackend(byDefault)
}

/** Whether a backend is being started now: the engine must be left alone. */
export function isStarting(): boolean {
  return starting !== undefined
}

interface Chosen {
  readonly backend: BackendName
  /** By name of a backend that was tried first: what was wrong with it. */
  readonly refused: Readonly<Record<string, string>>
}

/** The choice under way: there is one engine for the whole process. */
let starting: Promise<Chosen> | undefined

function chooseBackend(preference: readonly BackendName[]): Promise<Chosen> {
  const former = starting ?? Promise.resolve()
  const choice = former.then(noMatter, noMatter).then(() => tryInOrder(preference))
  const done = (): void => {
    if (starting === choice) starting = undefined
  }
  starting = choice
  choice.then(done, done)
  return choice
}

function noMatter(): void {
  // A former choice may have failed.
}

async function tryInOrder(preference: readonly BackendName[]): Promise<Chosen> {
  // Else the first tensor on cpu in Node prints a banner.
  tf.enableProdMode()
  const refused: Record<string, string> = {}
  for (const backend of preference) {
    const fault = await startBackend(backend)
    if (fault === undefined) return { backend, refused }
    refused[backend] = fault
  }
  const reasons = Object.entries(refused).map(([name, fault]) => `${name}: ${fault}`)
  throw new MtlError('unsupported', `no backend works here: ${reasons.join('; ') || 'none was named'}`, {
    refused,
  })
}

/** What is wrong with the backend, if anything. */
async function startBackend(name: BackendName): Promise<string | undefined> {
  try {
    if (name === 'wasm') await withoutNewHandlers(() => import('@tensorflow/tfjs-backend-wasm'))
    if (!(name in tf.engine().registryFactory)) return 'not registered; import its package first'
    if (!(await withoutNewHandlers(() => tf.setBackend(name)))) return 'could not be started'
    const difference = await selfTest()
    return difference < 1e-4 ? undefined : `its self-test is wrong by ${difference}`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** Largest difference of the gradient of |relu(x W + b)|^2 in W from the one computed by hand. */
async function selfTest(): Promise<number> {
  const gradient = tf.tidy(() => {
    const x = tf.tensor2d([1, 2, 3, -1], [2, 2])
    const bias = tf.tensor1d([0.5, 1])
    const loss = (kernel: tf.Tensor): tf.Scalar => {
      const y = dense(x, kernel as tf.Tensor2D, bias, 'relu')
      return tf.sum(tf.mul(y, y))
    }
    return tf.grad(loss)(tf.tensor2d([1, 0, 2, -1], [2, 2]))
  })
  const values = await gradient.data()
  gradient.dispose()
  // x W + b = [[5.5, -1], [1.5, 2]], so the loss has the gradient x' [[11, 0], [3, 4]]
  return Math.max(...[20, 12, 19, -4].map((value, i) => Math.abs(value - values[i])))
}

/** Node's process, where there is one. */
interface Process {
  listeners(event: string): unknown[]
  removeListener(event: string, listener: unknown): void
}
const crashes = ['uncaughtException', 'unhandledRejection'] as const

/**
 * Starting wasm in Node adds handlers for the whole process that throw every error of the application again from
 * the package's file; they are taken away.
 */
async function withoutNewHandlers<T>(start: () => Promise<T>): Promise<T> {
  const { process } = globalThis as { process?: Process }
  if (typeof process?.listeners !== 'function') return start()
  const before = crashes.map((event) => new Set(process.listeners(event)))
  try {
    return await start()
  } finally {
    crashes.forEach((event, i) => {
      for (const listener of process.listeners(event))
        if (!before[i].has(listener) && /ExitStatus|throw reason/.test(String(listener)))
          process.removeListener(event, listener)
    })
  }
}
