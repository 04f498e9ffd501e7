import { dataWarnings } from '@mtl/core'
import type { Dataset, Task, Warning } from '@mtl/core'
import type { Settings } from './settings.ts'
import type { RegularisedParameters } from './types.ts'

/** What a user should know of a fit; `ambiguity` says why its parts are not unique. */
export function regularisedWarnings(
  parameters: RegularisedParameters,
  data: Dataset,
  settings: Settings,
  ambiguity: string | undefined,
): Warning[] {
  return [
    ...dataWarnings(data),
    ...limitWarnings(parameters, settings),
    ...edgeWarnings(parameters),
    ...separationWarnings(parameters, data),
    ...(ambiguity === undefined ? [] : [{ code: 'not-unique', message: ambiguity }]),
  ]
}

function limitWarnings({ residual }: RegularisedParameters, { maxSteps, tolerance }: Settings): Warning[] {
  if (residual <= tolerance) return []
  const still = `the optimality residual is still ${residual.toPrecision(3)}, not ${tolerance}`
  const message = `stopped after maxSteps = ${maxSteps} steps: ${still}; allow more steps, or a larger tolerance or penalty`
  return [{ code: 'step-limit', message }]
}

function edgeWarnings({ path, penalty, largestPenalty }: RegularisedParameters): Warning[] {
  const { penalties, heldOutError } = path
  const at = penalties.indexOf(penalty)
  if (penalties.length < 2 || Number.isNaN(heldOutError[0])) return []
  const edge = (message: string): Warning[] => [{ code: 'path-edge', message }]
  if (at === penalties.length - 1)
    return edge(
      'the smallest penalty of the path was chosen: an even smaller one may do better; lower pathEnd',
    )
  if (at > 0) return []
  return edge(
    Number.isNaN(largestPenalty)
      ? 'the largest penalty of the path was chosen: an even larger one may do better; give it'
      : 'the largest penalty of the path was chosen: no weight helped on held-out rows',
  )
}

/** A row whose class has at least this probability is beyond doubt. */
const beyondDoubt = Math.log(999)

/** Tasks of two classes whose every row is beyond doubt: only the penalty keeps their weights finite. */
function separationWarnings(
  { taskWeights, intercepts }: RegularisedParameters,
  { tasks }: Dataset,
): Warning[] {
  const separated = tasks.filter(
    (task, t) =>
      task.kind === 'binary' &&
      hasBothClasses(task) &&
      leastMargin(task, taskWeights.data.subarray(t * taskWeights.columns), intercepts[t]) > beyondDoubt,
  )
  if (separated.length === 0) return []
  const names = separated.slice(0, 5).map(({ name }) => `"${name}"`)
  const more = separated.length > 5 ? ` and ${separated.length - 5} more` : ''
  const message = `a plane parts the classes, and the penalty alone keeps the weights finite: ${names.join(', ')}${more}; a larger penalty gives less certain predictions`
  return [{ code: 'separated-classes', message }]
}

function hasBothClasses({ targets, weights }: Task): boolean {
  const counted = targets.filter((y, i) => !Number.isNaN(y) && (weights?.[i] ?? 1) > 0)
  return counted.includes(0) && counted.includes(1)
}

function leastMargin({ inputs, targets, weights }: Task, slopes: Float64Array, intercept: number): number {
  let least = Infinity
  for (let i = 0; i < inputs.rows; i++) {
    if (Number.isNaN(targets[i]) || weights?.[i] === 0) continue
    let z = intercept
    for (let j = 0; j < inputs.columns; j++) z += inputs.data[i * inputs.columns + j] * slopes[j]
    least = Math.min(least, targets[i] === 1 ? z : -z)
  }
  return least
}
