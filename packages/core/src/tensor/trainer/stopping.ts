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

/** Epochs in which a plateau was met, and the watch of the current one. */
export interface Plateaus {
  readonly epochs: readonly number[]
  readonly watch: Watch
}

/** Notes a plateau each time that the value has not improved by 1e-4 of itself for `every` epochs. */
export function afterPlateau(
  { epochs, watch }: Plateaus,
  value: number,
  epoch: number,
  every: number,
): Plateaus {
  const next = watched(watch, value, epoch, leastGain)
  return isOver(next, every)
    ? { epochs: [...epochs, epoch], watch: { ...next, waited: 0 } }
    : { epochs, watch: next }
}

/** Held-out rows of tasks that measure the same, whose losses are pooled. */
export interface TargetRows {
  /** By task: position of what it measures. */
  readonly targets: Int32Array
  /** By task: summed case weights of its held-out labels. */
  readonly labels: Float64Array
}

/**
 * The mean over targets of losses relative to the first epoch's; of differences where a first loss is not positive, as
 * losses that are log densities may be. Losses of tasks that measure the same are pooled over their labels first: of two
 * held-out rows of a small task a first loss may be next to nothing, and its ratio would outweigh all others.
 */
export function meanOfRelative(losses: Float64Array, first: Float64Array, rows: TargetRows): number {
  const [now, before] = [pooledLosses(losses, rows), pooledLosses(first, rows)]
  const known = Array.from(now.keys()).filter((j) => !Number.isNaN(now[j]))
  const areRatios = known.every((j) => before[j] > 0)
  const relative = known.map((j) => (areRatios ? now[j] / before[j] : now[j] - before[j]))
  return relative.reduce((sum, value) => sum + value, 0) / known.length
}

/** By target; NaN of one without held-out labels. */
function pooledLosses(losses: Float64Array, { targets, labels }: TargetRows): Float64Array {
  const count = targets.reduce((most, target) => Math.max(most, target + 1), 0)
  const sums = new Float64Array(count)
  const weights = new Float64Array(count)
  losses.forEach((loss, k) => {
    if (labels[k] === 0) return
    sums[targets[k]] += labels[k] * loss
    weights[targets[k]] += labels[k]
  })
  return sums.map((sum, j) => sum / weights[j])
}
