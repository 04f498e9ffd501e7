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
import { addGramInPlace } from '../linalg/gram.ts'
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

/** Log loss at m coefficients; its gradient is added to `gradient`. */
export function addGradientInPlace(
  rows: ClassRows,
  coefficients: Float64Array,
  gradient: Float64Array,
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
  }
  return loss
}

/** Adds the Hessian of the log loss, sum_i s_i (diag p_i - p_i p_i') x z_i z_i', m x m. */
export function addHessianInPlace(rows: ClassRows, coefficients: Float64Array, hessian: Float64Array): void {
  const { design, targets, weights } = rows
  const outputs = outputsOf(rows)
  const size = outputs * design.columns
  const ofRow = new Float64Array(outputs)
  const probabilities = Array.from({ length: outputs }, () => new Float64Array(design.rows))
  for (let i = 0; i < design.rows; i++) {
    normaliseRowInPlace(ofRow, design, i, coefficients, targets[i])
    for (let k = 0; k < outputs; k++) probabilities[k][i] = ofRow[k]
  }
  const curvatures = new Float64Array(design.rows)
  for (let k = 0; k < outputs; k++) {
    for (let l = 0; l <= k; l++) {
      for (let i = 0; i < design.rows; i++)
        curvatures[i] = weights[i] * probabilities[k][i] * (Number(k === l) - probabilities[l][i])
      const at = k * design.columns * size + l * design.columns
      addGramInPlace(hessian, { stride: size, at, whole: k !== l }, design, curvatures)
    }
  }
  mirrorInPlace(hessian, size)
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

function mirrorInPlace(a: Float64Array, size: number): void {
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) a[j * size + i] = a[i * size + j]
}
