import { checkNumber } from '../error/check-number.ts'
import { check } from '../error/mtl-error.ts'
import type { RandomGenerator } from '../random/types.ts'
import type { RealDistribution } from './types.ts'

/** One scalar of a distribution, as a function of its own parameters. `y` is never NaN. */
export interface ScalarLaw<Parameters extends readonly number[]> {
  readonly kind: string
  mean(...parameters: Parameters): number
  variance(...parameters: Parameters): number
  point(...parameters: Parameters): number
  logDensity(y: number, ...parameters: Parameters): number
  cdf(y: number, ...parameters: Parameters): number
  quantile(level: number, ...parameters: Parameters): number
  sample(random: RandomGenerator, ...parameters: Parameters): number
}

/** Independent scalars that follow one law, each with parameters of its own: `parameters[k][i]` is the k-th of scalar i. */
export function independent<Parameters extends readonly number[]>(
  law: ScalarLaw<Parameters>,
  parameters: { readonly [K in keyof Parameters]: Float64Array },
): RealDistribution {
  const columns = parameters as readonly Float64Array[]
  const size = columns[0].length
  const of = (i: number): Parameters => columns.map((column) => column[i]) as readonly number[] as Parameters
  const each = (value: (of: Parameters, i: number) => number): Float64Array =>
    Float64Array.from({ length: size }, (_, i) => value(of(i), i))
  return {
    kind: law.kind,
    size,
    mean: each((own) => law.mean(...own)),
    variance: each((own) => law.variance(...own)),
    point: each((own) => law.point(...own)),
    logDensity: (values) =>
      each((own, i) => (Number.isNaN(values[i]) ? NaN : law.logDensity(values[i], ...own))),
    cdf: (values) => each((own, i) => (Number.isNaN(values[i]) ? NaN : law.cdf(values[i], ...own))),
    quantile(level) {
      checkNumber('level', level, { above: 0, below: 1 })
      return each((own) => law.quantile(level, ...own))
    },
    sample: (random) => each((own) => law.sample(random, ...own)),
    select(indices) {
      const chosen = columns.map((column) => Float64Array.from(indices, (i) => column[i]))
      return independent(law, chosen as readonly Float64Array[] as typeof parameters)
    },
  }
}

/** Parameters of one length, all but the location > 0, all but degrees finite. @throws MtlError 'dimension-mismatch', 'invalid-option' */
export function checkParameters(parameters: Readonly<Record<string, Float64Array>>): void {
  const lengths = Object.entries(parameters).map(([name, { length }]) => `${length} of ${name}`)
  const sizes = new Set(Object.values(parameters).map(({ length }) => length))
  check(sizes.size === 1, 'dimension-mismatch', `parameters differ in length: ${lengths.join(', ')}`)
  for (const [name, values] of Object.entries(parameters)) {
    const limits = name === 'location' ? {} : { above: 0 }
    values.forEach((value, i) => {
      if (name !== 'degrees' || value !== Infinity) checkNumber(`${name}[${i}]`, value, limits)
    })
  }
}
