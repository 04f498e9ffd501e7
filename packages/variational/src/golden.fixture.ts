import { createRandom, matrixFromRows } from '@mtl/core'
import type { TaskKind } from '@mtl/core'
import { fitOuterSteps, type OuterFit, type OuterSettings } from './fit-outer.ts'
import { settingsOf } from './options.ts'
import type { TaskRows } from './task-rows.ts'

/** Labels and rows (x, 1) as the goldens have them. */
export interface GoldenTask {
  readonly X: readonly (readonly number[])[]
  readonly y: readonly number[]
  readonly classes?: readonly number[] | null
}

export const goldenRules = {
  match: 'match',
  spread: 'spread',
  lse: 'log-sum-exp',
  convex: 'convex',
  linear: 'linear',
} as const
export type GoldenRule = keyof typeof goldenRules

export interface GoldenSettings {
  readonly mode?: string
  readonly outer?: number
  readonly anchor?: boolean
  readonly concentration?: number
  readonly transfer_variance?: number
  readonly noise_variance?: string | number
}

export function flat(values: readonly unknown[]): Float64Array {
  return Float64Array.from(values.flat(3) as number[])
}

/** An empty task still has its columns, and says as a component that it knows nothing. */
export function goldenRows(task: string, { X, y, classes }: GoldenTask, inputs: number): TaskRows {
  const design = { ...matrixFromRows(X.map((row) => [...row])), rows: X.length, columns: inputs }
  return {
    kind: task as TaskKind,
    outputs: task === 'multiclass' ? (classes ?? []).map(String) : [''],
    design,
    squares: { ...design, data: design.data.map((x) => x * x) },
    targets: Float64Array.from(y),
    weights: new Float64Array(y.length).fill(1),
    total: y.length,
    teaches: true,
  }
}

export function goldenOuterSettings(given: GoldenSettings): OuterSettings {
  const { mode = 'match', outer = 3, anchor = true, noise_variance: noise = 'learn' } = given
  return {
    ...settingsOf({
      outerSteps: outer,
      anchor: anchor ? 'prior' : 'none',
      concentration: given.concentration ?? 1,
      transferVariance: given.transfer_variance ?? 0,
      noiseVariance: noise as number | 'learn',
      tolerance: 1e-13,
      maxSteps: 3000,
    }),
    priorRule: goldenRules[mode as GoldenRule],
    priorVariance: 1,
  }
}

export async function trainGolden(
  tasks: readonly TaskRows[],
  settings: OuterSettings,
): Promise<{
  readonly fits: readonly OuterFit[]
  readonly objective: Float64Array
  readonly phases: readonly number[]
}> {
  const training = fitOuterSteps(tasks, settings, { random: createRandom(1) })
  for (;;) {
    const { done, value } = await training.next()
    if (!done) continue
    const { parameters, diagnostics } = value
    return {
      fits: parameters,
      objective: diagnostics.objective,
      phases: (diagnostics.phases ?? []).map(({ steps }) => steps),
    }
  }
}

/** Row of relatedness of one task: T and the anchor. */
export function relatednessRow(fit: OuterFit, t: number): Float64Array {
  const row = new Float64Array(fit.states.length + 1)
  fit.components[t].forEach((task, j) => {
    row[task < 0 ? fit.states.length : task] = fit.states[t].mixing[j]
  })
  return row
}

/** Largest difference over the size of the expected, at least 1. */
export function differenceOf(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return Infinity
  let most = 0
  for (let i = 0; i < found.length; i++)
    most = Math.max(most, Math.abs(found[i] - expected[i]) / Math.max(1, Math.abs(expected[i])))
  return most
}
