import { eachScore } from '@mtl/core'
import type { Comparison, CostEstimate, EstimatorSummary, Task } from '@mtl/core'
import type { LoadedData } from '../data/loaded-data.ts'

export interface JsonSettings {
  readonly methods: readonly string[]
  readonly splits: number
  readonly trainFraction: number
  readonly seed: number
  readonly versions: Readonly<Record<string, string>>
}

/**
 * The comparison as one JSON object, in pieces: scores and gains one object at a time, for there may be
 * millions. What is undefined is null.
 */
export function* jsonPieces(
  loaded: LoadedData,
  settings: JsonSettings,
  costs: readonly CostEstimate[],
  comparison: Comparison,
): Generator<string> {
  const { scores, overall, summaries, failures, seconds, pareto, decision, recommended, verdict } = comparison
  yield '{\n'
  yield `"data":${text(dataMember(loaded))},\n`
  yield `"settings":${text(settings)},\n`
  yield '"scores":['
  yield* listed(eachScore(scores))
  yield '],\n"overall":['
  yield* listed(overall)
  yield '],\n"summaries":['
  yield* separated(summaries, (summary) => summaryPieces(summary, scores.tasks))
  yield '],\n'
  const rest = { failures, costs, seconds, pareto, decision, recommended, verdict }
  yield `${text(rest).slice(1, -1)}\n}\n`
}

/** What the data is. */
export function dataMember({ file, layout, data, inputs, descriptors }: LoadedData): Record<string, unknown> {
  return { file, layout, tasks: data.tasks.map(taskMember), inputs, descriptors }
}

function taskMember({ name, kind, target, targets }: Task): unknown {
  const labels = targets.filter((value) => !Number.isNaN(value)).length
  return { name, kind, target, rows: targets.length, labels }
}

function* summaryPieces(
  { gains, ...summary }: EstimatorSummary,
  tasks: readonly string[],
): Generator<string> {
  const { estimator, baseline, ...rest } = summary
  yield `\n{"estimator":${text(estimator)},"baseline":${text(baseline)},"gains":[`
  yield* listed(eachGain(gains, tasks))
  yield `],${text(rest).slice(1)}`
}

function* eachGain(
  { metrics, mean, lower, upper, relative }: EstimatorSummary['gains'],
  tasks: readonly string[],
): Generator {
  for (let t = 0; t < tasks.length; t++) {
    yield {
      task: tasks[t],
      metric: metrics[t],
      mean: mean[t],
      lower: lower[t],
      upper: upper[t],
      relative: relative[t],
    }
  }
}

function* listed(values: Iterable<unknown>): Generator<string> {
  yield* separated(values, function* (value) {
    yield `\n${text(value)}`
  })
}

function* separated<Value>(
  values: Iterable<Value>,
  pieces: (value: Value) => Iterable<string>,
): Generator<string> {
  let first = true
  for (const value of values) {
    if (!first) yield ','
    first = false
    yield* pieces(value)
  }
}

/** JSON writes what is not finite as null. */
function text(value: unknown): string {
  return JSON.stringify(value)
}
