import { describe, expect, it } from 'vitest'
import {
  afterPlateau,
  fresh,
  isOver,
  meanOfRelative,
  watched,
  type Plateaus,
  type Watch,
} from './stopping.ts'

const course = [5, 4, 3, 3.1, 3.2, 3.3]

describe('early stopping', () => {
  it('stops after the second epoch without improvement and knows the best one', () => {
    let watch: Watch = fresh
    const stopped = course.findIndex((value, i) => {
      watch = watched(watch, value, i + 1)
      return isOver(watch, 2)
    })
    expect(course[stopped]).toBe(3.2)
    expect(watch.bestEpoch).toBe(3)
    expect(watch.best).toBe(3)
  })

  it('takes equal values and NaN for no improvement', () => {
    let watch: Watch = fresh
    for (const [i, value] of [NaN, 2, 2, NaN].entries()) watch = watched(watch, value, i + 1)
    expect(watch).toEqual({ best: 2, bestEpoch: 2, waited: 2 })
  })
})

describe('plateaus', () => {
  it('halve the rate after the same epoch, and wait anew', () => {
    let plateaus: Plateaus = { epochs: [], watch: fresh }
    const counts = [...course, 3.4, 3.5].map((value, i) => {
      plateaus = afterPlateau(plateaus, value, i + 1, 2)
      return plateaus.epochs.length
    })
    expect(counts).toEqual([0, 0, 0, 0, 1, 1, 2, 2])
  })

  it('are not broken by gains below 1e-4', () => {
    let plateaus: Plateaus = { epochs: [], watch: fresh }
    for (const [i, value] of [1, 0.99995, 0.9999].entries())
      plateaus = afterPlateau(plateaus, value, i + 1, 2)
    expect(plateaus.epochs.length).toBe(1)
  })
})

describe('meanOfRelative', () => {
  const apart = { targets: Int32Array.of(0, 1, 2), labels: Float64Array.of(5, 0, 7) }

  it('is the mean of ratios to the first epoch, over targets with held-out labels', () => {
    expect(meanOfRelative(Float64Array.of(1, NaN, 30), Float64Array.of(2, NaN, 20), apart)).toBe(1)
  })

  it('is the mean of differences where a first loss is not positive', () => {
    expect(meanOfRelative(Float64Array.of(-2, NaN, 3), Float64Array.of(-1, NaN, 4), apart)).toBe(-1)
  })

  it('pools tasks that measure the same by their labels, so that a tiny first loss outweighs nothing', () => {
    const pooled = { targets: Int32Array.of(0, 0, 1), labels: Float64Array.of(1, 3, 2) }
    const value = meanOfRelative(Float64Array.of(1, 1, 4), Float64Array.of(1e-9, 4 / 3, 2), pooled)
    expect(value).toBeCloseTo((1 + 2) / 2, 8)
  })
})
