import { describe, expect, it } from 'vitest'
import type { LabelledBatch } from '../types.ts'
import { partWeights, wholeLosses, wholeOf } from './whole.ts'

const part = (present: number[], labels: number[]): LabelledBatch =>
  ({ present: Int32Array.from(present), labels: Float64Array.from(labels) }) as LabelledBatch

/** Task 12 before task 3 in no order but that of numbers. */
const parts = [part([3], [6]), part([3, 12], [2, 4])]
/** Mean losses of each task's labels in each part. */
const means = [Float64Array.of(1), Float64Array.of(5, 7)]

describe('a batch in parts', () => {
  it('has the losses of the whole where these are means over the labels of a task', () => {
    const whole = wholeOf(parts, 'task')
    expect([...whole.present]).toEqual([3, 12])
    expect([...whole.labels]).toEqual([8, 4])
    expect([...wholeLosses(whole, parts, means)]).toEqual([(6 * 1 + 2 * 5) / 8, 7])
  })

  it('has the losses of the whole where these are means over all labels', () => {
    // A part's loss of a task is its sum over all labels of the part: 6 and 6.
    const sums = [Float64Array.of((6 * 1) / 6), Float64Array.of((2 * 5) / 6, (4 * 7) / 6)]
    const [first, second] = wholeLosses(wholeOf(parts, 'label'), parts, sums)
    expect(first).toBeCloseTo((6 * 1 + 2 * 5) / 12, 14)
    expect(second).toBeCloseTo((4 * 7) / 12, 14)
  })

  it('gives a part of the weights to each part', () => {
    const weights = partWeights(wholeOf(parts, 'task'), parts[1], 1, Float64Array.of(2, 3))
    expect([...weights]).toEqual([(2 / 8) * 2, 3])
  })
})
