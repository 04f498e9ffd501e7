import { blockOf, sizeOf, type Activation, type Layout } from './layout.ts'
import { problemOf, type Problem } from './problem.ts'

/** A problem as the golden files have it: leading 1s stand in the descriptors, not in X. */
export interface GoldenProblem {
  readonly nTasks: number
  readonly task: readonly number[]
  readonly X: readonly (readonly number[])[]
  readonly y: readonly number[]
  readonly meanFeatures: readonly (readonly number[])[]
  readonly gateFeatures: readonly (readonly number[])[]
}

export interface GoldenParameters {
  readonly W: readonly (readonly number[])[] | null
  readonly M: readonly (readonly (readonly number[])[])[]
  readonly L: readonly (readonly (readonly number[])[])[]
  readonly sigma2: number
  readonly U: readonly (readonly number[])[]
}

export function goldenProblem(golden: GoldenProblem, numeric = true): Problem {
  const { nTasks, task, X, y, meanFeatures, gateFeatures } = golden
  const inputs = (X[0]?.length ?? 0) + 1
  const starts = new Int32Array(nTasks + 1)
  for (const i of task) starts[i + 1] += 1
  for (let i = 0; i < nTasks; i++) starts[i + 1] += starts[i]
  return problemOf({
    inputs,
    starts,
    rows: Float64Array.from(X.flatMap((row) => [1, ...row])),
    targets: [Float64Array.from(y)],
    weights: new Float64Array(y.length).fill(1),
    meanTerms: meanFeatures[0].length,
    gateTerms: gateFeatures[0].length,
    meanDescriptors: Float64Array.from(meanFeatures.flat()),
    gateDescriptors: Float64Array.from(gateFeatures.flat()),
    numeric,
  })
}

export function goldenLayout(hidden: string, problem: Problem, { W, M }: GoldenParameters): Layout {
  return {
    activation: hidden as Activation,
    inputs: problem.inputs,
    units: W === null ? problem.inputs : W.length + 1,
    clusters: M.length,
    meanTerms: problem.meanTerms,
    gateTerms: problem.gateTerms,
    outputs: 1,
  }
}

export function goldenVector(layout: Layout, { W, M, L, sigma2, U }: GoldenParameters): Float64Array {
  const x = new Float64Array(sizeOf(layout))
  const { means, factors, logNoise, gates } = blockOf(layout, 0)
  x.set((W ?? []).flat())
  x.set(M.flat(2), means)
  x.set(L.flat(2), factors)
  x[logNoise] = Math.log(sigma2)
  x.set(U.flat(), gates)
  return x
}

/** Largest difference over the size of the expected, at least 1. */
export function differenceOf(actual: ArrayLike<number>, expected: readonly number[]): number {
  if (actual.length !== expected.length) return Infinity
  return expected.reduce(
    (most, value, k) => Math.max(most, Math.abs(actual[k] - value) / Math.max(1, Math.abs(value))),
    0,
  )
}
