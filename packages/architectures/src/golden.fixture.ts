import * as tf from '@tensorflow/tfjs'
import type { RandomGenerator, TaskKind } from '@mtl/core'
import { createRandom } from '@mtl/core'
import { forwardPass, loadVariables, useBackend } from '@mtl/core/tensor'
import type { Architecture, DataShape, LabelledBatch, Network, Variables, Weights } from '@mtl/core/tensor'

/** Numbers nested to any depth. */
type Nested = number | readonly Nested[]

/** A case of a golden file: fixed weights of another program, and what it makes of a few rows. */
export interface GoldenCase {
  readonly name: string
  readonly config: { readonly tasks: number; readonly kinds: readonly string[]; readonly in: number }
  /** [rows, columns], or [tasks, rows, columns] where each task has rows of its own. */
  readonly inputs: { readonly x: Nested }
  /** By row and task. */
  readonly labels: readonly (readonly (number | null)[])[]
  readonly task_weights: readonly number[]
  readonly params: Readonly<Record<string, Nested>>
  readonly expected: {
    /** By task: [rows, outputs]. */
    readonly outputs: readonly (readonly (readonly number[])[])[]
    readonly task_losses: readonly number[]
    readonly gradients: Readonly<Record<string, Nested>>
  }
}

/** Name of each of the file's parameters here, and of one that is stacked over tasks its row. */
export type Naming = (name: string) => {
  readonly name: string
  readonly row?: number
  readonly rows?: number
}

/** Each case of a file on cpu and on wasm: what of it differs, tensors that are left included. */
export function goldenRuns(
  cases: readonly unknown[],
  compare: (golden: GoldenCase, config: never) => Promise<readonly string[]>,
): readonly { readonly title: string; readonly run: () => Promise<readonly string[]> }[] {
  return (['cpu', 'wasm'] as const).flatMap((backend) =>
    (cases as readonly GoldenCase[]).map((golden) => ({
      title: `${golden.name} on ${backend}`,
      run: async () => {
        await useBackend([backend])
        const before = tf.memory().numTensors
        const found = await compare(golden, golden.config as never)
        const left = tf.memory().numTensors - before
        return left === 0 ? found : [...found, `${left} tensors are left`]
      },
    })),
  )
}

/** A case whose parameters lie in the file otherwise than here. */
export function turnedCase(
  { params, expected, ...others }: GoldenCase,
  turned: (values: GoldenCase['params']) => GoldenCase['params'],
): GoldenCase {
  return {
    ...others,
    params: turned(params),
    expected: { ...expected, gradients: turned(expected.gradients) },
  }
}

/**
 * What lies further from the file than 1e-5 (outputs, losses) or 1e-4 (gradients), in float32: nothing, one hopes.
 * `levels`: of each input column, 0 for a number; default all numbers.
 */
export async function differences(
  architecture: Architecture,
  golden: GoldenCase,
  naming: Naming,
  given: { readonly levels?: readonly number[]; readonly random?: RandomGenerator } = {},
): Promise<readonly string[]> {
  const { levels = new Array<number>(golden.config.in).fill(0), random = createRandom(1) } = given
  const network = architecture.build(shapeOf(golden, levels))
  const variables = variablesOf(network, golden.params, naming)
  using batch = batchOf(network, golden)
  using pass = forwardPass(network, variables, batch, { random, progress: 0 })
  const found: string[] = []
  const outputs = await Promise.all(pass.outputs.map((output) => output.data()))
  network.groups.forEach(({ tasks }, g) =>
    found.push(...far(outputs[g], golden.expected.outputs[tasks[0]], 1e-5, `outputs of task ${tasks[0]}`)),
  )
  found.push(...far(await pass.losses(), golden.expected.task_losses, 1e-5, 'losses'))
  const gradients = pass.gradients({ weights: Float64Array.from(golden.task_weights) })
  for (const [theirs, expected] of Object.entries(golden.expected.gradients)) {
    const { name, row = 0, rows = 1 } = naming(theirs)
    const values = await gradients[name].value.data()
    const size = values.length / rows
    found.push(...far(values.slice(row * size, (row + 1) * size), expected, 1e-4, `gradient of ${theirs}`))
  }
  tf.dispose([Object.values(gradients).map(({ value }) => value), { ...variables }])
  return found
}

function shapeOf({ config }: GoldenCase, levels: readonly number[]): DataShape {
  return {
    tables: [levels],
    descriptor: 0,
    tasks: config.kinds.map((kind, k) => ({
      name: `task-${k}`,
      kind: kind as TaskKind,
      table: 0,
      classShares: { regression: [], binary: [0.5, 0.5] }[kind] ?? [0.3, 0.3, 0.4],
    })),
  }
}

/** The network's own variables, with the file's values in place of all. */
function variablesOf(network: Network, params: GoldenCase['params'], naming: Naming): Variables {
  const fresh = network.init(createRandom(1))
  const weights: Record<string, Weights[string]> = Object.fromEntries(
    Object.entries(fresh).map(([name, { shape, size }]) => [
      name,
      { shape, values: new Float32Array(size).fill(NaN) },
    ]),
  )
  tf.dispose({ ...fresh })
  for (const [theirs, values] of Object.entries(params)) {
    const { name, row = 0, rows = 1 } = naming(theirs)
    const flat = flatten(values)
    if (!(name in weights) || weights[name].values.length !== flat.length * rows)
      throw new Error(`${theirs} of the file should be ${name}`)
    weights[name].values.set(flat, row * flat.length)
  }
  const untold = Object.keys(weights).filter((name) => weights[name].values.includes(NaN))
  if (untold.length > 0) throw new Error(`the file says nothing of ${untold.join(', ')}`)
  return loadVariables(weights)
}

function batchOf(network: Network, { inputs, labels, config }: GoldenCase): LabelledBatch {
  const rows = labels.length
  const isOwn = flatten(inputs.x).length === config.tasks * rows * config.in
  const x = tf.tensor2d(Float32Array.from(flatten(inputs.x)), [isOwn ? config.tasks * rows : rows, config.in])
  const count = (k: number): number => labels.filter((row) => row[k] !== null).length
  // Each task of these files is a group of its own, so its cells are its rows either way.
  const byGroup = (value: (label: number | null, task: number) => number): Float32Array[] =>
    network.groups.map(({ tasks: [k] }) => Float32Array.from(labels, (row) => value(row[k], k)))
  const all = Array.from({ length: config.tasks }, (_, k) => k)
  return {
    inputs: [x],
    ...(isOwn && { taskOf: Int32Array.from(all.flatMap((k) => new Array<number>(rows).fill(k))) }),
    targets: byGroup((label) => label ?? 0),
    weights: byGroup((label, k) => (label === null ? 0 : 1 / count(k))),
    present: Int32Array.from(all),
    labels: Float64Array.from(all, count),
    taskShare: new Float32Array(config.tasks),
    [Symbol.dispose]: () => x.dispose(),
  }
}

function far(found: ArrayLike<number>, expected: Nested, tolerance: number, what: string): string[] {
  const flat = flatten(expected)
  if (found.length !== flat.length) return [`${what}: ${found.length} numbers instead of ${flat.length}`]
  return flat.flatMap((value, i) =>
    Math.abs(found[i] - value) <= tolerance * (1 + Math.abs(value))
      ? []
      : [`${what}, ${i}: ${found[i]} instead of ${value}`],
  )
}

function flatten(values: Nested): number[] {
  return typeof values === 'number' ? [values] : values.flatMap(flatten)
}
