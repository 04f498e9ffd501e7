import type { Dataset } from '@mtl/core'
import type { LoadedData } from '../data/loaded-data.ts'
import type { ColumnProfile } from '../data/profile.ts'
import { dataLine } from '../report/data-line.ts'
import { alignCells, truncate, wrap } from '../text/layout.ts'
import { count, figure } from '../text/numbers.ts'
import type { Style } from '../text/style.ts'
import { labelsOf, summariseFeatures } from './inspect-data.ts'
import type { DataWarning, FeatureSummary } from './inspect-data.ts'

const mostTasks = 12
const mostFeatures = 30
const widestName = 28

/** Tasks, inputs and warnings as text. */
export function* dataPieces(
  loaded: LoadedData,
  warnings: readonly DataWarning[],
  style: Style,
): Generator<string> {
  yield `${dataLine(loaded, style)}\n`
  yield `\n${taskLines(loaded.data).join('\n')}\n`
  yield `\n${featureLines(summariseFeatures(loaded.data), style).join('\n')}\n`
  yield* warningPieces(warnings, style)
}

/** A table of which it is not known what is to be predicted: its columns, and what has to be said. */
export function* openPieces(
  found: {
    readonly lacking: readonly string[]
    readonly columns: readonly ColumnProfile[]
    readonly warnings: readonly DataWarning[]
  },
  style: Style,
): Generator<string> {
  const shown = found.columns.slice(0, mostFeatures)
  const rows = shown.map(({ name, numbers, distinct, rows: all, filled }) => [
    truncate(name, widestName),
    numbers === 0 ? 'text' : numbers === filled ? 'numbers' : 'mixed',
    count(distinct),
    count(all - filled),
  ])
  const heads = ['column', 'cells', 'different', 'empty']
  yield `${alignCells([heads, ...rows], ['left', 'left', 'right', 'right']).join('\n')}\n`
  const rest = found.columns.length - mostFeatures
  if (rest > 0) yield `  and ${rest} more columns\n`
  yield* warningPieces(found.warnings, style)
  yield `\n${wrap(`No column looks as if it named tasks or was to be predicted: say ${found.lacking.join(' and ')}, or several targets as --target a,b.`, style.width)}\n`
}

function* warningPieces(warnings: readonly DataWarning[], style: Style): Generator<string> {
  if (warnings.length > 0) yield '\n'
  for (const { code, message } of warnings)
    yield `${wrap(`warning [${code}]: ${message}`, style.width, '  ')}\n`
}

/** The tasks with the most rows and those with the fewest. */
function taskLines({ tasks }: Dataset): string[] {
  const bySize = [...tasks].sort((a, b) => labelsOf(b) - labelsOf(a))
  const half = mostTasks / 2
  const many = bySize.length > mostTasks
  const shown = many ? [...bySize.slice(0, half), ...bySize.slice(-half)] : bySize
  const rows = shown.map((task) => {
    const labels = labelsOf(task)
    const missing = task.targets.length - labels
    return [truncate(task.name, widestName), task.kind, ...[task.targets.length, labels, missing].map(count)]
  })
  const lines = alignCells(
    [['task', 'kind', 'rows', 'labels', 'missing'], ...rows],
    ['left', 'left', 'right', 'right', 'right'],
  )
  if (!many) return lines
  const between = `  and ${bySize.length - shown.length} between, by labels; the median has ${count(labelsOf(bySize[Math.floor(bySize.length / 2)]))}`
  return [...lines.slice(0, half + 1), between, ...lines.slice(half + 1)]
}

function featureLines(features: readonly FeatureSummary[], { symbols }: Style): string[] {
  if (features.length === 0) return ['no inputs']
  const rows = features
    .slice(0, mostFeatures)
    .map(({ column, type, least, most, levels, missing }) => [
      truncate(column, widestName),
      type,
      type === 'number'
        ? `${figure(least ?? NaN, symbols)} to ${figure(most ?? NaN, symbols)}`
        : truncate(`${levels.length}: ${levels.join(', ')}`, widestName),
      count(missing),
    ])
  const lines = alignCells(
    [['input', 'type', 'values', 'missing'], ...rows],
    ['left', 'left', 'left', 'right'],
  )
  const rest = features.length - mostFeatures
  return rest > 0 ? [...lines, `  and ${rest} more inputs`] : lines
}
