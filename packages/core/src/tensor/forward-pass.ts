import * as tf from '@tensorflow/tfjs'
import { check } from '../error/mtl-error.ts'
import { matrix } from '../linalg/matrix.ts'
import type { Direction, TaskWeights } from '../weighting/types.ts'
import { addInnerProducts, rowsOfTasks, tasksOfCells } from './cells.ts'
import { constant } from './constant.ts'
import type { Recording } from './record.ts'
import { record } from './record.ts'
import { tensorScope } from './scope.ts'
import type { ForwardPass, Gradient, Gradients, PassContext } from './trainer/types.ts'
import type { LabelledBatch, Network, TrainingPass, Variables } from './types.ts'

type Update = Parameters<ForwardPass['gradients']>[0]
type Seed = readonly [tf.Tensor, tf.Tensor]

/** What a network gave for a batch. */
interface Computed {
  readonly outputs: readonly tf.Tensor2D[]
  readonly shared: tf.Tensor | undefined
  /** By group. */
  readonly cellLosses: readonly tf.Tensor1D[]
  readonly penalties: readonly tf.Scalar[]
  readonly state: Variables
}

/**
 * One pass forward, recorded; the losses of all cells and any number of gradients come from it. Without `context` as
 * in evaluation: no dropout, moving statistics, no penalties, no gradients.
 * @throws MtlError 'dimension-mismatch' when outputs and labels differ in their number of cells
 */
export function forwardPass(
  network: Network,
  variables: Variables,
  batch: LabelledBatch,
  context?: PassContext,
): ForwardPass {
  const taskOfCell = tasksOfCells(network, batch)
  const recording = record(() => compute(network, variables, batch, taskOfCell, context))
  const { outputs, cellLosses, state } = recording.value
  const trained = context ? Object.keys(variables).filter((name) => isTrained(name, context)) : []
  const gradient = gradientsOf(recording, network, variables, batch, trained)
  const m = batch.present.length
  const dispose = (): void => recording[Symbol.dispose]()

  return {
    outputs,
    state,
    async losses() {
      const sums = new Float64Array(m)
      const positions = positionsOf(batch)
      const values = await Promise.all(cellLosses.map((losses) => losses.data()))
      values.forEach((losses, g) => {
        for (let i = 0; i < losses.length; i++) {
          const position = positions.get(taskOfCell[g][i])
          const weight = batch.weights[g][i]
          if (weight !== 0 && position !== undefined) sums[position] += weight * losses[i]
        }
      })
      return sums
    },
    async gramian(at) {
      let result = matrix(m, m)
      const xs = gradient.takenAt(at)
      const each = Array.from({ length: m }, (_, i) => gradient.ofTask(i, xs))
      for (let j = 0; j < xs.length; j++) {
        const parts = each.map((gradients) => gradients[j])
        const values = await Promise.all(
          parts.map(async (part) => (await part?.data()) as Float32Array | undefined),
        )
        tf.dispose(parts.filter((part) => part !== undefined))
        result = addInnerProducts(result, values)
      }
      return result
    },
    async jacobian(at) {
      const xs = gradient.takenAt(at)
      const result = matrix(
        m,
        xs.reduce((sum, x) => sum + x.size, 0),
      )
      for (let i = 0; i < m; i++) {
        let from = i * result.columns
        const parts = gradient.ofTask(i, xs)
        for (let j = 0; j < xs.length; from += xs[j].size, j++) {
          const part = parts[j]
          if (part) result.data.set(await part.data(), from)
        }
        tf.dispose(parts.filter((part) => part !== undefined))
      }
      return result
    },
    gradients: (update) => gradient.ofUpdate(update),
    [Symbol.dispose]: dispose,
  }
}

function isTrained(name: string, context: PassContext): boolean {
  return !name.startsWith('state/') && (context.trains?.(name) ?? true)
}

function positionsOf({ present }: LabelledBatch): ReadonlyMap<number, number> {
  return new Map(Array.from(present, (task, position) => [task, position]))
}

function compute(
  network: Network,
  variables: Variables,
  batch: LabelledBatch,
  taskOfCell: ReturnType<typeof tasksOfCells>,
  context: PassContext | undefined,
): Computed {
  const terms: Parameters<TrainingPass['penalise']>[0][] = []
  const state: Record<string, tf.Tensor> = {}
  const pass: TrainingPass | undefined = context && {
    random: context.random,
    progress: context.progress,
    taskShare: batch.taskShare,
    penalise: (term) => void terms.push(term),
    update: (name, value) => {
      state[name] = value
    },
  }
  const { outputs, shared } = network.forward(variables, batch, pass)
  const cellLosses = outputs.map((output, g) => {
    const cells = batch.targets[g].length
    check(
      output.shape[0] === cells,
      'dimension-mismatch',
      `the network gave ${output.shape[0]} outputs for group ${g}, which has ${cells} cells`,
    )
    if (cells === 0) return tf.zeros<tf.Rank.R1>([0])
    return network.groups[g].loss.cellLosses(output, tf.tensor1d(batch.targets[g]))
  })
  const cells = batch.weights.map((weights, g) => ({ tasks: taskOfCell[g], weights }))
  const penalties = terms.map((term) =>
    typeof term === 'function'
      ? term(
          cellLosses.map((losses) => constant(losses)),
          cells,
        )
      : term,
  )
  return { outputs, shared, cellLosses, penalties, state }
}

interface GradientSource {
  /** Tensors that gradients are taken at: see `GradientBased`. */
  takenAt(at?: string): readonly tf.Tensor[]
  /** Of the loss of the task at this position among those present. */
  ofTask(position: number, xs: readonly tf.Tensor[]): (tf.Tensor | undefined)[]
  ofUpdate(update: Update): Gradients
}

function gradientsOf(
  recording: Recording<Computed>,
  network: Network,
  variables: Variables,
  batch: LabelledBatch,
  trained: readonly string[],
): GradientSource {
  const { cellLosses, penalties, shared } = recording.value
  const taskOfCell = tasksOfCells(network, batch)
  const positions = positionsOf(batch)
  const m = batch.present.length

  /** One coefficient for each cell: its weight times that of its task. A group that none of them reaches is left out. */
  const lossSeeds = (weights: ArrayLike<number>): Seed[] =>
    cellLosses.flatMap((losses, g) => {
      const coefficients = batch.weights[g].map((weight, i) => {
        const position = positions.get(taskOfCell[g][i])
        return position === undefined ? 0 : weight * weights[position]
      })
      return coefficients.some((c) => c !== 0) ? [[losses, tf.tensor1d(coefficients)] as const] : []
    })
  const penaltySeeds = (factor: number): Seed[] => penalties.map((term) => [term, tf.scalar(factor)] as const)

  const swept = (seeds: () => Seed[], xs: readonly tf.Tensor[]): (tf.Tensor | undefined)[] => {
    using scope = tensorScope()
    const results = recording.gradients(seeds(), xs)
    scope.keep(results.filter((result) => result !== undefined))
    return results
  }
  /** Of variables by name; without those that no task present reaches. */
  const named = (seeds: () => Seed[], names: readonly string[]): Record<string, tf.Tensor> => {
    const reached = names.filter((name) => rowsOfTasks(network, name, batch.present)?.length !== 0)
    const results = swept(
      seeds,
      reached.map((name) => variables[name]),
    )
    return Object.fromEntries(reached.flatMap((name, i) => (results[i] ? [[name, results[i]] as const] : [])))
  }
  const takenAt = (at = 'shared/'): readonly tf.Tensor[] => {
    if (at !== 'representation')
      return trained.filter((name) => name.startsWith(at)).map((name) => variables[name])
    check(
      shared !== undefined,
      'unsupported',
      "gradients at the 'representation' need rows that all tasks share, and a tensor that all of them read",
    )
    return [shared]
  }
  const ofTask = (position: number, xs: readonly tf.Tensor[]): (tf.Tensor | undefined)[] =>
    swept(() => lossSeeds(Float64Array.from({ length: m }, (_, i) => Number(i === position))), xs)

  const weighted = ({ weights, ownWeights }: TaskWeights, factor: number): Record<string, tf.Tensor> => {
    const seeds = (of: ArrayLike<number>) => (): Seed[] => [...lossSeeds(of), ...penaltySeeds(factor)]
    if (!ownWeights || ownWeights.every((weight, i) => weight === weights[i]))
      return named(seeds(weights), trained)
    const isShared = (name: string): boolean => name.startsWith('shared/')
    return {
      ...named(seeds(weights), trained.filter(isShared)),
      ...named(
        seeds(ownWeights),
        trained.filter((name) => !isShared(name)),
      ),
    }
  }

  /** The plain sum for all variables, then the direction where it was taken and below. */
  const directed = ({ direction, at }: Direction, factor: number): Record<string, tf.Tensor> => {
    const xs = takenAt(at)
    const size = xs.reduce((sum, x) => sum + x.size, 0)
    check(
      direction.length === size,
      'dimension-mismatch',
      `a direction of ${direction.length} values, but the gradients have ${size}`,
    )
    const turned: Record<string, tf.Tensor> =
      at === 'representation'
        ? named(
            () => [[xs[0], tf.tensor(Float32Array.from(direction), xs[0].shape)]],
            trained.filter((name) => name.startsWith('shared/')),
          )
        : slices(
            direction,
            trained.filter((name) => name.startsWith(at ?? 'shared/')),
          )
    const plain = named(
      () => [...lossSeeds(new Float64Array(m).fill(1)), ...penaltySeeds(factor)],
      trained.filter((name) => !(name in turned)),
    )
    const penalised = named(() => penaltySeeds(factor), Object.keys(turned))
    for (const [name, term] of Object.entries(penalised)) {
      const old = turned[name]
      turned[name] = tf.add(old, term)
      tf.dispose([old, term])
    }
    return { ...plain, ...turned }
  }
  const slices = (direction: Float64Array, names: readonly string[]): Record<string, tf.Tensor> => {
    let from = 0
    return Object.fromEntries(
      names.map((name) => {
        const { size, shape } = variables[name]
        from += size
        return [name, tf.tensor(Float32Array.from(direction.subarray(from - size, from)), shape)]
      }),
    )
  }

  return {
    takenAt,
    ofTask,
    ofUpdate(update) {
      const factor = update.penalties ?? 1
      const values = 'direction' in update ? directed(update, factor) : weighted(update, factor)
      return Object.fromEntries(
        Object.entries(values).map(([name, value]): [string, Gradient] => {
          const rows = rowsOfTasks(network, name, batch.present)
          return [name, { value, ...(rows && { rows }) }]
        }),
      )
    },
  }
}
