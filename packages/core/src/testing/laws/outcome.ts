import { expect } from 'vitest'
import type { Dataset } from '../../data/types.ts'
import { classProbabilities, isReal } from '../../distribution/kind.ts'
import type { Distribution } from '../../distribution/types.ts'
import { MtlError } from '../../error/mtl-error.ts'
import type { ErrorCode } from '../../error/types.ts'
import type { Model } from '../../model/types.ts'

/** The numbers of predictions: for each, means and variances, or the probabilities of classes. */
export type Outcome = readonly (readonly Float64Array[])[]

/** Predictions for the rows of `data`, in the order of its tasks. */
export async function outcomeOf(model: Model, data: Dataset): Promise<Outcome> {
  const predictions = await model.predict(data)
  return data.tasks.map(({ name }) => numbersOf(predictions[name]))
}

export function numbersOf(prediction: Distribution): readonly Float64Array[] {
  if (isReal(prediction) && prediction.kind !== 'bernoulli') return [prediction.mean, prediction.variance]
  return [classProbabilities(prediction).data]
}

/** Equal but for rounding: within `tolerance` of 1 or of the largest of its sort. */
export function expectClose(actual: Outcome, expected: Outcome, tolerance: number): void {
  expect(actual.map((parts) => parts.map(({ length }) => length))).toEqual(
    expected.map((parts) => parts.map(({ length }) => length)),
  )
  // Means with means, variances with variances.
  for (let sort = 0; sort < 2; sort++) {
    const [got, wanted] = [actual, expected].map((outcome) =>
      outcome.flatMap((parts) => parts.slice(sort, sort + 1).flatMap((part) => [...part])),
    )
    const scale = wanted.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1)
    const off = wanted.findIndex((value, i) => !(Math.abs(got[i] - value) <= tolerance * scale))
    expect(off, `${got[off]} instead of ${wanted[off]}`).toBe(-1)
  }
}

export function expectFinite(outcome: Outcome): void {
  for (const part of outcome.flat())
    expect(part.every(Number.isFinite), `finite: ${part.join(' ')}`).toBe(true)
}

/** Runs, or is refused with an MtlError, which will do as well. */
export async function finiteOrRefused(run: () => Promise<Outcome>): Promise<void> {
  try {
    expectFinite(await run())
  } catch (error) {
    if (!(error instanceof MtlError)) throw error
  }
}

export async function expectRefusal(run: () => unknown, code: ErrorCode): Promise<MtlError> {
  const refused = await Promise.resolve()
    .then(run)
    .catch((error: unknown) => error)
  expect(refused, `nothing was refused with '${code}'`).toBeInstanceOf(MtlError)
  expect((refused as MtlError).code).toBe(code)
  return refused as MtlError
}
