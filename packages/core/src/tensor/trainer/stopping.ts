/**
 * Early stopping (Prechelt, 1998, Early stopping - but when?) and plateaus of the learning rate, as functions of plain
 * data. Both act when the epochs without improvement reach their patience.
 */

/** How one watched value went. */
export interface Watch {
  /** Infinity before the first finite value. */
  readonly best: number
  /** Epoch of the best value; 0 before there is one. */
  readonly bestEpoch: number
  /** Epochs since then. */
  readonly waited: number
}

export const fresh: Watch = { best: Infinity, bestEpoch: 0, waited: 0 }

/**
 * The watch after an epoch. A value improves when it is below the best one by more than `least` of its magnitude; NaN
 * never does.
 */
export function watched(watch: Watch, value: number, epoch: number, least = 0): Watch {
  const margin = Number.isFinite(watch.best) ? least * Math.abs(watch.best) : 0
  return value < watch.best - margin
    ? { best: value, bestEpoch: epoch, waited: 0 }
    : { ...watch, waited: watch.waited + 1 }
}

/** Whether the watch has waited for that many epochs. */
export function isOver({ waited }: Watch, patience: number): boolean {
  return waited >= patience
}

/** A plateau of the learning rate must be flat to this share. */
const leastGain = 1e-4

/** Plateaus that were met, and the watch of the current one. */
export interface Plateaus {
  readonly count: number
  readonly watch: Watch
}

/** Counts a plateau each time that the value has not improved by 1e-4 of itself for `every` epochs. */
export function afterPlateau(
  { count, watch }: Plateaus,
  value: number,
  epoch: number,
  every: number,
): Plateaus {
  const next = watched(watch, value, epoch, leastGain)
  return isOver(next, every) ? { count: count + 1, watch: { ...next, waited: 0 } } : { count, watch: next }
}

/**
 * The mean over tasks of losses relative to the first epoch's; of differences where a first loss is not positive, as
 * losses that are log densities may be. Tasks whose loss is NaN are left out.
 */
export function meanOfRelative(losses: Float64Array, first: Float64Array): number {
  const known = Array.from(losses.keys()).filter((k) => !Number.isNaN(losses[k]) && !Number.isNaN(first[k]))
  const ratios = known.every((k) => first[k] > 0)
  const relative = known.map((k) => (ratios ? losses[k] / first[k] : losses[k] - first[k]))
  return relative.reduce((sum, value) => sum + value, 0) / known.length
}
