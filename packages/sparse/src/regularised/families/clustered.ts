/**
 * Clustered multi-task learning, in its convex relaxation: tasks fall into clusters of like weights.
 *
 *   Omega(W) = min over M of penalty x e (1 + e) tr(W'(e I + M)^-1 W),  0 <= M <= I,  tr M = clusters,  e = withinRatio
 *
 * The best M has the left singular vectors of W, and its eigenvalues m in closed form (`clusterSpectrum`); so Omega is
 * smooth, with gradient 2 penalty e (1 + e) (e I + M)^-1 W and Lipschitz constant 2 penalty (1 + e). Clusters are read off the
 * leading left singular vectors by k-means.
 *
 * Jacob, Bach and Vert (2008), Clustered multi-task learning: a convex formulation, NIPS; Zhou, Chen and Ye (2011), Clustered
 * multi-task learning via alternating structure optimization, NIPS.
 */
import { checkNumber, singularFactors } from '@mtl/core'
import type { Estimator } from '@mtl/core'
import { clusterSpectrum } from '../cluster-spectrum.ts'
import { clustersOf } from '../cluster-tasks.ts'
import type { FoldWork } from '../fold-work.ts'
import { regularisedFactory } from '../regularised.ts'
import { checkStrength } from '../settings.ts'
import type {
  FamilyShape,
  PenaltyFamily,
  RegularisedOptions,
  RegularisedParameters,
  SmoothTerm,
} from '../types.ts'
import { clusterView } from '../views.ts'

export interface ClusteredOptions extends RegularisedOptions {
  /** How many, >= 1; all tasks where there are fewer. Default 2: a user knows better. */
  readonly clusters?: number
  /** Strength within clusters over that between them, > 0. Default 1. */
  readonly withinRatio?: number
}

interface Own {
  readonly clusters: number
  readonly withinRatio: number
}

const factory = regularisedFactory<Own>({
  name: 'clustered',
  familyOf: clusteredFamily,
  clustersOf: ({ clusters }, weights) => clustersOf(weights, clusters),
  views: ({ clusters }, tasks) => (clusters === undefined ? [] : [clusterView(clusters, tasks)]),
})

export const clusteredWork: FoldWork<Own> = factory.work

/** Tasks in clusters of like weights. @throws MtlError 'invalid-option' */
export function clustered(options: ClusteredOptions = {}): Estimator<RegularisedParameters> {
  const value = checkStrength('penalty', options.penalty ?? 'auto')
  return factory.make({ option: 'penalty', value }, options, {
    clusters: checkNumber('clusters', options.clusters ?? 2, { min: 1, max: 1e9, integer: true }),
    withinRatio: checkNumber('withinRatio', options.withinRatio ?? 1, { above: 0, max: 1e9 }),
  })
}

export function clusteredFamily({ clusters, withinRatio }: Own, { tasks }: FamilyShape): PenaltyFamily {
  return {
    parts: 1,
    value: () => 0,
    proximalInPlace: () => undefined,
    smooth: clusterTerm(tasks.length, tasks[0].features.length, clusters, withinRatio),
    largestPenalty: () => NaN,
  }
}

function clusterTerm(tasks: number, features: number, clusters: number, withinRatio: number): SmoothTerm {
  const factors = singularFactors(tasks, features)
  const padded = new Float64Array(tasks)
  const pull = { rows: tasks, columns: features, data: new Float64Array(tasks * features) }
  return {
    addGradient(weights, penalty, gradient) {
      const strength = penalty * withinRatio * (1 + withinRatio)
      const values = factors.factorise(weights)
      padded.set(values)
      const spectrum = clusterSpectrum(padded, clusters, withinRatio)
      let value = 0
      values.forEach((s, k) => (value += (s * s) / (withinRatio + spectrum[k])))
      factors.writeScaled(
        pull,
        values.map((_, k) => (2 * strength) / (withinRatio + spectrum[k])),
      )
      for (let at = 0; at < pull.data.length; at++) gradient.data[at] += pull.data[at]
      return strength * value
    },
    curvature: (penalty) => 2 * penalty * (1 + withinRatio),
  }
}
