import { describe, expect, it } from 'vitest'
import type {
  GramianBasedWeighting,
  JacobianBasedWeighting,
  LossBasedWeighting,
  LossWeighting,
} from '../../weighting/types.ts'
import { fixedWeighting } from '../../weighting/fixed.ts'
import { weightingLaws } from './weightings.ts'

function broken(make: () => LossWeighting): string[] {
  return Object.entries(weightingLaws).flatMap(([title, law]) => {
    try {
      law(make)
      return []
    } catch {
      return [title]
    }
  })
}

/** Weights by the running mean of each task's losses, which is its state. */
const runningMean: LossBasedWeighting<Float64Array> = {
  name: 'running',
  options: {},
  needs: 'losses',
  init: (tasks) => new Float64Array(tasks.length).fill(1),
  weigh: ({ present, losses }, state) => {
    const next = state.slice()
    present.forEach((k, i) => (next[k] = (next[k] + losses[i]) / 2))
    return { weights: Float64Array.from(present, (k) => 1 / next[k]), state: next }
  },
}

const running =
  (parts: Partial<typeof runningMean> = {}): (() => LossWeighting) =>
  () => ({ ...runningMean, ...parts })

describe('the laws of weightings', () => {
  it('hold for weightings of each need', () => {
    const norms: GramianBasedWeighting<null> = {
      name: 'norms',
      options: {},
      needs: 'gramian',
      init: () => null,
      weigh: ({ gramian: { rows, data } }) => ({
        weights: Float64Array.from({ length: rows }, (_, i) => 1 / (1 + data[i * (rows + 1)])),
        state: null,
      }),
    }
    const mean: JacobianBasedWeighting<null> = {
      name: 'mean',
      options: {},
      needs: 'jacobian',
      init: () => null,
      combine: ({ jacobian: { rows, columns, data } }) => {
        const direction = new Float64Array(columns)
        data.forEach((value, at) => (direction[at % columns] += value / rows))
        return { direction, state: null }
      },
    }
    const drawn: LossBasedWeighting<null> = {
      name: 'drawn',
      options: {},
      needs: 'losses',
      init: () => null,
      weigh: ({ present, random }) => ({
        weights: Float64Array.from(present, () => random.next()),
        state: null,
      }),
    }
    for (const make of [running(), fixedWeighting, () => norms, () => mean, () => drawn])
      expect(broken(make)).toEqual([])
  })

  const faults: readonly (readonly [string, () => LossWeighting, readonly string[]])[] = [
    [
      'divides by the losses’ spread',
      running({
        weigh: ({ losses }, state) => ({
          weights: losses.map((loss) => loss / (Math.max(...losses) - Math.min(...losses))),
          state,
        }),
      }),
      ['weights are finite'],
    ],
    [
      'counts tasks without labels',
      running({
        weigh: ({ present }, state) => ({ weights: Float64Array.from(present, () => state.length), state }),
      }),
      ['absent tasks do not steer'],
    ],
    [
      'prefers the first',
      running({ weigh: ({ losses }, state) => ({ weights: losses.map((_, i) => 1 / (1 + i)), state }) }),
      ['the order of tasks does not matter'],
    ],
    [
      'keeps its state in a table that documents do not store',
      () => ({
        name: 'table',
        options: {},
        needs: 'losses',
        init: () => new Map([['weight', 1]]),
        weigh: ({ losses }, state: unknown) => {
          const table = state as ReadonlyMap<string, number>
          return { weights: losses.map(() => table.get('weight') ?? 2), state: table }
        },
      }),
      ['its state survives a round trip through a document'],
    ],
    [
      'writes into its state',
      running({
        weigh: ({ present, losses }, state) => {
          present.forEach((k, i) => (state[k] = losses[i]))
          return { weights: losses.map(() => 1), state: state.slice() }
        },
      }),
      ['what it is given is left as it was'],
    ],
    [
      'has an option that JSON does not know',
      running({ options: { limit: Infinity } }),
      ['options are plain JSON'],
    ],
  ]

  for (const [fault, make, laws] of faults) {
    it(`find a weighting that ${fault}`, () => expect(broken(make)).toEqual(laws))
  }
})
