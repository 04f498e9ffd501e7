/**
 * What the laws are tried on: ridge regression of each task by ten steps of gradient descent. Sound, and small
 * enough to break in many ways.
 */
import { observed } from '../../data/rows.ts'
import type { Dataset, Task } from '../../data/types.ts'
import { bernoulli } from '../../distribution/bernoulli.ts'
import { normal } from '../../distribution/normal.ts'
import type { Normal } from '../../distribution/types.ts'
import { matrix, row } from '../../linalg/matrix.ts'
import { dot } from '../../linalg/product.ts'
import type { Matrix } from '../../linalg/types.ts'
import { defineEstimator } from '../../model/define-estimator.ts'
import type {
  Estimator,
  EstimatorDefinition,
  Model,
  Query,
  TrainContext,
  TrainEvent,
} from '../../model/types.ts'
import { iterate } from '../../training/iterate.ts'
import type { Iteration } from '../../training/types.ts'
import type { LawName } from '../types.ts'
import { estimatorLaws } from './all.ts'
import { benchesOf } from './bench.ts'

export interface State {
  readonly weights: Matrix
  readonly objective: number
}

export interface Parameters {
  /** T x (p + 1), intercepts first. */
  readonly weights: Matrix
  readonly variance: number
}

function descentOf(data: Dataset): Iteration<State, Parameters> {
  const tasks = data.tasks.map(observed)
  const columns = data.tasks[0].inputs.columns + 1
  const at = (weights: Matrix): State => ({
    weights,
    objective: sum(tasks.map((t, k) => loss(t, row(weights, k)))),
  })
  return {
    init: () => at(matrix(tasks.length, columns)),
    step: ({ weights }) =>
      at(matrix(tasks.length, columns, join(tasks.map((t, k) => descend(t, row(weights, k)))))),
    objective: ({ objective }) => objective,
    maxSteps: 10,
    monotone: true,
    finish: ({ weights, objective }) => ({
      weights,
      variance:
        (1 + objective) / (1 + sum(tasks.map(({ targets, weights: s }) => sum(s ?? targets.map(() => 1))))),
    }),
  }
}

function loss(task: Task, w: Float64Array): number {
  return (
    dot(w, w) + sum(task.targets.map((y, i) => (task.weights?.[i] ?? 1) * (y - line(task.inputs, i, w)) ** 2))
  )
}

function descend(task: Task, w: Float64Array): Float64Array {
  const { inputs, targets, weights } = task
  const slope = w.slice()
  let curvature = 1
  targets.forEach((y, i) => {
    const z = [1, ...row(inputs, i)]
    const s = weights?.[i] ?? 1
    z.forEach((value, j) => (slope[j] += s * (line(inputs, i, w) - y) * value))
    curvature += s * sum(z.map((value) => value * value))
  })
  return w.map((value, j) => value - slope[j] / curvature)
}

function line(inputs: Matrix, i: number, w: Float64Array): number {
  return w[0] + dot(row(inputs, i), w.subarray(1))
}

/** Nothing that a tolerance would notice. */
export const rounded = (value: number): number => Math.round(value * 1e12) / 1e12

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0)
const join = (parts: readonly Float64Array[]): Float64Array =>
  Float64Array.from(parts.flatMap((part) => [...part]))

type Definition = EstimatorDefinition<Parameters>

export function predictLines({ weights, variance }: Parameters, queries: readonly Query[]): Normal[] {
  return queries.map(({ task, inputs }) => {
    const w = row(weights, typeof task === 'number' ? task : 0)
    const mean = Float64Array.from({ length: inputs.rows }, (_, i) => line(inputs, i, w))
    return normal(mean, new Float64Array(inputs.rows).fill(variance))
  })
}

export const definition: Definition = {
  name: 'descent',
  version: 1,
  options: { penalty: 1 },
  capabilities: {
    kinds: ['regression'],
    mixedKinds: false,
    inputs: 'same-features',
    levels: 'indicators',
    weights: true,
    descriptors: 'ignored',
    unseenTasks: ['nothing'],
    parameterUncertainty: false,
  },
  standardise: true,
  train: (data, context) => iterate(descentOf(data), context),
  predict: predictLines,
  cost: ({ tasks }) => {
    const cells = sum(tasks.map(({ inputs }) => inputs.data.length))
    return {
      parameters: tasks.length * (tasks[0].inputs.columns + 1),
      operations: 40 * cells,
      bytes: 8 * cells,
    }
  },
  views: ({ variance }) => [
    {
      kind: 'bars',
      title: 'Noise',
      reading: 'One bar.',
      labels: ['noise'],
      values: Float64Array.of(variance),
    },
  ],
}

/** The sound one with some of its parts replaced. */
export const changed = (parts: Partial<Definition>): Estimator => defineEstimator({ ...definition, ...parts })

/** With its iteration changed. */
export const iterating = (
  change: (sound: Iteration<State, Parameters>, data: Dataset) => Partial<typeof sound>,
): Estimator =>
  changed({
    train: (data, context) => {
      const sound = descentOf(data)
      return iterate({ ...sound, ...change(sound, data) }, context)
    },
  })

export const training = (
  change: (data: Dataset, context: TrainContext) => [Dataset, TrainContext],
): Estimator => changed({ train: (data, context) => definition.train(...change(data, context)) })

/** Wrapped outside of the checks of core. */
export const wrapped = (parts: Partial<Estimator<Parameters>>): Estimator => ({
  ...defineEstimator(definition),
  ...parts,
})

export const sound = (): Estimator<Parameters> => defineEstimator(definition)

/** With its models changed. */
export const modelled = (change: (model: Model) => Model): Estimator =>
  wrapped({
    async *train(data, context) {
      return change(yield* sound().train(data, context)) as never
    },
  })

/** With its events changed. */
export const reporting = (change: (event: TrainEvent) => TrainEvent): Estimator =>
  wrapped({
    async *train(data, context) {
      for (const inner = sound().train(data, context); ; ) {
        const { done, value } = await inner.next()
        if (done) return value
        yield change(value)
      }
    },
  })

/** Each task by the smoothed share of its second class. */
export const shares = (inspect: (data: Dataset) => void): Estimator =>
  defineEstimator<Float64Array>({
    name: 'shares',
    version: 1,
    options: {},
    capabilities: { ...definition.capabilities, kinds: ['binary'] },
    train: (data) => {
      const tasks = data.tasks.map(observed)
      inspect({ tasks })
      const weight = (task: Task, of: (y: number) => number): number =>
        task.targets.reduce((sum, y, i) => sum + (task.weights?.[i] ?? 1) * of(y), 1)
      return Float64Array.from(tasks, (task) => weight(task, (y) => y) / (1 + weight(task, () => 1)))
    },
    predict: (parameters, queries) =>
      queries.map(({ task, inputs }) =>
        bernoulli(new Float64Array(inputs.rows).fill(parameters[typeof task === 'number' ? task : 0])),
      ),
  })

/** The laws that an estimator breaks. */
export async function brokenBy(make: () => Estimator): Promise<LawName[]> {
  const found: LawName[] = []
  for (const [name, { applies, run }] of estimatorLaws) {
    // A bench for each law, so that none sees what another left.
    const [bench] = benchesOf(make, {})
    if (applies?.(bench) === false) continue
    try {
      await run(bench)
    } catch {
      found.push(name)
    }
  }
  return found
}
