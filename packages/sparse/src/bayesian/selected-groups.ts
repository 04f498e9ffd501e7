import { checkNumber } from '@mtl/core'
import type { FeatureGroup, SparseBayesianParameters } from './parameters.ts'
import { largestRelevance } from './views.ts'

/**
 * Groups of features whose relevance exceeds `threshold` times the largest, the most relevant first; the constant is not among them.
 * @param threshold 0..1, default 0.1 @throws MtlError 'invalid-option'
 */
export function selectedGroups(
  { groups, taskWeights, constant }: SparseBayesianParameters,
  threshold = 0.1,
): readonly FeatureGroup[] {
  checkNumber('threshold', threshold, { min: 0, max: 1 })
  const inputs = groups.filter(
    ({ features }) => !(constant && features.length === 1 && features[0] === '(constant)'),
  )
  const least = threshold * largestRelevance(inputs)
  return taskWeights.columns === 0
    ? []
    : inputs.filter(({ relevance }) => relevance > least).sort((a, b) => b.relevance - a.relevance)
}
