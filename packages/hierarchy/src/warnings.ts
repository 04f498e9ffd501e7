import { dataWarnings } from '@mtl/core'
import type { Dataset, Warning } from '@mtl/core'
import type { Settings } from './options.ts'
import type { LatentHierarchyParameters, LatentScaleHierarchyParameters } from './parameters.ts'
import { majorityClades } from './tree/consensus.ts'

/** A share of the trees below which the data do not support one. */
const leastShare = 0.1

/** What a user should know of this fit. */
export function hierarchyWarnings(
  parameters: LatentHierarchyParameters,
  data: Dataset,
  { structure, maxSteps }: Pick<Settings, 'structure' | 'maxSteps'>,
): readonly Warning[] {
  const { fits, stacking, search } = parameters
  const share = stacking ? stacking.share[stacking.logDensity.indexOf(Math.max(...stacking.logDensity))] : NaN
  const trees = fits.length > 1 && stacking ? fits.slice(0, -1) : []
  const inner = majorityClades(trees).filter(({ tasks }) => tasks.length < data.tasks.length)
  // Of the average the star is last, and its end is what counts; sampled trees take a set number of steps.
  const last = fits[fits.length - 1]
  return [
    ...dataWarnings(data),
    ...when(
      share < leastShare,
      'tree-not-supported',
      `held-out rows give the trees ${Math.round(100 * share)} per cent: the tasks are as well taken as all alike`,
    ),
    ...when(
      trees.length > 0 && data.tasks.length > 2 && inner.length === 0,
      'no-clade',
      'no group of tasks is joined by more than half of the trees: who is like whom is not known',
    ),
    ...when(
      search === 'neighbours',
      'neighbour-search',
      `${data.tasks.length} tasks: partners of a merge were searched among the nearest alone`,
    ),
    ...stepLimit(!last.converged, structure === 'averaged' ? 'star' : structure, maxSteps),
  ]
}

export function scaleHierarchyWarnings(
  { fits: [fit], accepted }: LatentScaleHierarchyParameters,
  data: Dataset,
  { structure, maxSteps }: Pick<Settings, 'structure' | 'maxSteps'>,
): readonly Warning[] {
  return [
    ...dataWarnings(data),
    ...when(
      accepted.includes('stopped'),
      'tree-refused',
      'the objective fell, since Laplace gives no bound: the state before is kept',
    ),
    ...stepLimit(!fit.converged, structure, maxSteps),
  ]
}

export function stepLimit(isMet: boolean, what: string, maxSteps: number): Warning[] {
  return when(isMet, 'step-limit', `the ${what} met its limit of ${maxSteps} steps; raise maxSteps`)
}

function when(condition: boolean, code: string, message: string): Warning[] {
  return condition ? [{ code, message }] : []
}
