import { spreadOf } from '@mtl/core'
import type { Comparison, Dataset, EstimatorSummary, TaskKind } from '@mtl/core'
import { alignCells, truncate } from '../text/layout.ts'
import type { Align } from '../text/layout.ts'
import { figure, fixed, gain } from '../text/numbers.ts'
import { paint } from '../text/style.ts'
import type { Style } from '../text/style.ts'
import { intervalPlot } from './interval-plot.ts'

/** A figure of the table: a metric over all test rows of a target, under a head of two lines. */
interface Column {
  readonly head: readonly [string, string]
  readonly metric: string
  readonly format: 'share' | 'figure'
  readonly spread?: true
  /** In the target's unit: no mean over targets has a meaning. */
  readonly unit?: true
}

const columnsOf: Readonly<Record<TaskKind, readonly Column[]>> = {
  regression: [
    {
      head: ['expl. var.,', 'pooled, %'],
      metric: 'explained-variance-pooled',
      format: 'share',
      spread: true,
    },
    { head: ['', 'RMSE'], metric: 'rmse', format: 'figure', unit: true },
    { head: ['', 'NLL'], metric: 'negative-log-likelihood', format: 'figure', unit: true },
    { head: ['covers', '(90 %)'], metric: 'interval-coverage-90', format: 'share' },
  ],
  binary: [
    { head: ['AUC,', '%'], metric: 'auc', format: 'share', spread: true },
    { head: ['log', 'loss'], metric: 'log-loss', format: 'figure' },
    { head: ['calibration', 'error, %'], metric: 'calibration-error', format: 'share' },
  ],
  multiclass: [
    { head: ['accuracy,', '%'], metric: 'accuracy', format: 'share', spread: true },
    { head: ['log', 'loss'], metric: 'log-loss', format: 'figure' },
    { head: ['calibration', 'error, %'], metric: 'calibration-error', format: 'share' },
  ],
}

const reference = 'single-task'
const shortestName = 10
const plotCells = 21

/** Methods as rows, best first by their gain over all test rows; the last columns judge them. */
export function methodsTable(comparison: Comparison, data: Dataset, style: Style): string[] {
  const methods = ordered(comparison)
  const columns = shownColumns(data).filter(({ metric }) => defined(comparison, methods, metric))
  const summaries = new Map(
    comparison.summaries.filter(({ baseline }) => baseline === reference).map((s) => [s.estimator, s]),
  )
  const plots = intervalPlot(
    methods.map((name) =>
      comparison.decision === 'too-little-data' ? undefined : summaries.get(name)?.overall,
    ),
    plotCells,
    style.symbols,
  )
  const judged = methods.includes(reference) && summaries.size > 0
  const rows = methods.map((name, i) => [
    name,
    ...columns.map((column) => cell(comparison, name, column, style)),
    ...(judged
      ? [
          gainCell(summaries.get(name), name, style),
          judgement(comparison, summaries.get(name), name, style),
          plots[i],
        ]
      : []),
  ])
  const heads = [0, 1].map((line) => [
    line === 0 ? '' : 'method',
    ...columns.map(({ head }) => head[line]),
    ...(judged ? [line === 0 ? 'gain in % over' : `${reference} (95 %)`, '', ''] : []),
  ])
  const aligns: Align[] = ['left', ...columns.map(() => 'right' as const), 'left', 'left', 'left']
  return fitted([...heads, ...rows], aligns, style).map((line, i) =>
    i < heads.length ? line : painted(line, summaries.get(methods[i - heads.length]), comparison, style),
  )
}

/** The methods that were fitted, by their gain against separate models; the reference stands at zero. */
function ordered({ scores, seconds, summaries }: Comparison): string[] {
  const gains = new Map(
    summaries.filter(({ baseline }) => baseline === reference).map((s) => [s.estimator, s]),
  )
  const fitted = scores.estimators.filter((name) => !Number.isNaN(seconds[name] ?? NaN))
  const worth = (name: string): number => {
    const mean = gains.get(name)?.overall.mean ?? (name === reference ? 0 : NaN)
    return Number.isNaN(mean) ? -Infinity : mean
  }
  return fitted.sort((a, b) => worth(b) - worth(a) || 0)
}

/** Of one kind all its figures, without those in units where units differ; of several kinds two each. */
function shownColumns(data: Dataset): Column[] {
  const kinds = [...new Set(data.tasks.map(({ kind }) => kind))]
  return kinds.flatMap((kind) => {
    const targets = new Set(data.tasks.filter((task) => task.kind === kind).map(({ target }) => target))
    const comparable = columnsOf[kind].filter(({ unit }) => unit !== true || targets.size === 1)
    return kinds.length === 1 ? comparable : comparable.slice(0, 2)
  })
}

/** Half of the methods have this figure. */
function defined({ overall }: Comparison, methods: readonly string[], metric: string): boolean {
  const having = methods.filter((name) => !Number.isNaN(spreadOf(overall, name, metric).mean))
  return 2 * having.length >= methods.length && having.length > 0
}

function cell(
  { overall }: Comparison,
  name: string,
  { metric, format, spread }: Column,
  style: Style,
): string {
  const { mean, deviation } = spreadOf(overall, name, metric)
  const { symbols } = style
  const text = format === 'share' ? fixed(100 * mean, 1, symbols) : figure(mean, symbols)
  if (spread !== true || Number.isNaN(deviation)) return text
  return `${text} ${symbols.plusMinus} ${fixed(100 * deviation, 1, symbols)}`
}

function gainCell(summary: EstimatorSummary | undefined, name: string, { symbols }: Style): string {
  if (name === reference) return ''
  return summary === undefined || Number.isNaN(summary.overall.mean)
    ? symbols.none
    : gain(summary.overall, symbols)
}

function judgement(
  { decision }: Comparison,
  summary: EstimatorSummary | undefined,
  name: string,
  { symbols }: Style,
): string {
  if (name === reference) return `${symbols.baseline} baseline`
  if (summary === undefined || Number.isNaN(summary.overall.mean)) return ''
  // What decides nothing names no winners and no losers.
  if (decision === 'too-little-data') return ''
  const { verdict } = summary
  return `${verdict === 'helps' ? symbols.helps : verdict === 'hurts' ? symbols.hurts : symbols.undecided} ${verdict}`
}

/** The rows aligned; what would not fit loses the plot, then space between columns, then ends of names. */
function fitted(
  rows: readonly (readonly string[])[],
  aligns: readonly Align[],
  { width }: Style,
): readonly string[] {
  const bare = rows.map((row) => (row.length === aligns.length ? row.slice(0, -1) : row))
  const tries = [alignCells(rows, aligns), alignCells(bare, aligns), alignCells(bare, aligns, 1)]
  const excess = tries.map((lines) => Math.max(...lines.map((line) => line.length)) - width)
  const fits = excess.findIndex((more) => more <= 0)
  if (fits >= 0) return tries[fits]
  const longest = Math.max(...rows.map(([name]) => name.length))
  const room = Math.max(shortestName, longest - excess[2])
  return alignCells(
    bare.map(([name, ...cells]) => [truncate(name, room), ...cells]),
    aligns,
    1,
  )
}

function painted(
  line: string,
  summary: EstimatorSummary | undefined,
  { recommended, decision }: Comparison,
  style: Style,
): string {
  if (decision === 'too-little-data') return paint(line, 'muted', style)
  const tone = summary?.verdict === 'helps' ? 'help' : summary?.verdict === 'hurts' ? 'hurt' : 'muted'
  return summary?.estimator === recommended
    ? paint(paint(line, tone, style), 'bold', style)
    : paint(line, tone, style)
}
