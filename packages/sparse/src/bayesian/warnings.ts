import type { Warning } from '@mtl/core'
import { largestLogScale, largestOrder } from './fit-precision-law.ts'
import type { SparseBayesianSettings } from './options.ts'
import type { SparseBayesianParameters } from './parameters.ts'

/** What a user should know of this fit beside its data. */
export function sparseWarnings(
  { groups, taskCovariance }: SparseBayesianParameters,
  settings: SparseBayesianSettings,
): Warning[] {
  const warnings: Warning[] = []
  const pruned = groups.filter((group) => group.pruned).map(({ features }) => features.join(' + '))
  if (pruned.length > 0)
    warnings.push({
      code: 'group-pruned',
      message: `the precision ran away, so nothing is left of ${pruned.length} groups: ${pruned.slice(0, 5).join(', ')}`,
    })
  if (settings.learnScale !== 'none')
    warnings.push({
      code: 'bound-not-comparable',
      message: 'the prior was learnt, so the bound of this fit is not comparable with that of another',
    })
  if (settings.learnScale === 'all' && atLimit(groups[0].prior))
    warnings.push({
      code: 'prior-at-limit',
      message:
        'a parameter of the learnt prior stands at the limit of its range: too few groups, or all alike',
    })
  if (taskCovariance.kind === 'exchangeable' && taskCovariance.tasks.length === 2)
    warnings.push({
      code: 'weak-ratio',
      message: 'two tasks hardly tell how much tasks have in common',
    })
  return warnings
}

function atLimit([order, chi, phi]: Float64Array): boolean {
  // chi = s e^u, phi = e^v / s: their product does not see s.
  return Math.abs(order) >= largestOrder || Math.log(chi * phi) <= -2 * largestLogScale + 1e-9
}
