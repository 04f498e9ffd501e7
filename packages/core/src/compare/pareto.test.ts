import { describe, expect, it } from 'vitest'
import { paretoFront } from './pareto.ts'
import { evidence, metric } from './evidence.fixture.ts'

const error = metric('error')
const rank = metric('rank', { better: 'higher', ratio: false })
const coverage = metric('coverage', { better: 'neither', ratio: false })
const metrics = [error, rank, coverage]

describe('paretoFront', () => {
  it('keeps who is best in something, and drops who is beaten in all', () => {
    const scores = {
      precise: [[[1, 0.5, 0]]],
      ranking: [[[2, 0.9, 0]]],
      beaten: [[[2, 0.8, 1]]],
      worst: [[[3, 0.1, 0.9]]],
    }
    expect(paretoFront(evidence({ metrics, scores }))).toEqual(['precise', 'ranking'])
  })

  it('keeps both of two that are alike', () => {
    const scores = { one: [[[1, 0.5, 0]]], other: [[[1, 0.5, 1]]] }
    expect(paretoFront(evidence({ metrics, scores }))).toEqual(['one', 'other'])
  })

  it('compares means over the cells that all have, without those that were never fitted', () => {
    const scores = {
      lucky: [
        [
          [9, NaN, 0],
          [NaN, NaN, NaN],
        ],
      ],
      steady: [
        [
          [8, NaN, 0],
          [20, NaN, 0],
        ],
      ],
      never: [
        [
          [NaN, NaN, NaN],
          [NaN, NaN, NaN],
        ],
      ],
    }
    expect(paretoFront(evidence({ metrics, scores }))).toEqual(['steady'])
  })
})
