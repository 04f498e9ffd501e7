import { readModel } from '../model-directory/read.ts'
import { stemOf } from '../data/load-list.ts'
import type { Host } from '../host.ts'
import { writeAll, writeFileWhole } from '../output.ts'
import { csvLine } from '../text/csv.ts'
import { predictRequest } from './options.ts'
import { predictFiles } from './predict-files.ts'
import type { PredictedFiles } from './predict-files.ts'
import { predictionColumns } from './prediction-table.ts'
import type { Column } from './prediction-table.ts'

/**
 * `mtl predict`: the rows of new tables, with what a stored model predicts for each.
 * @throws MtlError for a model, a file or an option that is wrong
 */
export async function runPredict(
  folder: string,
  files: readonly string[],
  given: Readonly<Record<string, unknown>>,
  host: Host,
): Promise<void> {
  const request = predictRequest(given)
  const stored = await readModel(folder, host.plugins)
  const predicted = await predictFiles(stored, files, request, false, host)
  const pieces = csvPieces(predicted, request.confidence, stored.run.layout === 'list')
  if (request.out === undefined) await writeAll(host.stdout, pieces)
  else writeFileWhole(request.out, pieces)
}

/** All rows of all tables, in order; of a list the task comes first, and a table lacks the columns that others have. */
function* csvPieces(
  { tables, predictions, data }: PredictedFiles,
  confidence: number,
  isList: boolean,
): Generator<string> {
  const predictionOf = new Map(data.tasks.map((task, t) => [task, predictions[t]]))
  const parts = tables.map(({ table, tasks }) => {
    const own = tasks.flatMap((task) => {
      const prediction = predictionOf.get(task)
      return prediction === undefined ? [] : [{ task, prediction }]
    })
    const rowColumns: Column[] = Object.entries(table.columns).map(([name, cells]) => ({
      name,
      cells: Array.from(cells, (cell) => String(cell ?? '')),
    }))
    const stem = stemOf(table.file)
    const tasksOfRows: Column = { name: 'task', cells: rowColumns[0].cells.map(() => stem) }
    return [
      ...(isList && !Object.hasOwn(table.columns, 'task') ? [tasksOfRows] : []),
      ...rowColumns,
      ...predictionColumns(table.columns, own, confidence),
    ]
  })
  const names = [...new Set(parts.flatMap((columns) => columns.map(({ name }) => name)))]
  yield csvLine(names)
  for (const columns of parts) {
    const byName = new Map(columns.map((column) => [column.name, column.cells]))
    const ordered = names.map((name) => byName.get(name))
    for (let i = 0; i < columns[0].cells.length; i++) yield csvLine(ordered.map((cells) => cells?.[i]))
  }
}
