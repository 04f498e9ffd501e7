import type { Markish } from '@observablehq/plot'
import type { BarsView } from '@mtl/core'
import { fitted, textWidth } from '../text/label.ts'
import { count } from '../text/numbers.ts'
import type { Bar, BarsExtras } from './bars.ts'
import { hasIntervals, spoken } from './bars.ts'
import { chart, isNarrow } from './chart.ts'
import type { Drawing } from './drawing.ts'
import { extent, fromZero, padded, quantile } from './extent.ts'
import type { Extent } from './extent.ts'
import { axisRoom, markers, path, text, texts, tickFormat, yAxis } from './marks.ts'
import { tenth } from './shapes.ts'
import { ticks } from './ticks.ts'

const strip = { gap: 34, height: 46 }
const head = 34
/** So many of the bounds may be cut at either side: a few wide intervals would flatten all others. */
const cutShare = 0.05

/** One line for each bar, the largest first; intervals that decide something stand out, sizes follow in a strip below. */
export function drawRanks(
  view: BarsView,
  bars: readonly Bar[],
  width: number,
  document: Document,
  extras: BarsExtras,
): Drawing {
  const narrow = isNarrow(width)
  const intervals = hasIntervals(view)
  const domain = frameOf(bars, intervals)
  const signed = domain[0] < 0 && domain[1] > 0
  const marks = ticks(...domain, 5)
  const left = axisRoom(marks, tickFormat(marks, signed), narrow ? 40 : 48)
  const body = narrow ? 230 : 280
  const sized = extras.sizes !== undefined && extent(bars.map(({ size }) => size)) !== undefined
  const height = head + body + 24 + (sized ? strip.gap + strip.height : 0)
  const bottom = height - head - body
  const drawn = chart(
    document,
    {
      width,
      height,
      label: `${view.title}: ${count(bars.length)} of them, largest first, ${spoken(bars)}`,
      margins: { top: head, right: 4, bottom, left },
      x: [-0.5, bars.length - 0.5],
      y: domain,
    },
    [
      ...yAxis(marks, signed),
      ...(intervals ? intervalMarks(bars, domain, narrow) : [lengths(bars, domain, width - left)]),
      ...heading(extras, width, 12),
      ...(sized ? sizeStrip(bars, extras, height - 24, left, width) : []),
      ...endLabels(bars, height - 7, left, width, extras),
    ],
  )
  return [drawn]
}

/** Holds every value; of the ends of intervals all but the outermost. */
function frameOf(bars: readonly Bar[], intervals: boolean): Extent {
  const values = extent(bars.map(({ value }) => value)) ?? [0, 1]
  if (!intervals) return fromZero(values)
  const ends = (of: (bar: Bar) => number): number[] =>
    bars
      .map(of)
      .filter(Number.isFinite)
      .sort((a, b) => a - b)
  const lower = ends(({ lower: end }) => end)
  const upper = ends(({ upper: end }) => end)
  const low = lower.length === 0 ? values[0] : Math.min(values[0], quantile(lower, cutShare))
  const high = upper.length === 0 ? values[1] : Math.max(values[1], quantile(upper, 1 - cutShare))
  return padded([low, high], 0.04)
}

function lengths(bars: readonly Bar[], [low, high]: Extent, room: number): Markish {
  const zero = Math.min(Math.max(0, low), high)
  const thickness = Math.max(1, (room / bars.length) * 0.6)
  return path(
    'l bars',
    (x, y) => bars.map(({ value }, i) => `M${tenth(x(i))} ${tenth(y(zero))}V${tenth(y(value))}`).join(''),
    { 'stroke-width': tenth(thickness) },
  )
}

function intervalMarks(bars: readonly Bar[], domain: Extent, narrow: boolean): Markish[] {
  const weak = bars.filter(({ strong }) => !strong)
  const strong = bars.filter((bar) => bar.strong)
  const place = new Map(bars.map((bar, i) => [bar, i]))
  const at = (bar: Bar): number => place.get(bar) ?? 0
  const lines = (className: string, some: readonly Bar[]): Markish =>
    path(className, (x, y) => some.map((bar) => cutLine(bar, x(at(bar)), domain, y)).join(''))
  const classes = new Map(strong.map((bar) => [bar.className, bar.shape]))
  return [
    lines('l faint', weak),
    markers(
      'even',
      'circle',
      narrow ? 1.1 : 1.7,
      weak.map((bar) => [at(bar), bar.value] as const),
    ),
    ...[...classes].flatMap(([className, shape]) => {
      const some = strong.filter((bar) => bar.className === className)
      return [
        lines(`l w2 ${className}`, some),
        markers(
          className,
          shape,
          narrow ? 3 : 4,
          some.map((bar) => [at(bar), bar.value] as const),
        ),
      ]
    }),
    path('l axis', (x, y) => bars.map((bar) => arrows(bar, x(at(bar)), domain, y)).join('')),
  ]
}

function cutLine(
  { lower, upper }: Bar,
  x: number,
  [low, high]: Extent,
  y: (value: number) => number,
): string {
  if (!(lower <= upper)) return ''
  return `M${tenth(x)} ${tenth(y(Math.max(low, lower)))}V${tenth(y(Math.min(high, upper)))}`
}

/** Where an interval runs on past the frame. */
function arrows({ lower, upper }: Bar, x: number, [low, high]: Extent, y: (value: number) => number): string {
  const arrow = (end: number, by: number): string =>
    `M${tenth(x - 2.5)} ${tenth(end + by)}L${tenth(x)} ${tenth(end)}L${tenth(x + 2.5)} ${tenth(end + by)}`
  return (lower < low ? arrow(y(low), -3.5) : '') + (upper > high ? arrow(y(high), 3.5) : '')
}

function sizeStrip(
  bars: readonly Bar[],
  { sizes }: BarsExtras,
  floor: number,
  left: number,
  width: number,
): Markish[] {
  const most = Math.max(...bars.map(({ size }) => (Number.isFinite(size) ? size : 0)), 1)
  const height = (size: number): number => ((Number.isFinite(size) ? size : 0) / most) * strip.height
  const marks = [
    0,
    ...ticks(0, most, 2)
      .values.filter((t) => t > 0 && height(t) > 14)
      .slice(-1),
  ]
  const thickness = Math.max(0.9, ((width - left) / bars.length) * 0.6)
  return [
    text('s', 'start', 0, floor - strip.height - 10, sizes?.title ?? ''),
    path('l rule', () => marks.map((t) => `M${left} ${tenth(floor - height(t))}H${width - 4}`).join('')),
    texts('s num', 'end', () =>
      marks.map((t) => ({ x: left - 6, y: floor - height(t) + 4, text: count(t) })),
    ),
    path(
      'l bars',
      (x) => bars.map(({ size }, i) => `M${tenth(x(i))} ${tenth(floor)}v${tenth(-height(size))}`).join(''),
      { 'stroke-width': tenth(thickness) },
    ),
  ]
}

/** What is measured at the left above the chart, what was found at the right, where both have room. */
export function heading({ unit = '', finding = '' }: BarsExtras, width: number, base: number): Markish[] {
  const both = textWidth(unit, 12) + textWidth(finding, 12) + 12 <= width
  return [
    text('s', 'start', 0, base, fitted(unit, width, 12, unit.length)),
    text('s', 'end', width - 4, base, both ? finding : ''),
  ]
}

/** The first and the last by name, and how many there are between them. */
export function endLabels(
  bars: readonly Bar[],
  base: number,
  left: number,
  width: number,
  { noun }: BarsExtras,
): Markish[] {
  const room = (width - left) / (isNarrow(width) ? 2.2 : 3)
  const name = ({ label }: Bar): string =>
    fitted(noun === undefined || noun === 'task' ? label : `${noun} ${label}`, room, 12)
  const between = isNarrow(width) ? '' : `${count(bars.length)}, largest first`
  return [
    text('s', 'start', left, base, name(bars[0])),
    text('s', 'middle', (left + width) / 2, base, between),
    text('s', 'end', width - 4, base, name(bars[bars.length - 1])),
  ]
}
