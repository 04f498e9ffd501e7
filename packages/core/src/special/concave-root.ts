/** Newton's method doubles the digits at each step near the root; a hundred steps are never needed, only guaranteed. */
const maxSteps = 200

/**
 * The root of an increasing concave function by Newton's method. A tangent lies above the function, so from the
 * first step on all iterates lie below the root and rise towards it: no step overshoots, and no bracket is needed.
 * Quantiles are such roots, because the logarithm of a log-concave distribution's cdf is concave.
 */
export function concaveRoot(
  start: number,
  evaluate: (at: number) => { readonly value: number; readonly slope: number },
): number {
  let at = start
  for (let step = 0; step < maxSteps; step++) {
    const { value, slope } = evaluate(at)
    const change = value / slope
    if (Number.isNaN(change)) break
    at -= change
    if (Math.abs(change) <= 1e-14 * (1 + Math.abs(at))) break
  }
  return at
}
