import { figure } from '../text/numbers.ts'
import type { Extent } from './extent.ts'
import type { Step } from './key.ts'

/** Colours in steps that can be read off a legend. */
export interface ColourScale {
  readonly steps: readonly Step[]
  /** Of a value; -1 for one that is none. */
  readonly stepOf: (value: number) => number
  /** Of figures inside a cell of a step. */
  readonly inkOf: (step: number) => string
  readonly labels: readonly (readonly [share: number, text: string])[]
}

const sequentialSteps = 7
const divergingSteps = 11
/** The most negative steps look in grey like the most positive: a dash tells them apart. */
const dashedSteps = 3

/** From nothing, or from the smallest where that is far from it, to the largest. */
export function sequential([low, high]: Extent): ColourScale {
  const from = low >= 0 && low < high / 2 ? 0 : low
  const span = high - from || 1
  const stepOf = (value: number): number =>
    Number.isFinite(value)
      ? Math.max(0, Math.min(sequentialSteps - 1, Math.floor(((value - from) / span) * sequentialSteps)))
      : -1
  return {
    steps: Array.from({ length: sequentialSteps }, (_, k) => ({ className: `s${k}` })),
    stepOf,
    // Neither text nor page has enough contrast with both middle steps in both themes.
    inkOf: (step) => ['ink', 'ink', 'ink', 'mid3', 'mid4', 'onink', 'onink'][step],
    labels: [
      [0, figure(from)],
      [1, figure(from + span)],
    ],
  }
}

/** About zero, alike on both sides; correlations to 1. */
export function diverging([low, high]: Extent): ColourScale {
  const largest = Math.max(-low, high)
  const limit = largest > 0.5 && largest <= 1 + 1e-9 ? 1 : largest || 1
  const half = (divergingSteps - 1) / 2
  const stepOf = (value: number): number =>
    Number.isFinite(value)
      ? Math.max(0, Math.min(divergingSteps - 1, Math.round((value / limit) * half + half)))
      : -1
  return {
    steps: Array.from({ length: divergingSteps }, (_, k) => ({
      className: `d${k}`,
      dashed: k < dashedSteps,
    })),
    stepOf,
    inkOf: (step) => (step < 2 || step > 8 ? 'onink' : 'ink'),
    labels: [
      [0, figure(-limit)],
      [0.5, '0'],
      [1, figure(limit, true)],
    ],
  }
}
