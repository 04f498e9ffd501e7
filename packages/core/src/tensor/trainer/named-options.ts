import { MtlError } from '../../error/mtl-error.ts'
import { fixedWeighting } from '../../weighting/fixed.ts'
import type { LossWeighting } from '../../weighting/types.ts'
import { adam } from '../optimisers/adam.ts'
import { sgd } from '../optimisers/sgd.ts'
import type { Optimiser, TrainerOptions } from './types.ts'

/**
 * The weighting of the options. One that is stored as { name, options } is made by a registry, which knows them all;
 * without one, as in a factory that is called with stored options, only the fixed weights are known.
 * @throws MtlError 'invalid-option'
 */
export function weightingOf(given: TrainerOptions['weighting'] = fixedWeighting()): LossWeighting {
  if ('needs' in given) return given
  const { name, options } = given as { readonly name?: string; readonly options?: object }
  if (name === 'fixed') return fixedWeighting(options)
  throw new MtlError(
    'invalid-option',
    `the weighting "${String(name)}" is given by name: give its value, or make the estimator by a registry`,
    { option: 'weighting', got: String(name) },
  )
}

const optimisers = { adam, sgd }

/** The optimiser of the options, made where it is given as it is stored. @throws MtlError 'unknown-name' */
export function optimiserOf(given: TrainerOptions['optimiser']): Optimiser {
  if (given === undefined) return adam()
  if ('update' in given) return given
  const { name } = given
  if (Object.hasOwn(optimisers, name)) return optimisers[name](given.options)
  const known = Object.keys(optimisers)
  throw new MtlError('unknown-name', `no optimiser is named "${name}"; known: ${known.join(', ')}`, {
    name,
    known,
  })
}
