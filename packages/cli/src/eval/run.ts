import { datasetFromTable, evaluate, fingerprint } from '@mtl/core'
import type { Dataset, Evaluation } from '@mtl/core'
import type { LoadedData } from '../data/loaded-data.ts'
import type { Host } from '../host.ts'
import { readModel } from '../model-directory/read.ts'
import type { StoredModel } from '../model-directory/types.ts'
import { writeAll } from '../output.ts'
import { predictRequest } from '../predict/options.ts'
import { predictFiles } from '../predict/predict-files.ts'
import type { PredictedFiles } from '../predict/predict-files.ts'
import { dataLine } from '../report/data-line.ts'
import { dataMember } from '../report/json.ts'
import { alignCells, truncate, wrap } from '../text/layout.ts'
import { figure } from '../text/numbers.ts'
import { styleFor } from '../text/style.ts'
import type { Style } from '../text/style.ts'

/**
 * `mtl eval`: how well a stored model predicts the targets of new tables, by task and over all rows.
 * @throws MtlError for a model, a file or an option that is wrong
 */
export async function runEval(
  folder: string,
  files: readonly string[],
  given: Readonly<Record<string, unknown>>,
  host: Host,
): Promise<void> {
  const request = predictRequest(given)
  const stored = await readModel(folder, host.plugins)
  const predicted = await predictFiles(stored, files, request, true, host)
  const { estimator } = stored.model
  const found = evaluate(predicted.data, predicted.predictions)
  const loaded = loadedOf(stored, files, predicted)
  if (request.json) {
    await writeAll(host.stdout, jsonPieces(loaded, estimator, found))
    return
  }
  const style = styleFor(host.stdout, host.environment)
  await writeAll(host.stdout, [
    `${dataLine(loaded, style)}\n`,
    `${wrap(`measured: ${estimator}, stored in ${folder}`, style.width, '  ')}\n`,
    ...overallPieces(found, predicted.data, style),
    ...taskPieces(found, predicted.data, style),
  ])
  if (isTrainingData(stored, predicted))
    host.stderr.write(
      'note: the model was trained on these very rows, so the figures are better than on others; mtl compare measures on held-out rows\n',
    )
}

function loadedOf(
  { description, run }: StoredModel,
  files: readonly string[],
  read: PredictedFiles,
): LoadedData {
  const { features = [], descriptorFeatures = [] } = read.data.tasks.at(0) ?? {}
  return {
    data: read.data,
    file: files.join(' '),
    title: files.length > 1 ? `${files.length} files` : files[0],
    layout: run.layout,
    taskNoun: run.taskNoun,
    description,
    rows: read.tables.reduce((sum, { table }) => sum + Object.values(table.columns)[0].length, 0),
    inputs: [...new Set(features.map(({ column }) => column))],
    descriptors: [...new Set(descriptorFeatures.map(({ column }) => column))],
    notes: [],
  }
}

/** Whether the rows, read anew, are those of the training. */
function isTrainingData({ description, run }: StoredModel, { tables }: PredictedFiles): boolean {
  const [{ table }] = tables
  const named = [description.inputs, description.descriptor ?? []].flat()
  const isWhole = named.every((name) =>
    Object.hasOwn(table.columns, typeof name === 'string' ? name : name.column),
  )
  return (
    tables.length === 1 &&
    isWhole &&
    fingerprint(datasetFromTable(table.columns, description)) === run.fingerprint
  )
}

/** JSON writes what is not finite as null. */
function* jsonPieces(
  loaded: LoadedData,
  estimator: string,
  { scores, overall }: Evaluation,
): Generator<string> {
  yield `{\n"data":${JSON.stringify(dataMember(loaded))},\n"estimator":${JSON.stringify(estimator)},\n"scores":[`
  for (const [i, score] of scores.entries())
    yield `${i === 0 ? '' : ','}\n${JSON.stringify({ estimator, ...score })}`
  yield '],\n"overall":['
  for (const [i, value] of overall.entries())
    yield `${i === 0 ? '' : ','}\n${JSON.stringify({ estimator, ...value })}`
  yield ']\n}\n'
}

/** Of each target, what was measured over all rows together and as a mean over tasks. */
function overallPieces({ overall }: Evaluation, { tasks }: Dataset, { symbols }: Style): string[] {
  const targets = new Set(tasks.map(({ target }) => target))
  return [...targets].flatMap((target) => {
    const values = new Map(
      overall.filter((value) => value.target === target).map(({ metric, value }) => [metric, value]),
    )
    const names = [...values.keys()].filter((name) => !name.endsWith('-task-mean'))
    const rows = names.map((name) => [
      name,
      figure(values.get(name) ?? NaN, symbols),
      values.has(`${name}-task-mean`) ? figure(values.get(`${name}-task-mean`) ?? NaN, symbols) : '',
    ])
    const lines = alignCells([[target, 'all rows', 'mean over tasks'], ...rows], ['left', 'right', 'right'])
    return ['\n', ...lines.map((line) => `${line}\n`)]
  })
}

/** Metrics and tasks that are shown; JSON has them all. */
const mostMetrics = 4
const mostTasks = 12
const widestName = 24

/** The tasks that are predicted worst by the first metric of their kind, and a count of the others. */
function taskPieces({ scores }: Evaluation, { tasks }: Dataset, { symbols }: Style): string[] {
  const pieces: string[] = []
  for (const kind of new Set(tasks.map((task) => task.kind))) {
    const names = new Set(tasks.filter((task) => task.kind === kind).map(({ name }) => name))
    const own = scores.filter(({ task }) => names.has(task))
    const metrics = [...new Set(own.map(({ metric }) => metric))].slice(0, mostMetrics)
    const byTask = new Map<string, Map<string, number>>()
    for (const { task, metric, value } of own)
      byTask.set(task, (byTask.get(task) ?? new Map<string, number>()).set(metric, value))
    // The first metric of a kind is an error or a loss: the larger, the worse.
    const first = (values: ReadonlyMap<string, number>): number => values.get(metrics[0]) ?? NaN
    const worst = [...byTask].sort(([, a], [, b]) => first(b) - first(a)).slice(0, mostTasks)
    if (worst.length === 0) continue
    const rows = worst.map(([name, values]) => [
      truncate(name, widestName),
      ...metrics.map((metric) => figure(values.get(metric) ?? NaN, symbols)),
    ])
    const lines = alignCells(
      [['task', ...metrics], ...rows],
      ['left', ...metrics.map(() => 'right' as const)],
    )
    const rest = byTask.size - worst.length
    pieces.push('\n', ...lines.map((line) => `${line}\n`))
    if (rest > 0) pieces.push(`  and ${rest} tasks with a lower ${metrics[0]}\n`)
  }
  return pieces
}
