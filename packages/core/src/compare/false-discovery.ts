/**
 * Which hypotheses are rejected when the expected share of false ones among them is to be at most `rate`: the k smallest
 * p-values for the largest k with p_(k) <= k rate / m, m the number of p-values that are defined (not NaN).
 * Benjamini and Hochberg (1995), Controlling the false discovery rate, Journal of the Royal Statistical Society B 57.
 */
export function falseDiscovery(pValues: Float64Array, rate: number): boolean[] {
  const defined = pValues.filter((p) => !Number.isNaN(p)).sort()
  let threshold = -Infinity
  defined.forEach((p, rank) => {
    if (p <= ((rank + 1) * rate) / defined.length) threshold = p
  })
  return Array.from(pValues, (p) => p <= threshold)
}
