import { problemOf, type Problem } from './fit/problem.ts'
import type { TaskTree } from './tree/task-tree.ts'

export interface GoldenTree {
  readonly children: readonly (readonly number[])[]
  readonly ages: readonly number[]
  readonly tip?: number
}

export function treeOf({ children, ages, tip = 0 }: GoldenTree): TaskTree {
  return {
    children: Int32Array.from(children.flat()),
    ages: Float64Array.from([...new Array<number>(children.length + 1).fill(0), ...ages]),
    tipLength: tip,
  }
}

/** Lists of lists of any depth, as JSON has them. */
export type Nested = number | readonly Nested[]

export function flat(nested: Nested): Float64Array {
  const values: number[] = []
  const visit = (part: Nested): void => {
    if (typeof part === 'number') values.push(part)
    else part.forEach(visit)
  }
  visit(nested)
  return Float64Array.from(values)
}

/** Largest |a - b| / (1 + |b|). */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity
  return Math.max(0, ...Array.from(a, (value, i) => Math.abs(value - b[i]) / (1 + Math.abs(b[i]))))
}

/** Rows of each task, as the reference has them. */
export interface GoldenRows {
  readonly X: readonly (readonly (readonly number[])[])[]
  readonly y: readonly (readonly number[])[]
}

export function goldenProblem({ X, y }: GoldenRows): Problem {
  const starts = new Int32Array(X.length + 1)
  y.forEach((targets, k) => (starts[k + 1] = starts[k] + targets.length))
  const targets = Float64Array.from(y.flat())
  const size = X.find((rows) => rows.length > 0)?.[0].length ?? 0
  return problemOf({ size, starts, targets, rows: flat(X), weights: targets.map(() => 1) })
}

/** End point of a run of the reference. */
export interface GoldenRun {
  readonly trace: readonly number[]
  readonly accepted: readonly string[]
  readonly tree: GoldenTree
  readonly lambda_: readonly (readonly number[])[]
  readonly rho2: readonly number[]
  readonly nodeMean: readonly (readonly number[])[]
  readonly leafCov: readonly (readonly (readonly number[])[])[]
  readonly logEvidence: number
}

/** 'expected:minDuration' of the reference is 'expected/min-duration'. */
export function proposalNames(accepted: readonly string[]): readonly string[] {
  return accepted.map((name) =>
    name.replace(':', '/').replace('minDuration', 'min-duration').replace('maxProb', 'max-prob'),
  )
}
