import type { LinesView } from '@mtl/core'
import { extent } from './extent.ts'

/** What core adds to every iterative method: the objective after steps 1, 2, ... */
export function isCourse({ title, x, series }: LinesView): boolean {
  return (
    /^objective/i.test(title) &&
    x.every((step, k) => step === k + 1) &&
    series.every(({ lower, upper }) => lower === undefined && upper === undefined)
  )
}

/** Nearer to its best than this share of the largest distance, a step has arrived. */
const floor = 1e-9

/** Each line by its distance to its best value, for a logarithmic scale. Undefined where none falls. */
export function toDistances(view: LinesView): LinesView | undefined {
  const distances = view.series.map(({ values }) => {
    const best = extent(values)?.[0] ?? NaN
    return values.map((value) => (Number.isFinite(value) ? value - best : NaN))
  })
  const largest = extent(...distances)?.[1] ?? 0
  if (!(largest > 0)) return undefined
  const smallest = Math.max(largest * floor, smallestPositive(distances) / 2)
  return {
    ...view,
    series: view.series.map((series, k) => ({
      ...series,
      values: distances[k].map((value) => Math.max(value, smallest)),
    })),
  }
}

function smallestPositive(lists: readonly Float64Array[]): number {
  return extent(...lists.map((list) => list.filter((value) => value > 0)))?.[0] ?? 0
}
