import * as tf from '@tensorflow/tfjs'
import { check } from '../../error/mtl-error.ts'
import { matrix } from '../../linalg/matrix.ts'
import type { Matrix } from '../../linalg/types.ts'
import type { Batch, DataShape, Network, Variables } from '../types.ts'

/** Rows of one task, scaled, in float32. */
export interface Asked {
  /** Position of the task; past the last one where training did not contain it. */
  readonly task: number
  readonly table: number
  readonly inputs: Float32Array
  readonly rows: number
}

export interface Frame {
  readonly network: Network
  readonly variables: Variables
  readonly shape: DataShape
  /** Of tasks, and after them of unseen ones; empty where the data has none. */
  readonly descriptors: Float32Array
}

/** Rows of one forward pass: bounds its memory. */
const mostRows = 4096

/** The rows of a pass, those of table 0 first: positions in `asked`, and rows there. */
interface Places {
  readonly questions: Int32Array
  readonly rows: Int32Array
}

/**
 * Raw outputs of each question, rows x outputs, in evaluation mode. Questions of most tasks about the very same rows
 * pass the trunk once.
 * @throws MtlError 'not-finite'
 */
export async function rawOutputs(frame: Frame, asked: readonly Asked[]): Promise<readonly Matrix[]> {
  const groupOf = groupsByTask(frame.network)
  const widths = outputWidths(frame)
  const answers = asked.map(({ task, rows }) => matrix(rows, widths[groupOf.get(task) ?? 0]))
  const isShared = shareRows(frame, asked)
  const all = isShared ? placesOf(asked.slice(0, 1)) : byTable(placesOf(asked), asked)
  for (let from = 0; from < all.rows.length; from += mostRows) {
    const questions = all.questions.subarray(from, from + mostRows)
    const rows = all.rows.subarray(from, from + mostRows)
    const values = await runForward(frame, asked, { questions, rows }, isShared)
    if (isShared) fillShared(frame.network, values, rows, asked, answers)
    else fillOwn(values, { questions, rows }, (q) => groupOf.get(asked[q].task) ?? 0, answers)
  }
  const finite = answers.every(({ data }) => data.every(Number.isFinite))
  const text =
    'an output of the network is not finite: rows lie far outside those of training, or it diverged'
  check(finite, 'not-finite', text)
  return answers
}

function groupsByTask({ groups }: Network): ReadonlyMap<number, number> {
  return new Map(groups.flatMap(({ tasks }, g) => tasks.map((task) => [task, g] as const)))
}

function outputWidths({ network, shape }: Frame): readonly number[] {
  return network.groups.map(({ tasks, loss }) => loss.constant(shape.tasks[tasks[0]]).length)
}

/** Whether one pass over common rows, with cells of all tasks, answers all questions at less cost. */
function shareRows({ shape }: Frame, asked: readonly Asked[]): boolean {
  const known = shape.tasks.length
  return (
    shape.tables.length === 1 &&
    2 * asked.length > known &&
    asked.every(({ task, inputs }) => task < known && inputs === asked[0].inputs)
  )
}

function placesOf(asked: readonly Asked[]): Places {
  const total = asked.reduce((sum, { rows }) => sum + rows, 0)
  const places = { questions: new Int32Array(total), rows: new Int32Array(total) }
  let at = 0
  asked.forEach(({ rows }, question) => {
    for (let row = 0; row < rows; row++) {
      places.questions[at] = question
      places.rows[at++] = row
    }
  })
  return places
}

function byTable({ questions, rows }: Places, asked: readonly Asked[]): Places {
  const tableOf = (i: number): number => asked[questions[i]].table
  const order = Array.from(rows.keys()).sort((a, b) => tableOf(a) - tableOf(b))
  return {
    questions: Int32Array.from(order, (i) => questions[i]),
    rows: Int32Array.from(order, (i) => rows[i]),
  }
}

/** Raw outputs by group. */
async function runForward(
  frame: Frame,
  asked: readonly Asked[],
  { questions, rows }: Places,
  isShared: boolean,
): Promise<ArrayLike<number>[]> {
  const { network, variables, shape, descriptors } = frame
  const inputs = shape.tables.map(({ length: columns }, table) => {
    const mine = Array.from(rows.keys()).filter((i) => asked[questions[i]].table === table)
    const values = new Float32Array(mine.length * columns)
    mine.forEach((i, at) => {
      const start = rows[i] * columns
      values.set(asked[questions[i]].inputs.subarray(start, start + columns), at * columns)
    })
    return tf.tensor2d(values, [mine.length, columns], 'float32')
  })
  const about =
    shape.descriptor > 0
      ? tf.tensor2d(descriptors, [descriptors.length / shape.descriptor, shape.descriptor], 'float32')
      : undefined
  const batch: Batch = {
    inputs,
    ...(!isShared && { taskOf: questions.map((q) => asked[q].task) }),
    ...(about && { descriptors: about }),
  }
  const outputs = tf.tidy(() => [...network.forward(variables, batch).outputs])
  const values = await Promise.all(outputs.map((output) => output.data()))
  tf.dispose([outputs, inputs, about ?? []])
  return values
}

/** Cells in the order of rows, within a row in the order of the group's tasks. */
function fillShared(
  { groups }: Network,
  values: readonly ArrayLike<number>[],
  rows: Int32Array,
  asked: readonly Asked[],
  answers: readonly Matrix[],
): void {
  const columns = new Map(
    groups.flatMap(({ tasks }, g) => tasks.map((task, j) => [task, { g, j, size: tasks.length }] as const)),
  )
  asked.forEach(({ task }, question) => {
    const place = columns.get(task)
    if (place === undefined) return
    const { data, columns: width } = answers[question]
    for (let i = 0; i < rows.length; i++)
      for (let o = 0; o < width; o++)
        data[rows[i] * width + o] = values[place.g][(i * place.size + place.j) * width + o]
  })
}

/** Cells of a group are the rows of its tasks, in order. */
function fillOwn(
  values: readonly ArrayLike<number>[],
  { questions, rows }: Places,
  groupOf: (question: number) => number,
  answers: readonly Matrix[],
): void {
  const next = new Int32Array(values.length)
  for (let i = 0; i < rows.length; i++) {
    const g = groupOf(questions[i])
    const { data, columns: width } = answers[questions[i]]
    const from = next[g]++ * width
    for (let o = 0; o < width; o++) data[rows[i] * width + o] = values[g][from + o]
  }
}
