/** Steps (4), (5) and (7): the groups' precisions, their feature covariances and the scale of the prior. */
import { generalisedInverseGaussianMoments, inverseWishart, matrix } from '@mtl/core'
import type { InverseWishart } from '@mtl/core'
import type { PrecisionLaw } from './priors.ts'
import type { Layout } from './problem.ts'
import type { Precisions } from './types.ts'

/** A group whose precision exceeds this has no weights left; its q(g) is kept as it is. */
const prunedPrecision = 1e12

/** E g = 1 everywhere, before the first sweep. */
export function firstPrecisions(groups: number): Precisions {
  const zeros = (): Float64Array => new Float64Array(groups)
  const ones = (): Float64Array => zeros().fill(1)
  return {
    order: zeros(),
    chi: zeros(),
    phi: zeros(),
    mean: ones(),
    meanInverse: ones(),
    meanLog: zeros(),
    logNormaliser: zeros(),
  }
}

/**
 * q(g_i) = generalised inverse Gaussian (order + rows D_i / 2, chi, phi + tr(E Om_i^-1 Q_i)).
 * @param rows how many rows of weights share the precision: tasks, of the low-rank form those of Z too
 */
export function updatePrecisions(
  last: Precisions,
  priors: readonly (PrecisionLaw | undefined)[],
  groups: Layout,
  rows: number,
  quadratics: Float64Array,
): Precisions {
  const next = {
    order: Float64Array.from(last.order),
    chi: Float64Array.from(last.chi),
    phi: Float64Array.from(last.phi),
    mean: Float64Array.from(last.mean),
    meanInverse: Float64Array.from(last.meanInverse),
    meanLog: Float64Array.from(last.meanLog),
    logNormaliser: Float64Array.from(last.logNormaliser),
  }
  priors.forEach((prior, i) => {
    if (prior === undefined || isPruned(last, i)) return
    next.order[i] = prior.order + 0.5 * rows * groups.blocks[i].length
    next.chi[i] = prior.chi
    next.phi[i] = prior.phi + quadratics[i]
    const moments = generalisedInverseGaussianMoments(next.order[i], next.chi[i], next.phi[i])
    next.mean[i] = moments.mean
    next.meanInverse[i] = moments.meanInverse
    next.meanLog[i] = moments.meanLog
    next.logNormaliser[i] = moments.logNormaliser
  })
  return next
}

export function isPruned({ mean }: Precisions, i: number): boolean {
  return mean[i] >= prunedPrecision
}

/** tr(E Om_i^-1 Q_i) of each group, Q laid out as the groups. */
export function traces(
  { blocks, starts }: Layout,
  featurePrecision: Float64Array,
  q: Float64Array,
): Float64Array {
  return Float64Array.from(blocks, ({ length }, i) => {
    let sum = 0
    for (let at = starts[i]; at < starts[i] + length * length; at++) sum += featurePrecision[at] * q[at]
    return sum
  })
}

/** The prior of Om_i: IW(D_i + 2, I), mean I. */
export function featurePrior(size: number): InverseWishart {
  return inverseWishart(size + 2, scaledIdentity(size))
}

function scaledIdentity(size: number): ReturnType<typeof matrix> {
  const result = matrix(size, size)
  for (let i = 0; i < size; i++) result.data[i * size + i] = 1
  return result
}

/** Om_i ~ IW(D_i + 2 + rows, I + E g_i Q_i). */
export function updateFeatureCovariances(
  { blocks, starts }: Layout,
  rows: number,
  precision: Float64Array,
  q: Float64Array,
): InverseWishart[] {
  return blocks.map(({ length: size }, i) => {
    const scale = scaledIdentity(size)
    for (let at = 0; at < size * size; at++) scale.data[at] += precision[i] * q[starts[i] + at]
    return inverseWishart(size + 2 + rows, scale)
  })
}
