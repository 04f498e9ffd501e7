import type { Markish } from '@observablehq/plot'
import type { BarsView } from '@mtl/core'
import { fitted, textWidth } from '../text/label.ts'
import { digitsFor, fixed, interval, none } from '../text/numbers.ts'
import type { Bar, BarsExtras } from './bars.ts'
import { hasIntervals, spoken } from './bars.ts'
import { chart, isNarrow } from './chart.ts'
import type { Drawing } from './drawing.ts'
import { extent, fromZero, padded } from './extent.ts'
import { path, text, texts, withRoom, xGrid } from './marks.ts'
import { outline, tenth } from './shapes.ts'
import { ticks } from './ticks.ts'

const fewRows = 14
const widestLabel = 180
const below = 26

interface Layout {
  readonly narrow: boolean
  /** Of a row, and from its top to the middle of its mark. */
  readonly step: number
  readonly middle: number
  readonly left: number
  readonly right: number
}

/** Named rows: a point on its interval, or a bar from zero where there are no intervals. */
export function drawRows(
  view: BarsView,
  bars: readonly Bar[],
  width: number,
  document: Document,
  { unit }: BarsExtras,
): Drawing {
  const intervals = hasIntervals(view)
  const range = extent(view.values, view.lower, view.upper, [...(intervals ? [] : [0])]) ?? [0, 1]
  const digits = digitsFor(Math.max(...range.map(Math.abs)))
  const figures = bars.map((bar) => figureOf(bar, digits, intervals))
  const layout = layoutOf(bars, figures, width)
  const domain = intervals ? padded(range, 0.03) : fromZero(range)
  const bottom = bars.length * layout.step
  const marks = ticks(...domain, layout.narrow ? 4 : 6)
  // A zero line within the frame is a border between two signs.
  const signed = domain[0] < 0 && domain[1] > 0
  const top = unit === undefined ? 0 : 20
  const rowTop = (i: number): number => top + i * layout.step
  const grid: Markish[] = layout.narrow
    ? [path('l rule', (x) => marks.values.map((t) => segments(x(t), bars, rowTop, layout)).join(''))]
    : [xGrid(marks.values, 'l rule')]
  const drawn = chart(
    document,
    {
      width,
      height: top + bottom + below,
      label: `${view.title}: ${bars.length} rows ${spoken(bars)}`,
      margins: { top, right: layout.right, bottom: below, left: layout.left },
      x: domain,
      y: [0, 1],
    },
    [
      ...grid,
      signed ? path('l zero', (x) => segments(x(0), bars, rowTop, layout)) : undefined,
      ...rowMarks(bars, intervals, layout, rowTop, domain),
      ...rowTexts(bars, figures, width, layout, rowTop),
      texts('s num', 'middle', (x) =>
        withRoom(
          marks.values.map((t) => ({ x: x(t), y: top + bottom + 16, text: fixed(t, marks.digits, signed) })),
          width,
        ),
      ),
      unit === undefined
        ? undefined
        : text('s', 'start', layout.left, 12, fitted(unit, width - layout.left, 12)),
    ],
  )
  return [drawn]
}

function figureOf({ value, lower, upper }: Bar, digits: number, intervals: boolean): string {
  if (!Number.isFinite(value)) return none
  const shown = fixed(value, digits, intervals)
  const range = intervals ? interval({ lower, upper }, digits) : ''
  return range === '' ? shown : `${shown} ${range}`
}

function layoutOf(bars: readonly Bar[], figures: readonly string[], width: number): Layout {
  const few = bars.length <= fewRows
  const widestFigure = Math.max(...figures.map((f) => textWidth(f)))
  if (isNarrow(width))
    return { narrow: true, step: few ? 50 : 40, middle: few ? 34 : 29, left: 12, right: 12 }
  const widest = Math.max(...bars.map(({ label }) => textWidth(fitted(label, widestLabel))))
  const step = few ? 30 : 22
  return { narrow: false, step, middle: step / 2, left: widest + 18, right: widestFigure + 18 }
}

/** A line from the top to the bottom of each row, past its words on a phone. */
function segments(
  x: number,
  bars: readonly Bar[],
  rowTop: (i: number) => number,
  { narrow, step }: Layout,
): string {
  if (!narrow) return `M${tenth(x)} ${tenth(rowTop(0))}V${tenth(rowTop(bars.length))}`
  return bars.map((_, i) => `M${tenth(x)} ${tenth(rowTop(i) + 22)}V${tenth(rowTop(i) + step - 4)}`).join('')
}

function rowMarks(
  bars: readonly Bar[],
  intervals: boolean,
  { middle }: Layout,
  rowTop: (i: number) => number,
  domain: readonly [number, number],
): Markish[] {
  const at = bars
    .map((bar, i) => ({ bar, y: rowTop(i) + middle }))
    .filter(({ bar }) => Number.isFinite(bar.value))
  if (!intervals) {
    const zero = Math.min(Math.max(0, domain[0]), domain[1])
    return [
      path('f bars0', (x) =>
        at
          .map(
            ({ bar, y }) => `M${tenth(x(zero))} ${tenth(y - 6)}H${tenth(x(bar.value))}v12H${tenth(x(zero))}Z`,
          )
          .join(''),
      ),
    ]
  }
  return at.flatMap(({ bar, y }): Markish[] => {
    const { value, lower, upper, className, shape } = bar
    const [line] = className.split(' ')
    return [
      lower <= upper
        ? path(`l w2 ${line}`, (x) => `M${tenth(x(lower))} ${tenth(y)}H${tenth(x(upper))}`)
        : undefined,
      // Rows stand at pixels: the scale of y is not theirs.
      pixelMarker(className, shape, value, y),
    ]
  })
}

function pixelMarker(className: string, shape: Bar['shape'], value: number, y: number): Markish {
  return path(`m ${className}`, (x) => outline(shape, x(value), y, 4.6))
}

function rowTexts(
  bars: readonly Bar[],
  figures: readonly string[],
  width: number,
  layout: Layout,
  rowTop: (i: number) => number,
): Markish[] {
  const { narrow, left, middle, step } = layout
  const base = (i: number): number => (narrow ? rowTop(i) + 16 : rowTop(i) + middle + 4.5)
  const room = (i: number): number => (narrow ? width - textWidth(figures[i]) - 12 : widestLabel)
  return [
    texts(narrow ? 'bgt' : 'label', narrow ? 'start' : 'end', () =>
      bars.map(({ label }, i) => ({ x: narrow ? 0 : left - 12, y: base(i), text: fitted(label, room(i)) })),
    ),
    texts('num bgt', 'end', () => figures.map((f, i) => ({ x: width, y: base(i), text: f }))),
    narrow
      ? path('l rule', () =>
          bars
            .slice(1)
            .map((_, i) => `M0 ${tenth(rowTop(i) + step)}H${width}`)
            .join(''),
        )
      : undefined,
  ]
}
