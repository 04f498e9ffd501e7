import { expect } from 'vitest'
import type { TaskInfo } from '../../data/types.ts'
import { fromJson, toJson } from '../../document/json.ts'
import type { Json } from '../../error/types.ts'
import { matrix, row } from '../../linalg/matrix.ts'
import { dot } from '../../linalg/product.ts'
import type { Matrix } from '../../linalg/types.ts'
import { createRandom } from '../../random/generator.ts'
import { sampleNormal } from '../../random/sample.ts'
import type { RandomGenerator } from '../../random/types.ts'
import type { LossWeighting, Losses } from '../../weighting/types.ts'

/** Solvers of small problems agree to this when their rows are in another order. */
const tolerance = 1e-6

export type WeightingLaw = (make: () => LossWeighting) => void

/** By title; each throws where the weighting breaks it. */
export const weightingLaws: Readonly<Record<string, WeightingLaw>> = {
  'weights are finite': (make) => {
    for (const steps of [ordinary, alone, stationary, twins]) {
      for (const { numbers, size } of respond(make(), infos, steps)) {
        expect(numbers.every(Number.isFinite), String(numbers)).toBe(true)
        expect(numbers).toHaveLength(size)
      }
    }
  },

  'absent tasks do not steer': (make) => {
    const without = ordinary.map((step) => ({ ...step, present: step.present.filter((k) => k < 3) }))
    expectClose(respond(make(), infos, without), respond(make(), infos.slice(0, 3), without))
  },

  'the order of tasks does not matter': (make) => {
    const order = [2, 0, 3, 1]
    const turned = ordinary.map((step) => ({
      ...step,
      // Position k of the turned list is task order[k].
      present: [...order.keys()].filter((k) => step.present.includes(order[k])),
      task: (k: number) => order[k],
    }))
    const answers = respond(
      make(),
      order.map((k) => infos[k]),
      turned,
    )
    // Draws belong to places, so a weighting that draws is not held to this.
    if (answers.some(({ drew }) => drew)) return
    const expected = respond(make(), infos, ordinary).map((answer, s) =>
      answer.byTask
        ? {
            ...answer,
            numbers: turned[s].present.map((k) => answer.numbers[ordinary[s].present.indexOf(order[k])]),
          }
        : answer,
    )
    expectClose(answers, expected)
  },

  'its state survives a round trip through a document': (make) => {
    const stored = respond(make(), infos, ordinary, throughText)
    expect(stored).toEqual(respond(make(), infos, ordinary))
  },

  'what it is given is left as it was': (make) => {
    respond(
      make(),
      infos,
      ordinary,
      (state) => state,
      (run, given) => {
        const before = structuredClone(given)
        run()
        expect(given).toEqual(before)
      },
    )
  },

  'options are plain JSON': (make) => {
    const { options } = make()
    expect(JSON.parse(JSON.stringify(options))).toEqual(options)
  },
}

const infos: readonly TaskInfo[] = Array.from({ length: 4 }, (_, k) => ({
  name: `task-${k}`,
  kind: 'binary',
  target: 'target',
  classes: ['no', 'yes'],
  features: [],
}))

/** Entries of each task's gradient. */
const parameters = 6

/** One call: which tasks have labels, and what is known of each task. */
interface Step {
  readonly present: readonly number[]
  /** The task whose losses and gradients stand at position k of the list. */
  readonly task: (k: number) => number
  readonly gradient: (task: number) => Float64Array
}

const random = createRandom(12)

const gradients = Array.from({ length: 6 }, (_, step) =>
  Array.from({ length: 4 }, (_, task) => {
    const stream = random.fork(step).fork(task)
    return Float64Array.from({ length: parameters }, () => sampleNormal(stream))
  }),
)

const itself = (k: number): number => k

const ordinary: readonly Step[] = [
  [0, 1, 2, 3],
  [0, 1, 2, 3],
  [0, 2],
  [0, 1, 2, 3],
  [1, 2, 3],
  [0, 1, 2, 3],
].map((present, step) => ({ present, task: itself, gradient: (task) => gradients[step][task] }))
const alone: readonly Step[] = ordinary.map((step) => ({ ...step, present: [1] }))
const stationary: readonly Step[] = ordinary.map((step) => ({
  ...step,
  gradient: () => new Float64Array(parameters),
}))
const twins: readonly Step[] = ordinary.map((step) => ({ ...step, gradient: () => step.gradient(0) }))

interface Answer {
  /** Weights and own weights, or a direction. */
  readonly numbers: readonly number[]
  /** How many there must be. */
  readonly size: number
  /** One number for each present task. */
  readonly byTask: boolean
  readonly drew: boolean
}

type Watch = (run: () => void, given: unknown) => void

/** What the weighting answers in each step, its state handed on by `carry`. */
function respond(
  weighting: LossWeighting,
  tasks: readonly TaskInfo[],
  steps: readonly Step[],
  carry: (state: unknown) => unknown = (state) => state,
  watch: Watch = (run) => run(),
): Answer[] {
  let state = weighting.init(tasks)
  return steps.map((step, s) => {
    const rows = step.present.map((k) => step.gradient(step.task(k)))
    const jacobian = matrix(rows.length, parameters, Float64Array.from(rows.flatMap((values) => [...values])))
    const { stream, drew } = watched(random.fork('steps').fork(s))
    const input = inputOf(step, s, stream)
    let answer: Answer | undefined
    watch(() => {
      const { numbers, byTask, state: next } = ask(weighting, input, jacobian, state)
      const size = byTask ? rows.length : parameters
      answer = { numbers, byTask, size, drew: drew() }
      state = next
      const lossesAfter = input.losses.map((loss) => 0.9 * loss)
      if (weighting.afterUpdate) state = weighting.afterUpdate({ ...input, lossesAfter }, state)
      state = carry(state)
    }, [{ ...input, random: null }, jacobian, state])
    return answer as Answer
  })
}

function inputOf({ present, task }: Step, s: number, stream: RandomGenerator): Losses {
  const losses = Float64Array.from(present, (k) => (0.5 + task(k)) / (1 + 0.3 * s))
  return {
    present: Int32Array.from(present),
    losses,
    labels: Float64Array.from(present, (k) => 4 + task(k)),
    step: s + 1,
    epoch: 1 + Math.floor(s / 2),
    learningRate: 0.1,
    validation: losses.map((loss) => 1.1 * loss),
    random: stream,
  }
}

/** Own weights, where there are any, are checked here: they must be as many as the weights, and finite. */
function ask(
  weighting: LossWeighting,
  input: Losses,
  jacobian: Matrix,
  state: unknown,
): { readonly numbers: readonly number[]; readonly byTask: boolean; readonly state: unknown } {
  if (weighting.needs === 'jacobian') {
    const { direction, state: next } = weighting.combine({ ...input, jacobian }, state)
    return { numbers: [...direction], byTask: false, state: next }
  }
  const answer =
    weighting.needs === 'gramian'
      ? weighting.weigh({ ...input, gramian: gramianOf(jacobian) }, state)
      : weighting.weigh(input, state)
  const { weights, ownWeights = weights, report = {}, state: next } = answer
  expect(ownWeights).toHaveLength(weights.length)
  expect([...ownWeights, ...Object.values(report)].every(Number.isFinite)).toBe(true)
  return { numbers: [...weights], byTask: true, state: next }
}

function gramianOf(jacobian: Matrix): Matrix {
  const gramian = matrix(jacobian.rows, jacobian.rows)
  for (let i = 0; i < jacobian.rows; i++)
    for (let j = 0; j < jacobian.rows; j++)
      gramian.data[i * jacobian.rows + j] = dot(row(jacobian, i), row(jacobian, j))
  return gramian
}

/** The stream, and whether anything was drawn from it. */
function watched(from: RandomGenerator): { readonly stream: RandomGenerator; readonly drew: () => boolean } {
  let draws = 0
  const watch = (inner: RandomGenerator): RandomGenerator => ({
    next: () => (draws++, inner.next()),
    fork: (label) => watch(inner.fork(label)),
    toJSON: () => inner.toJSON(),
  })
  return { stream: watch(from), drew: () => draws > 0 }
}

function throughText(state: unknown): unknown {
  const text = JSON.stringify(toJson({ type: 'checkpoint', version: 1, value: state }))
  return fromJson(JSON.parse(text) as Json).value
}

function expectClose(actual: readonly Answer[], expected: readonly Answer[]): void {
  const off = (a: Answer, b: Answer): boolean => {
    const scale = Math.max(...b.numbers.map(Math.abs), 1)
    return a.numbers.some((value, i) => !(Math.abs(value - b.numbers[i]) <= tolerance * scale))
  }
  expect(actual.map(({ size }) => size)).toEqual(expected.map(({ size }) => size))
  const step = actual.findIndex((answer, s) => off(answer, expected[s]))
  expect(
    step,
    `step ${step + 1}: ${String(actual[step]?.numbers)}, not ${String(expected[step]?.numbers)}`,
  ).toBe(-1)
}
