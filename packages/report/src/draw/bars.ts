import type { BarsView } from '@mtl/core'
import { figure, interval } from '../text/numbers.ts'
import { drawBins } from './bars-binned.ts'
import { drawRanks } from './bars-ranked.ts'
import { drawRows } from './bars-rows.ts'
import type { Drawing } from './drawing.ts'
import { extent } from './extent.ts'
import { toneMarks } from './shapes.ts'
import type { Shape, Tone } from './shapes.ts'
import type { TableContent } from './table.ts'

/** What a comparison knows of its bars beyond the view. */
export interface BarsExtras {
  /** Colour and shape of each, in the order of the labels. */
  readonly tones?: readonly Tone[]
  /** A last column of the table, in the same order. */
  readonly words?: { readonly title: string; readonly values: readonly string[] }
  /** A strip of sizes below, in the same order. */
  readonly sizes?: { readonly title: string; readonly values: ArrayLike<number> }
  /** Above the axis: 'points of RMSE'. */
  readonly unit?: string
  /** At the right above the chart: 'better together: 115, worse: 45'. */
  readonly finding?: string
  /** What a bar is, in the singular: 'school'. */
  readonly noun?: string
}

/** One bar, as it is drawn. */
export interface Bar {
  readonly label: string
  readonly value: number
  readonly lower: number
  readonly upper: number
  readonly size: number
  readonly className: string
  readonly shape: Shape
  /** Its interval decides something: it stands out among many. */
  readonly strong: boolean
}

const mostNamed = 40
const mostLines = 400

/** Bars: named rows for few; one line each for some hundred; a curve of ranks with bands for thousands. Undefined: a table says it. */
export function drawBars(
  view: BarsView,
  width: number,
  document: Document,
  extras: BarsExtras = {},
): Drawing | undefined {
  const bars = barsOf(view, extras)
  const finite = bars.filter(({ value }) => Number.isFinite(value))
  const range = extent(view.values)
  if (range === undefined || finite.length < 2 || (range[0] === range[1] && !hasIntervals(view)))
    return undefined
  const whole = extent(view.values, view.lower, view.upper)
  if (whole === undefined) return undefined
  if (bars.length <= mostNamed) {
    const rows =
      view.sorted === true ? ranked(finite).concat(bars.filter((bar) => !finite.includes(bar))) : bars
    return drawRows(view, rows, width, document, extras)
  }
  return finite.length <= mostLines
    ? drawRanks(view, ranked(finite), width, document, extras)
    : drawBins(view, ranked(finite), width, document, extras)
}

/** Whether bars are points with intervals rather than lengths from zero. */
export function hasIntervals({ lower, upper }: BarsView): boolean {
  return lower !== undefined && upper !== undefined
}

function barsOf({ labels, values, lower, upper }: BarsView, { tones, sizes }: BarsExtras): Bar[] {
  const at = (numbers: ArrayLike<number> | undefined, i: number): number => numbers?.[i] ?? NaN
  return labels.map((label, i) => {
    const own = { value: at(values, i), lower: at(lower, i), upper: at(upper, i), size: at(sizes?.values, i) }
    const tone = tones?.[i]
    if (tone === undefined)
      return { label, ...own, shape: 'circle', className: 'c1', strong: own.lower > 0 || own.upper < 0 }
    return { label, ...own, ...toneMarks[tone], strong: tone === 'helps' || tone === 'hurts' }
  })
}

function ranked(bars: readonly Bar[]): Bar[] {
  return [...bars].sort((a, b) => b.value - a.value)
}

/** The same as rows of a table, the largest first where the view is sorted or long. */
export function barsTable(view: BarsView, { words, sizes, noun = '' }: BarsExtras = {}): TableContent {
  const { labels, values, lower, upper, sorted } = view
  const order = [...labels.keys()]
  const rank = (value: number): number => (Number.isNaN(value) ? -Infinity : value)
  if (sorted === true || labels.length > mostNamed)
    order.sort((i, j) => rank(values[j]) - rank(values[i]) || 0)
  const withIntervals = lower !== undefined && upper !== undefined
  return {
    columns: [
      noun,
      ...(sizes ? [sizes.title] : []),
      'value',
      ...(withIntervals ? ['interval'] : []),
      ...(words ? [words.title] : []),
    ],
    rows: order.map((i) => [
      labels[i],
      ...(sizes ? [sizes.values[i]] : []),
      values[i] ?? NaN,
      ...(withIntervals ? [interval({ lower: lower[i], upper: upper[i] }, 2)] : []),
      ...(words ? [words.values[i]] : []),
    ]),
  }
}

/** 'from -1 to 2', for who cannot see a chart. */
export function spoken(bars: readonly Bar[]): string {
  const range = extent(bars.map(({ value }) => value))
  return range === undefined ? '' : `from ${figure(range[0])} to ${figure(range[1])}`
}
