import type { Matrix } from '@mtl/core'

/** Halvings of an interval of numbers: no double lies between its ends afterwards. */
const halvings = 200

/**
 * The smallest penalty whose proximal map takes `gradient` to 0, by bisection: at it and above W = 0 is optimal, if this is
 * the gradient there. 0 of a gradient of zeros.
 */
export function smallestThatLeavesNothing(
  gradient: Matrix,
  proximalInPlace: (a: Matrix, penalty: number) => void,
): number {
  if (gradient.data.every((value) => value === 0)) return 0
  const scratch = { ...gradient, data: gradient.data.slice() }
  const leavesNothing = (penalty: number): boolean => {
    scratch.data.set(gradient.data)
    proximalInPlace(scratch, penalty)
    return scratch.data.every((value) => value === 0)
  }
  let low = 0
  let high = 1
  while (!leavesNothing(high)) [low, high] = [high, 2 * high]
  for (let k = 0; k < halvings; k++) {
    const middle = (low + high) / 2
    if (middle <= low || middle >= high) break
    if (leavesNothing(middle)) high = middle
    else low = middle
  }
  return high
}
