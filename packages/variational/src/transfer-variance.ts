import type { Matrix } from '@mtl/core'
import type { Components } from './components.ts'
import type { Settings } from './options.ts'

/** Variances with so much added to those of tasks; the anchor keeps its own. */
export function inflated({ tasks, variances }: Components, transferVariance: number): Matrix {
  if (transferVariance === 0) return variances
  const size = variances.columns
  return {
    ...variances,
    data: variances.data.map(
      (value, at) => value + (tasks[Math.floor(at / size)] < 0 ? 0 : transferVariance),
    ),
  }
}

/** What an outer step begins with; 0 where no task is a component. */
export function initialTransfer(
  { tasks }: Components,
  {
    transferVariance,
    priorVariance,
  }: Pick<Settings, 'transferVariance'> & { readonly priorVariance: number },
): number {
  if (!tasks.some((t) => t >= 0)) return 0
  return transferVariance === 'learn' ? 0.1 * priorVariance : transferVariance
}

const golden = 0.5 * (Math.sqrt(5) - 1)
const sections = 25
const [least, most] = [1e-6, 100]

/** Golden section on the logarithm, by at most 2 from where it is and within 1e-6 to 100. */
export function maximiseTransfer(current: number, value: (transfer: number) => number): number {
  const at = (log: number): number => value(Math.exp(log))
  const centre = Math.log(current)
  let low = Math.max(centre - 2, Math.log(least))
  let high = Math.min(centre + 2, Math.log(most))
  let [first, second] = [high - golden * (high - low), low + golden * (high - low)]
  let [atFirst, atSecond] = [at(first), at(second)]
  for (let k = 0; k < sections; k++) {
    if (atFirst < atSecond) {
      ;[low, first, atFirst] = [first, second, atSecond]
      second = low + golden * (high - low)
      atSecond = at(second)
    } else {
      ;[high, second, atSecond] = [second, first, atFirst]
      first = high - golden * (high - low)
      atFirst = at(first)
    }
  }
  return Math.exp(0.5 * (low + high))
}
