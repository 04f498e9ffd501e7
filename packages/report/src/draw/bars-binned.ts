import { areaY, lineY } from '@observablehq/plot'
import type { Markish } from '@observablehq/plot'
import type { BarsView } from '@mtl/core'
import { count } from '../text/numbers.ts'
import { barsTable, hasIntervals, spoken } from './bars.ts'
import type { Bar, BarsExtras } from './bars.ts'
import { endLabels, heading } from './bars-ranked.ts'
import { chart, isNarrow } from './chart.ts'
import { note } from './drawing.ts'
import type { Drawing } from './drawing.ts'
import { extent, fromZero, padded, quantile } from './extent.ts'
import { axisRoom, tickFormat, yAxis } from './marks.ts'
import { table } from './table.ts'
import { ticks } from './ticks.ts'

const bins = { wide: 200, narrow: 100 }
const head = 26
const atEachEnd = 10

interface Bin {
  readonly rank: number
  readonly mean: number
  /** Quantiles of the lower ends and of the upper ends: nine in ten, half. */
  readonly lower: readonly [number, number]
  readonly upper: readonly [number, number]
}

/** A curve over the ranks; bands from the low ends to the high ends of the intervals; the first and the last by name. */
export function drawBins(
  view: BarsView,
  bars: readonly Bar[],
  width: number,
  document: Document,
  extras: BarsExtras,
): Drawing {
  const narrow = isNarrow(width)
  const intervals = hasIntervals(view)
  const binned = binsOf(bars, narrow ? bins.narrow : bins.wide)
  const range = extent(
    bars.map(({ value }) => value),
    intervals ? binned.flatMap(({ lower, upper }) => [lower[0], upper[0]]) : [0],
  )
  const domain = intervals ? padded(range ?? [0, 1], 0.03) : fromZero(range ?? [0, 1])
  const marks = ticks(...domain, 4)
  const signed = domain[0] < 0 && domain[1] > 0
  const left = axisRoom(marks, tickFormat(marks, signed), narrow ? 40 : 48)
  const body = 220
  const drawn = chart(
    document,
    {
      width,
      height: head + body + 26,
      label: `${view.title}: ${count(bars.length)} of them, largest first, ${spoken(bars)}`,
      margins: { top: head, right: 4, bottom: 26, left },
      x: [-0.5, bars.length - 0.5],
      y: domain,
    },
    [
      ...yAxis(marks, signed),
      ...(intervals ? [band(binned, 0), band(binned, 1)] : [floorArea(binned)]),
      lineY(binned, { x: 'rank', y: 'mean', className: 'l w2 ink0' }),
      ...heading(extras, width, 11),
      ...endLabels(bars, head + body + 18, left, width, extras),
    ],
  )
  return [
    intervals
      ? note(
          document,
          'The line is the value. Bands run from the low ends to the high ends of the intervals: dark for half of them, light for nine in ten.',
        )
      : undefined,
    drawn,
    ends(view, document, extras),
  ]
}

function binsOf(bars: readonly Bar[], most: number): Bin[] {
  return Array.from({ length: most }, (_, k) => {
    const from = Math.floor((k * bars.length) / most)
    const some = bars.slice(from, Math.max(from + 1, Math.floor(((k + 1) * bars.length) / most)))
    const ends = (of: (bar: Bar) => number): number[] => {
      const finite = some
        .map(of)
        .filter(Number.isFinite)
        .sort((a, b) => a - b)
      return finite.length === 0 ? [NaN] : finite
    }
    const lower = ends((bar) => bar.lower)
    const upper = ends((bar) => bar.upper)
    return {
      rank: from + (some.length - 1) / 2,
      mean: some.reduce((sum, { value }) => sum + value / some.length, 0),
      lower: [quantile(lower, 0.05), quantile(lower, 0.25)],
      upper: [quantile(upper, 0.95), quantile(upper, 0.75)],
    }
  })
}

function band(binned: readonly Bin[], k: 0 | 1): Markish {
  return areaY(binned, {
    x: 'rank',
    y1: ({ lower }: Bin) => lower[k],
    y2: ({ upper }: Bin) => upper[k],
    className: 'band even',
  })
}

function floorArea(binned: readonly Bin[]): Markish {
  return areaY(binned, { x: 'rank', y1: 0, y2: 'mean', className: 'band even' })
}

function ends(view: BarsView, document: Document, extras: BarsExtras): HTMLElement {
  const { columns, rows } = barsTable({ ...view, sorted: true }, extras)
  const gap = columns.map((_, j) => (j === 0 ? `${count(rows.length - 2 * atEachEnd)} between` : ''))
  return table(document, {
    columns,
    rows: [...rows.slice(0, atEachEnd), gap, ...rows.slice(-atEachEnd)],
    caption: 'The first and the last ten',
  })
}
