/**
 * Tails of the density ~ exp(order t - z cosh t) over the real line, z > 0: the logarithm of a generalised inverse Gaussian
 * variable. Gauss and Legendre's rule in panels from the point outwards, so that small tails keep their digits.
 */
import { hyperbolicExcess } from '../special/bessel-k.ts'
import { concaveRoot } from '../special/concave-root.ts'

/** Nodes and weights of 16 points on [-1, 1], one half. Abramowitz and Stegun 25.4.30. */
const nodes = [
  0.0950125098376374, 0.2816035507792589, 0.4580167776572274, 0.6178762444026438, 0.755404408355003,
  0.8656312023878318, 0.9445750230732326, 0.9894009349916499,
]
const nodeWeights = [
  0.1894506104550685, 0.1826034150449236, 0.1691565193950025, 0.1495959888165767, 0.1246289712555339,
  0.0951585116824928, 0.0622535239386479, 0.0271524594117541,
]

/** Panels below e^-60 of the largest seen are left out. */
const smallestExponent = -60

/** log P(T <= t) and log P(T > t), up to one common constant. */
export function logArcTails(
  order: number,
  z: number,
  t: number,
): { readonly lower: number; readonly upper: number } {
  return { lower: logTail(order, z, t, -1), upper: logTail(order, z, t, 1) }
}

/** t with P(T <= t) = level: the smaller tail's logarithm is concave in t, and Newton's method finds its level. */
export function logArcQuantile(order: number, z: number, level: number): number {
  const side = level <= 0.5 ? 1 : -1
  const target = Math.log(level <= 0.5 ? level : 1 - level)
  // A reflected variable has the order's sign turned, and its upper tail for a lower one.
  const tail = (t: number): { readonly value: number; readonly slope: number } => {
    const { lower, upper } = logArcTails(side * order, z, t)
    const all = Math.max(lower, upper) + Math.log1p(Math.exp(-Math.abs(lower - upper)))
    return { value: lower - all - target, slope: Math.exp(exponentAt(side * order, z, t) - lower) }
  }
  const width = Math.min(1, 1 / Math.sqrt(Math.hypot(z, order)))
  let start = Math.asinh((side * order) / z)
  while (tail(start).value > 0) start -= width
  return side * concaveRoot(start, tail)
}

/** order t - z cosh t, less its value at the mode. */
function exponentAt(order: number, z: number, t: number): number {
  const mode = Math.asinh(Math.abs(order) / z)
  const d = (order < 0 ? -t : t) - mode
  return Math.abs(order) * d - hyperbolicExcess(z, mode, d)
}

/** log of the integral from t outwards, to the left (-1) or to the right (1). */
function logTail(order: number, z: number, t: number, side: number): number {
  const width = side * Math.min(0.5, 2 / Math.sqrt(Math.hypot(z, order)))
  let largest = exponentAt(order, z, t)
  let total = 0
  for (let from = t; ; from += width) {
    const centre = from + width / 2
    for (let k = 0; k < nodes.length; k++)
      for (const sign of [-1, 1]) {
        const exponent = exponentAt(order, z, centre + (sign * nodes[k] * width) / 2)
        if (exponent > largest) {
          total *= Math.exp(largest - exponent)
          largest = exponent
        }
        total += nodeWeights[k] * Math.exp(exponent - largest)
      }
    if (exponentAt(order, z, from + width) < largest + smallestExponent) break
  }
  return largest + Math.log((total * Math.abs(width)) / 2)
}
