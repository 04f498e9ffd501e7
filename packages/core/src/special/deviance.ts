/** Within these the series is short and log1p would cancel. */
const seriesRange = { min: -0.5, max: 1 }

/**
 * ratio - 1 - log(ratio) >= 0, given `excess` = ratio - 1 as well, since a caller knows the small one of the two to more
 * digits. The exponents of gamma and beta densities are multiples of it: half a squared deviation near ratio 1.
 */
export function deviance(ratio: number, excess: number): number {
  if (excess < seriesRange.min || excess > seriesRange.max) return excess - Math.log(ratio)
  // log(1 + m) = 2 atanh(r) = 2 (r + r^3 / 3 + ...), r = m / (2 + m); m - 2 r = m r.
  const r = excess / (2 + excess)
  let sum = 0
  for (let k = terms; k >= 1; k--) sum = sum * r * r + 2 / (2 * k + 1)
  return r * (excess - r * r * sum)
}

/** r^2 <= 1/9: the terms left out are below 9^-17. */
const terms = 17
