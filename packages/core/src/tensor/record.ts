import * as tf from '@tensorflow/tfjs'
import { MtlError, check } from '../error/mtl-error.ts'
import { withTransposes } from './kernels/transpose.ts'

/** A result and what it takes to walk back from it, as often as wanted. Holds its tensors itself. */
export interface Recording<T> extends Disposable {
  readonly value: T
  /**
   * For each x the sum over the seeds (y, dy) of dy . dy/dx, undefined where no path leads; the caller's to dispose.
   * @throws MtlError 'unsupported' for an operation without a gradient
   */
  gradients(
    seeds: readonly (readonly [tf.Tensor, tf.Tensor])[],
    xs: readonly tf.Tensor[],
  ): (tf.Tensor | undefined)[]
}

interface TapeNode {
  readonly kernelName: string
  readonly inputs: Readonly<Record<string, tf.Tensor>>
  readonly outputs: readonly tf.Tensor[]
  readonly saved?: readonly tf.Tensor[]
  readonly gradient?: (dys: (tf.Tensor | null)[]) => Record<string, () => tf.Tensor>
}
/** What is used of the engine beyond its public types: `tf.grads` would run forward again for each loss. */
interface Engine {
  readonly state: {
    activeTape: TapeNode[] | null
    readonly gradientDepth: number
    readonly activeScope: { readonly track: tf.Tensor[] }
  }
  startTape(): void
  endTape(): void
  startScope(name: string): void
  endScope(result?: tf.TensorContainer): void
}

/**
 * Runs `forward` once and records it. No scope is open between two calls, so that awaiting is allowed.
 * @throws MtlError 'unsupported' inside a gradient of tfjs
 */
export function record<T>(forward: () => T): Recording<T> {
  const engine = tf.engine() as unknown as Engine
  check(
    engine.state.gradientDepth === 0,
    'unsupported',
    'a forward pass cannot be recorded inside a gradient',
  )
  let tape: TapeNode[] = []
  let held: tf.Tensor[] = []
  const transposes = new Map<object, tf.Tensor2D>()
  const release = (): void => {
    tf.dispose([...transposes.values()])
    for (const { saved } of tape) tf.dispose([...(saved ?? [])])
    tf.dispose(held)
    transposes.clear()
    tape = []
    held = []
  }

  engine.startScope('record')
  let value: T
  try {
    engine.startTape()
    try {
      value = forward()
    } finally {
      tape = engine.state.activeTape ?? []
      engine.endTape()
      engine.state.activeTape = null
    }
    // Held by hand, for a scope cannot stay open.
    held = engine.state.activeScope.track.filter((tensor) => !tensor.kept).map((tensor) => tf.keep(tensor))
  } catch (error) {
    engine.endScope()
    release()
    throw error
  }
  engine.endScope()

  return {
    value,
    gradients: (seeds, xs) =>
      withTransposes(transposes, () => {
        engine.startScope('backward')
        let results: (tf.Tensor | undefined)[] = []
        try {
          results = sweep(tape, seeds, xs)
        } finally {
          engine.endScope(results.filter((tensor) => tensor !== undefined))
        }
        return results
      }),
    [Symbol.dispose]: release,
  }
}

function sweep(
  tape: readonly TapeNode[],
  seeds: readonly (readonly [tf.Tensor, tf.Tensor])[],
  xs: readonly tf.Tensor[],
): (tf.Tensor | undefined)[] {
  const reached = reachedFrom(tape, xs)
  const dys = new Map<number, tf.Tensor>()
  for (const [y, dy] of seeds) addTo(dys, y, dy)
  for (let i = tape.length; i-- > 0; ) walkBack(tape[i], dys, reached)
  // A sum hands its gradient on: one tensor may stand for several variables, or be a seed.
  const seen = new Set(seeds.map(([, dy]) => dy.id))
  return xs.map((x) => {
    const gradient = dys.get(x.id)
    const own = gradient && seen.has(gradient.id) ? tf.clone(gradient) : gradient
    if (own) seen.add(own.id)
    return own
  })
}

/** Ids of the tensors that depend on the xs. */
function reachedFrom(tape: readonly TapeNode[], xs: readonly tf.Tensor[]): Set<number> {
  const ids = new Set(xs.map((x) => x.id))
  for (const { inputs, outputs } of tape)
    if (Object.values(inputs).some((x) => ids.has(x.id))) for (const output of outputs) ids.add(output.id)
  return ids
}

function walkBack(node: TapeNode, dys: Map<number, tf.Tensor>, reached: ReadonlySet<number>): void {
  const known = node.outputs.map((output) => dys.get(output.id) ?? null)
  if (known.every((dy) => dy === null)) return
  const wanted = Object.entries(node.inputs).filter(([, x]) => reached.has(x.id))
  if (wanted.length === 0) return
  if (!node.gradient)
    throw new MtlError('unsupported', `the operation ${node.kernelName} has no gradient`, {
      kernel: node.kernelName,
    })
  const gradients = node.gradient(known)
  for (const [name, x] of wanted)
    addTo(
      dys,
      x,
      tf.tidy(() => gradients[name]()),
    )
}

function addTo(dys: Map<number, tf.Tensor>, { id }: tf.Tensor, dy: tf.Tensor): void {
  const old = dys.get(id)
  dys.set(id, old ? tf.add(old, dy) : dy)
}
