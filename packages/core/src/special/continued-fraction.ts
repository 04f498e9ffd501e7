/** A factor this close to 1 changes no digit that counts. */
const precision = 1e-15
/** The fractions here need some hundreds of terms; the end is guaranteed all the same. */
const maxTerms = 100_000

/** b_0 + a_1 / (b_1 + a_2 / (b_2 + ...)), by the method of Lentz (1976), Applied Optics 15, 668. */
export function continuedFraction(
  first: number,
  numerator: (n: number) => number,
  denominator: (n: number) => number,
): number {
  let value = first
  let ahead = first
  let behind = 0
  for (let n = 1; n < maxTerms; n++) {
    const a = numerator(n)
    const b = denominator(n)
    ahead = b + a / ahead
    behind = 1 / (b + a * behind)
    const factor = ahead * behind
    value *= factor
    if (Math.abs(factor - 1) <= precision) break
  }
  return value
}
