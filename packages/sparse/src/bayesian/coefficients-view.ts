import type { ModelScaling, TaskInfo, View } from '@mtl/core'
import { originalCoefficients } from './original-coefficients.ts'
import type { SparseBayesianParameters } from './parameters.ts'

/** Most tasks and inputs of the table: a page of a report. */
const mostTasks = 60
const mostInputs = 8

/** Of each task, the most telling inputs first. */
export function coefficientsView(
  parameters: SparseBayesianParameters,
  tasks: readonly TaskInfo[],
  scaling?: ModelScaling,
): View {
  const { weights, weightDeviations, intercepts, interceptDeviations } = originalCoefficients({
    parameters,
    ...(scaling && { scaling }),
  })
  const shown = mostTelling(parameters, weights.columns)
  const unit = tasks[0].kind === 'binary' ? 'log-odds of the second class' : 'units of the target'
  return {
    kind: 'table',
    title: `Coefficients in the data’s own units: ${unit} for one of the input, with standard deviations`,
    reading: `The level is where all inputs are 0, which may lie far from the data.${
      shown.length < weights.columns
        ? ` Of ${weights.columns} inputs the ${shown.length} of the largest standardised weights.`
        : ''
    }${tasks.length > mostTasks ? ` The first ${mostTasks} of ${tasks.length} tasks.` : ''}`,
    columns: ['task', 'level', ...shown.map((j) => tasks[0].features[j].name)],
    rows: tasks
      .slice(0, mostTasks)
      .map(({ name }, t) => [
        name,
        withDeviation(intercepts[t], interceptDeviations[t]),
        ...shown.map((j) =>
          withDeviation(
            weights.data[t * weights.columns + j],
            weightDeviations.data[t * weights.columns + j],
          ),
        ),
      ]),
  }
}

/** Positions of the inputs by the mean square of their scaled weights. */
function mostTelling({ taskWeights }: SparseBayesianParameters, inputs: number): number[] {
  const squares = new Float64Array(inputs)
  for (let t = 0; t < taskWeights.rows; t++)
    for (let j = 0; j < inputs; j++) squares[j] += taskWeights.data[t * taskWeights.columns + j] ** 2
  return [...squares.keys()].sort((a, b) => squares[b] - squares[a] || a - b).slice(0, mostInputs)
}

/** Both to as many digits as the deviation's first two. */
function withDeviation(value: number, deviation: number): string {
  const decimals = deviation > 0 ? Math.min(12, Math.max(0, 1 - Math.floor(Math.log10(deviation)))) : 3
  return `${value.toFixed(decimals)} ± ${deviation.toFixed(decimals)}`
}
