import { sampleGamma, sampleNormal } from '../random/sample.ts'
import type { RandomGenerator } from '../random/types.ts'
import { stirlingRemainder } from '../special/log-gamma.ts'
import { studentTCdf, studentTQuantile } from '../special/student-t.ts'
import { checkParameters, independent } from './independent.ts'
import type { ScalarLaw } from './independent.ts'
import type { RealDistribution } from './types.ts'

/**
 * location + scale T, T Student's t. The mean is NaN up to 1 degree of freedom, the variance Infinity up to 2 (NaN up
 * to 1); `point` is the location. scale > 0, degrees > 0, all finite but degrees: at Infinity it is
 * the normal.
 * @throws MtlError 'dimension-mismatch', 'invalid-option'
 */
export function studentT(
  location: Float64Array,
  scale: Float64Array,
  degrees: Float64Array,
): RealDistribution {
  checkParameters({ location, scale, degrees })
  return independent(law, [location, scale, degrees])
}

const law: ScalarLaw<readonly [location: number, scale: number, degrees: number]> = {
  kind: 'student-t',
  mean: (location, _, degrees) => (degrees > 1 ? location : NaN),
  variance(_, scale, degrees) {
    if (degrees === Infinity) return scale * scale
    if (degrees > 2) return (scale * scale * degrees) / (degrees - 2)
    return degrees > 1 ? Infinity : NaN
  },
  point: (location) => location,
  logDensity: (y, location, scale, degrees) =>
    logStandardDensity((y - location) / scale, degrees) - Math.log(scale),
  cdf: (y, location, scale, degrees) => studentTCdf((y - location) / scale, degrees),
  quantile: (level, location, scale, degrees) => location + scale * studentTQuantile(level, degrees),
  sample: (random, location, scale, degrees) =>
    location + (scale * sampleNormal(random)) / Math.sqrt(sampleMeanSquare(random, degrees)),
}

/** Mean of so many squared standard normals. */
function sampleMeanSquare(random: RandomGenerator, degrees: number): number {
  return degrees === Infinity ? 1 : sampleGamma(random, degrees / 2) / (degrees / 2)
}

/** log [Gamma(a + 1/2) / (Gamma(a) sqrt(pi degrees))] - (a + 1/2) log(1 + t^2 / degrees), a = degrees / 2. */
function logStandardDensity(t: number, degrees: number): number {
  if (degrees === Infinity) return -0.5 * (Math.log(2 * Math.PI) + t * t)
  const a = degrees / 2
  // Stirling's formula for both gamma functions: their large terms cancel.
  const logRatio =
    a * Math.log1p(0.5 / a) + 0.5 * Math.log(a) - 0.5 + stirlingRemainder(a + 0.5) - stirlingRemainder(a)
  return logRatio - 0.5 * Math.log(Math.PI * degrees) - (a + 0.5) * logOnePlusSquare(t / Math.sqrt(degrees))
}

/** log(1 + r^2); r^2 may overflow. */
function logOnePlusSquare(r: number): number {
  return Math.abs(r) > 1e100 ? 2 * Math.log(Math.abs(r)) : Math.log1p(r * r)
}
