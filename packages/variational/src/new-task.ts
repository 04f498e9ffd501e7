import type { TaskInfo, UnseenTask } from '@mtl/core'
import { componentsOf, type Teacher } from './components.ts'
import type { Settings } from './options.ts'
import { teachersOf, type VariationalParameters } from './parameters.ts'
import type { Weights } from './predictive.ts'
import { firstNoise, taskAscent } from './task-ascent.ts'
import { outputsOf, taskRowsOf } from './task-rows.ts'
import { unseenPosterior, type Posterior } from './task-state.ts'

/**
 * The weights of a task that training did not see, of a few rows: alone, then against the trained tasks' posteriors as they stand and the
 * anchor. They are not touched. Tasks on their own (`outerSteps` 1) stay so.
 */
export function fitNewTask(
  parameters: VariationalParameters,
  tasks: readonly TaskInfo[],
  info: TaskInfo,
  examples: NonNullable<UnseenTask['examples']>,
  given: Settings,
): Weights {
  const { priorVariance } = parameters
  const settings = { ...given, priorVariance }
  const rows = taskRowsOf({ ...info, ...examples })
  const size = rows.outputs.length * rows.design.columns
  const ascending = { ...settings, priorRule: parameters.priorRule }
  const settled = (posterior: Posterior, teachers: readonly Teacher[]): Posterior => {
    const components = componentsOf(outputsOf(info), teachers, rows.design.columns, settings)
    const ascent = taskAscent(rows, components, ascending)
    let state = ascent.begin(posterior)
    while (!state.converged && state.sweeps < settings.maxSteps) state = ascent.sweep(state)
    return state
  }
  const alone = settled(unseenPosterior(size, priorVariance, firstNoise(settings)), [])
  const { means, logDeviations, noiseVariance } =
    settings.outerSteps > 1 ? settled(alone, teachersOf(parameters, tasks)) : alone
  return { means, variances: logDeviations.map((value) => Math.exp(2 * value)), noiseVariance }
}
