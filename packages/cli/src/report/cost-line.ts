import type { CostEstimate } from '@mtl/core'
import { duration } from '../text/numbers.ts'

/** What one fit of each method takes, before any runs: 'cost of one fit: pooled 0.02 s, … (at most 12 MB)'. */
export function costLine(costs: readonly CostEstimate[]): string {
  const parts = costs.map(({ estimator, seconds }) => `${estimator} ${duration(seconds)}`)
  const peak = Math.max(0, ...costs.map(({ bytes }) => (Number.isNaN(bytes) ? 0 : bytes)))
  const memory = peak > 0 ? ` (at most ${megabytes(peak)} MB)` : ''
  return `cost before training, of one fit: ${parts.join(', ')}${memory}`
}

function megabytes(bytes: number): string {
  const size = bytes / 1e6
  return size < 1 ? '1' : size.toFixed(0)
}
