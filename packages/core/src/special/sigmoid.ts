/** 1 / (1 + e^-x), all x; 0 and 1 at the ends, no overflow. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x))
  const odds = Math.exp(x)
  return odds / (1 + odds)
}

/** log(1 + e^x), all x: softplus; x itself from 37 on, e^x below -37. -log1pExp(-x) is log sigmoid(x). */
export function log1pExp(x: number): number {
  if (x >= 37) return x
  return x < -37 ? Math.exp(x) : Math.log1p(Math.exp(x))
}
