/**
 * Whether a mixture of experts has become less than it seems: experts that compute the same, or one that is alone in
 * use. Either way the network is one with fewer experts.
 */
import type { Matrix, Warning } from '@mtl/core'
import { relativeEntropy } from './gate-views.ts'

/** Largest difference of two experts that count as one, of the size of what they give. */
const sameWithin = 1e-3

/** Entropy of the mean use of experts, of the largest there can be, below which one is alone in use. */
const leastEntropy = 0.1

/** Experts that give the same on all rows. `values`: [rows, experts, units]. */
export function identicalExperts(
  values: ArrayLike<number>,
  experts: number,
  units: number,
): readonly Warning[] {
  const rows = values.length / (experts * units)
  const squares = (of: (at: number) => number, e: number): number => {
    let sum = 0
    for (let row = 0; row < rows; row++)
      for (let u = 0; u < units; u++) sum += of((row * experts + e) * units + u) ** 2
    return sum
  }
  const size = Math.max(...Array.from({ length: experts }, (_, e) => squares((at) => values[at], e)))
  const pairs: string[] = []
  for (let e = 0; e < experts; e++)
    for (let other = 0; other < e; other++) {
      const distance = squares((at) => values[at] - values[at + (other - e) * units], e)
      if (distance <= sameWithin ** 2 * size) pairs.push(`${other + 1} and ${e + 1}`)
    }
  if (pairs.length === 0) return []
  const some = `${pairs.slice(0, 3).join(', ')}${pairs.length > 3 ? ', ...' : ''}`
  return [collapse(`experts ${some} give the same: take fewer experts, or raise expertDropout`)]
}

/** One expert that nearly all tasks read alone. `shares`: tasks x experts. */
export function loneExpert({ rows, columns, data }: Matrix): readonly Warning[] {
  const use = Float64Array.from({ length: columns }, (_, e) => {
    let sum = 0
    for (let t = 0; t < rows; t++) sum += data[t * columns + e]
    return sum / rows
  })
  if (relativeEntropy(use, 0, columns) >= leastEntropy) return []
  const most = use.indexOf(Math.max(...use))
  const share = Math.round(100 * use[most])
  return [
    collapse(
      `expert ${most + 1} makes up ${share} % of what tasks read, the other ${columns - 1} go unused: raise loadBalance, expertDropout or gateTemperature, or take fewer experts`,
    ),
  ]
}

function collapse(message: string): Warning {
  return { code: 'expert-collapse', message }
}
