import { checkNumber } from '../../error/check-number.ts'
import { checkOneOf } from '../../error/check-one-of.ts'
import type { LearningRate } from './types.ts'

/** Where a training stands, as far as its learning rate asks. */
export interface RatePlace {
  /** 1, 2, ... */
  readonly step: number
  /** 1, 2, ... */
  readonly epoch: number
  readonly maxSteps: number
  /** How often the validation loss had stopped improving. */
  readonly plateaus: number
}

const decays = ['constant', 'cosine', 'step', 'exponential', 'plateau'] as const

/** The learning rate with its defaults; a number is a constant rate. @throws MtlError 'invalid-option' */
export function learningRateOf(given: number | LearningRate = {}): Required<LearningRate> {
  const {
    base = 1e-3,
    warmup = 0,
    decay = 'constant',
    factor = 0.5,
    every = 5,
    floor = 0,
  } = typeof given === 'number' ? { base: given } : given
  checkOneOf('learningRate.decay', decay, decays)
  return {
    base: checkNumber('learningRate', base, { min: 0, below: Infinity }),
    warmup: checkNumber('learningRate.warmup', warmup, { min: 0, integer: true }),
    decay,
    factor: checkNumber('learningRate.factor', factor, { above: 0, max: 1 }),
    every: checkNumber('learningRate.every', every, { min: 1, integer: true }),
    floor: checkNumber('learningRate.floor', floor, { min: 0, max: 1 }),
  }
}

/** base x warm-up x decay. The warm-up rises linearly to 1 in its last step; a cosine begins after it. */
export function rateAt(rate: Required<LearningRate>, place: RatePlace): number {
  const { base, warmup } = rate
  const risen = warmup === 0 ? 1 : Math.min(1, place.step / warmup)
  return base * risen * decayAt(rate, place)
}

function decayAt({ decay, warmup, factor, every, floor }: Required<LearningRate>, place: RatePlace): number {
  const { step, epoch, maxSteps, plateaus } = place
  switch (decay) {
    case 'constant':
      return 1
    case 'cosine': {
      // f + (1 - f) (1 + cos(pi (k - W) / (K - W))) / 2, k = step - 1
      const share = Math.max(0, step - 1 - warmup) / Math.max(1, maxSteps - warmup)
      return floor + ((1 - floor) * (1 + Math.cos(Math.PI * share))) / 2
    }
    case 'step':
      return Math.max(floor, factor ** Math.floor((epoch - 1) / every))
    case 'exponential':
      return Math.max(floor, factor ** ((epoch - 1) / every))
    case 'plateau':
      return Math.max(floor, factor ** plateaus)
  }
}

/** The factor of a variable's learning rate: that of the longest prefix of its name, 1 without one. */
export function rateFactor(factors: Readonly<Record<string, number>> | undefined, name: string): number {
  let longest = -1
  let factor = 1
  for (const [prefix, value] of Object.entries(factors ?? {})) {
    if (name.startsWith(prefix) && prefix.length > longest) {
      longest = prefix.length
      factor = value
    }
  }
  return factor
}
