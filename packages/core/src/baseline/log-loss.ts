/**
 * The log loss of linear classifiers. Each output k has coefficients theta_k = (b_k, w_k), q values; a task's stand one
 * after the other, m = q times the number of outputs. With z = (1, x) and scores theta_k' z,
 *
 *   loss = sum_i s_i (log sum_k exp(theta_k' z_i) - theta_y(i)' z_i)
 *
 * Two classes have one output, the log-odds of the second: the first one's score is 0.
 */
import { observed, selectTaskRows } from '../data/rows.ts'
import { join } from '../linalg/join.ts'
import type { Task } from '../data/types.ts'
import { matrix, selectRows } from '../linalg/matrix.ts'
import type { Matrix } from '../linalg/types.ts'
import { normaliseInPlace, outputsOf, type Output } from './outputs.ts'
import { designOf } from './statistics.ts'

/** Labelled rows of classes, all of weight > 0. */
export interface ClassRows extends Output {
  /** n x q, rows z. */
  readonly design: Matrix
  /** Class indices. */
  readonly targets: Float64Array
  readonly weights: Float64Array
}

export function classRowsOf(task: Task): ClassRows {
  const seen = observed(task)
  const counted = seen.weights && [...seen.targets.keys()].filter((i) => seen.weights?.[i] !== 0)
  const { kind, classes, inputs, targets, weights } = counted ? selectTaskRows(seen, counted) : seen
  return {
    kind,
    classes,
    design: designOf(inputs),
    targets,
    weights: weights ?? new Float64Array(targets.length).fill(1),
  }
}

/** Rows of several tasks with the same features and classes as those of one; at least one task. */
export function joinClassRows(parts: readonly ClassRows[]): ClassRows {
  const data = join(parts.map(({ design }) => design.data))
  const { columns } = parts[0].design
  return {
    ...parts[0],
    design: matrix(data.length / columns, columns, data),
    targets: join(parts.map(({ targets }) => targets)),
    weights: join(parts.map(({ weights }) => weights)),
  }
}

export function selectClassRows(rows: ClassRows, positions: readonly number[]): ClassRows {
  return {
    ...rows,
    design: selectRows(rows.design, positions),
    targets: Float64Array.from(positions, (i) => rows.targets[i]),
    weights: Float64Array.from(positions, (i) => rows.weights[i]),
  }
}

/** Log loss at m coefficients. */
export function logLoss(rows: ClassRows, coefficients: Float64Array): number {
  const { design, targets, weights } = rows
  const outputs = outputsOf(rows)
  const scores = new Float64Array(outputs)
  let loss = 0
  for (let i = 0; i < design.rows; i++)
    loss += weights[i] * normaliseRowInPlace(scores, design, i, coefficients, targets[i])
  return loss
}

/** Log loss at m coefficients; its gradient is added to `gradient`, its Hessian, m x m, to `hessian`. */
export function expandLogLossInPlace(
  rows: ClassRows,
  coefficients: Float64Array,
  gradient: Float64Array,
  hessian: Float64Array,
): number {
  const { design, targets, weights } = rows
  const outputs = outputsOf(rows)
  const probabilities = new Float64Array(outputs)
  let loss = 0
  for (let i = 0; i < design.rows; i++) {
    loss += weights[i] * normaliseRowInPlace(probabilities, design, i, coefficients, targets[i])
    const own = outputOf(targets[i], outputs)
    for (let k = 0; k < outputs; k++) {
      const slope = weights[i] * (probabilities[k] - Number(k === own))
      for (let j = 0; j < design.columns; j++)
        gradient[k * design.columns + j] += slope * design.data[i * design.columns + j]
    }
    addCurvatureInPlace(hessian, probabilities, weights[i], design, i)
  }
  mirrorInPlace(hessian, outputs * design.columns)
  return loss
}

/** Whether each row's class has the highest score: so the classes can be separated, and only penalties keep scores finite. */
export function isSeparatedBy(rows: ClassRows, coefficients: Float64Array): boolean {
  const { design, targets } = rows
  const scores = new Float64Array(outputsOf(rows))
  return targets.every((target, i) => {
    const loss = normaliseRowInPlace(scores, design, i, coefficients, target)
    const others = rows.kind === 'binary' ? [1 - Math.exp(-loss)] : scores.filter((_, k) => k !== target)
    return others.every((probability) => probability < Math.exp(-loss))
  })
}

/** Position of a class among the outputs; -1 of the first of two. */
function outputOf(target: number, outputs: number): number {
  return outputs === 1 ? target - 1 : target
}

/** `scores` become the probabilities of row i; returns its loss. */
function normaliseRowInPlace(
  scores: Float64Array,
  { columns, data }: Matrix,
  i: number,
  coefficients: Float64Array,
  target: number,
): number {
  for (let k = 0; k < scores.length; k++) {
    scores[k] = 0
    for (let j = 0; j < columns; j++) scores[k] += coefficients[k * columns + j] * data[i * columns + j]
  }
  const own = outputOf(target, scores.length)
  const score = own < 0 ? 0 : scores[own]
  return normaliseInPlace(scores, scores.length) - score
}

/** Adds weight (diag p - p p') x z z' of row i to the lower triangle. */
function addCurvatureInPlace(
  hessian: Float64Array,
  probabilities: Float64Array,
  weight: number,
  { columns, data }: Matrix,
  row: number,
): void {
  const size = probabilities.length * columns
  const from = row * columns
  for (let k = 0; k < probabilities.length; k++) {
    for (let l = 0; l <= k; l++) {
      const curvature = weight * probabilities[k] * (Number(k === l) - probabilities[l])
      for (let i = 0; i < columns; i++) {
        const scaled = curvature * data[from + i]
        const at = (k * columns + i) * size + l * columns
        const end = k === l ? i : columns - 1
        for (let j = 0; j <= end; j++) hessian[at + j] += scaled * data[from + j]
      }
    }
  }
}

function mirrorInPlace(a: Float64Array, size: number): void {
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) a[j * size + i] = a[i * size + j]
}
