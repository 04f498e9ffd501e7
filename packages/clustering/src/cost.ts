import type { Dataset, TrainingCost } from '@mtl/core'
import { freedomOf } from './choice.ts'
import { candidateGroups, startsOf } from './fit-candidates.ts'
import { hiddenUnits, type Layout } from './layout.ts'
import type { Settings } from './options.ts'

/** Evaluations that a start usually takes. */
const evaluations = 100
/** The mode of a class is searched. */
const modeSearch = 4

/** All candidates, starts and folds; parameters and memory of the largest candidate. */
export function costOf({ tasks }: Dataset, settings: Settings): TrainingCost {
  const [{ kind, classes, features, descriptor }] = tasks
  const numeric = kind === 'regression'
  const rows = tasks.reduce((sum, { targets }) => sum + targets.filter((y) => !Number.isNaN(y)).length, 0)
  const terms = 1 + (descriptor?.length ?? 0)
  const groups = candidateGroups(settings, {
    inputs: features.length + 1,
    meanTerms: settings.priorMean === 'descriptor' ? terms : 1,
    gateTerms: settings.gating === 'descriptor' ? terms : 1,
    outputs: kind === 'multiclass' ? classes.length : 1,
  })
  const fitted = groups.flatMap(({ one, layouts }) => [
    one,
    ...layouts.filter(({ clusters }) => clusters > 1),
  ])
  const size = { rows, tasks: tasks.length }
  const once = fitted.reduce(
    (sum, layout) => sum + startsOf(layout, settings) * evaluations * evaluationOf(layout, size, numeric),
    0,
  )
  const folds = settings.criterion === 'held-out-tasks' ? Math.min(settings.folds, tasks.length) : 0
  return {
    parameters: Math.max(...fitted.map((layout) => parameterCount(layout, tasks.length, numeric))),
    operations: (1 + folds) * once + 2 * rows * (features.length + 1) ** 2,
    bytes: Math.max(...fitted.map((layout) => bytesOf(layout, size))),
  }
}

interface Size {
  readonly rows: number
  readonly tasks: number
}

/** Of the value and the slope. */
function evaluationOf(layout: Layout, { rows, tasks }: Size, numeric: boolean): number {
  const { activation, inputs: d, units: p, clusters, outputs } = layout
  const overRows = 6 * rows * hiddenUnits(layout) * (d - 1 + p)
  const overInputs = { identity: 0, linear: 4 * tasks * p * d ** 2, tanh: overRows }[activation]
  const cost = overInputs + 4 * tasks * clusters * p ** 3
  return outputs * (numeric ? cost : modeSearch * (cost + 2 * rows * clusters * p ** 2))
}

function parameterCount(layout: Layout, tasks: number, numeric: boolean): number {
  const { units: p, clusters, inputs, outputs } = layout
  const posterior = tasks * clusters * (p + (p * (p + 1)) / 2)
  return (
    freedomOf(layout, numeric).prior + hiddenUnits(layout) * inputs + (numeric ? 1 : 0) + outputs * posterior
  )
}

function bytesOf(layout: Layout, { rows, tasks }: Size): number {
  const { activation, inputs: d, units: p, clusters, outputs } = layout
  const statistics = activation === 'tanh' ? 0 : tasks * d ** 2
  return 8 * (rows * (d + 1) + statistics + outputs * tasks * clusters * (p * p + p + 1))
}
