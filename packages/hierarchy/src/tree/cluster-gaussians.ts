import { check, type Matrix } from '@mtl/core'
import { squaredDistances } from '../messages/distances.ts'
import { metricOf, transformed } from '../messages/metric.ts'
import { greedyTree, type GreedyOptions } from './greedy-tree.ts'
import type { TaskTree } from './task-tree.ts'

/**
 * The greedy coalescent tree of any Gaussian beliefs N(means_i, variances_i Lambda): who is like whom, with a date for each merge. K^2 D
 * operations. Teh, Daume III and Roy (2007), Bayesian agglomerative clustering with coalescents, NIPS 20.
 * @param means K x D
 * @param variances of length K, >= 0, in units of the diffusion; 0: known exactly, Infinity: nothing known
 * @param diffusion Lambda, D x D
 * @throws MtlError 'dimension-mismatch', 'invalid-data' (a variance below 0, a mean that is not finite), 'not-positive-definite'
 */
export function clusterGaussians(
  means: Matrix,
  variances: Float64Array,
  diffusion: Matrix,
  { rule = 'rate1', minGap = 0 }: Partial<GreedyOptions> = {},
): TaskTree {
  const { rows, columns } = means
  const sizes = `${rows} means need as many variances, and ${columns} columns a diffusion of as many`
  const fits = variances.length === rows && diffusion.rows === columns && diffusion.columns === columns
  check(fits && rows > 0, 'dimension-mismatch', sizes)
  const known = means.data.every(Number.isFinite) && variances.every((variance) => variance >= 0)
  check(known, 'invalid-data', 'means must be finite and variances >= 0')
  const points = transformed(metricOf(diffusion.data, columns).inverse, means.data, columns)
  const distances = squaredDistances(points, columns)
  return greedyTree({ distances, variances, size: columns }, { rule, minGap })
}
