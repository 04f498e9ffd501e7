import { expect, it } from 'vitest'
import { oneAgainstRest } from './one-against-rest.ts'

it('scales the shares of a row to 1, and knows nothing where all are 0', () => {
  const { probabilities } = oneAgainstRest([
    Float64Array.of(0.2, 0, 0.9),
    Float64Array.of(0.2, 0, 0.3),
    Float64Array.of(0.1, 0, 0),
  ])
  const expected = [0.4, 0.4, 0.2, 1 / 3, 1 / 3, 1 / 3, 0.75, 0.25, 0]
  probabilities.data.forEach((share, at) => expect(share).toBeCloseTo(expected[at], 12))
})
