import { areaY, lineY } from '@observablehq/plot'
import type { Markish } from '@observablehq/plot'
import type { LinesView } from '@mtl/core'
import { fitted, textWidth } from '../text/label.ts'
import { count, figure, fixed, interval, power } from '../text/numbers.ts'
import { chart, isNarrow } from './chart.ts'
import type { Frame } from './chart.ts'
import { isCourse, toDistances } from './course.ts'
import { note } from './drawing.ts'
import type { Drawing } from './drawing.ts'
import { extent, padded, quantile } from './extent.ts'
import type { Extent } from './extent.ts'
import { glyph, key } from './key.ts'
import { axisRoom, markers, path, texts, tickFormat, xAxis, yAxis } from './marks.ts'
import { categoriesOf, mostCategories, outline, tenth } from './shapes.ts'
import type { Category } from './shapes.ts'
import type { TableContent } from './table.ts'
import { powersOfTen, ticks } from './ticks.ts'
import type { Ticks } from './ticks.ts'

type Series = LinesView['series'][number]

/** More series than these are summed up by their mean and the middle of them. */
const mostSeries = 40
const mostMarked = 24
const mostPoints = 240

/** Lines, named at their ends; many are summed up; an objective is drawn by its distance to the best value. */
export function drawLines(view: LinesView, width: number, document: Document): Drawing | undefined {
  const defined = view.series.filter(({ values }) => extent(values) !== undefined)
  const xs = extent(view.x)
  if (defined.length === 0 || xs === undefined || xs[0] === xs[1]) return undefined
  if (extent(...defined.map(({ values }) => values))?.every((end, _, all) => end === all[0]) !== false)
    return undefined
  if (isCourse(view)) return courseDrawing(view, width, document)
  return defined.length > mostSeries
    ? linesDrawing({ ...view, series: [summary(defined)] }, width, document, [
        note(document, `Mean of ${count(defined.length)} lines and the middle nine in ten of them.`),
      ])
    : linesDrawing({ ...view, series: defined }, width, document, [])
}

function courseDrawing(view: LinesView, width: number, document: Document): Drawing | undefined {
  const course = toDistances(view)
  if (course === undefined) return undefined
  const sentence = 'Distance to the best value of its line, on a logarithmic scale.'
  return linesDrawing(course, width, document, [note(document, sentence)], true)
}

function summary(series: readonly Series[]): Series {
  const length = Math.max(...series.map(({ values }) => values.length))
  const at = Array.from({ length }, (_, k) =>
    series
      .map(({ values }) => values[k])
      .filter(Number.isFinite)
      .sort((a, b) => a - b),
  )
  const of = (p: number): Float64Array =>
    Float64Array.from(at, (some) => (some.length === 0 ? NaN : quantile(some, p)))
  const mean = Float64Array.from(at, (some) => some.reduce((sum, value) => sum + value, 0) / some.length)
  return { name: 'mean', values: mean, lower: of(0.05), upper: of(0.95) }
}

interface Dressed {
  readonly series: Series
  readonly category: Category
  readonly dash: number
}

/** Six series by their own colours, shapes and dashes; of more the last phase of a course alone, the rest in grey. */
function dressed(series: readonly Series[], course: boolean): Dressed[] {
  const categories = categoriesOf(series.map(({ name }) => name))
  const many = series.length > mostCategories
  return series.map((one, k) => {
    const grey: Category = { name: one.name, className: 'axis', shape: 'circle' }
    if (many && course) {
      const last = k === series.length - 1
      return { series: one, category: last ? { ...grey, className: 'c1' } : grey, dash: 0 }
    }
    const own = categories.get(one.name) ?? grey
    return k < mostCategories
      ? { series: one, category: own, dash: k }
      : { series: one, category: grey, dash: 0 }
  })
}

function linesDrawing(
  view: LinesView,
  width: number,
  document: Document,
  notes: readonly Element[],
  course = false,
): Drawing | undefined {
  const range = extent(...view.series.flatMap(({ values, lower, upper }) => [values, lower, upper]))
  const xs = extent(view.x)
  if (range === undefined || xs === undefined) return undefined
  const all = dressed(view.series, course)
  const named = all.length > 1 && all.length <= mostCategories
  const atEnds = named && !isNarrow(width)
  const frame = frameOf(view, [xs, range], atEnds ? all : [], width, course)
  const marked = view.x.length <= mostMarked && !course
  return [
    ...notes,
    frame.logX === true ? note(document, 'The scale across is logarithmic.') : undefined,
    named && !atEnds ? keyOf(all, document) : undefined,
    chart(document, frame, [
      ...lineAxes(frame, view, course),
      ...all.flatMap((one) => strokes(one, view.x, marked)),
      ...(atEnds ? [endLabels(all, view.x, frame), ...endGlyphs(all, view.x, frame)] : []),
    ]),
  ]
}

function keyOf(all: readonly Dressed[], document: Document): HTMLElement {
  const entries = all.map(({ category: { shape, className, name } }) => ({
    glyph: glyph(document, shape, className),
    name,
  }))
  return key(document, entries)
}

/** Room at the right for the names of lines. */
function frameOf(
  view: LinesView,
  [xs, range]: readonly [Extent, Extent],
  named: readonly Dressed[],
  width: number,
  course: boolean,
): Frame {
  const narrow = isNarrow(width)
  const y = course ? range : padded(range, 0.05)
  const { up, format } = upward(y, course)
  const widest = Math.max(...named.map(({ series }) => textWidth(fitted(series.name, 170))))
  const right = named.length > 0 ? widest + 34 : 14
  return {
    width,
    height: narrow ? 240 : 300,
    label: `${view.title}: from ${figure(range[0])} to ${figure(range[1])}`,
    margins: { top: 14, right, bottom: 30, left: axisRoom(up, format, narrow ? 44 : 52) },
    x: xs,
    y,
    logX: spansDecades(view.x),
    logY: course,
  }
}

/** Points that are spread more evenly by their ratios than by their differences, over more than one power of ten. */
function spansDecades(x: Float64Array): boolean {
  const [low, high] = extent(x) ?? [0, 0]
  if (!(low > 0) || high <= 10 * low || x.length < 3) return false
  const middle = [...x].sort((a, b) => a - b)[Math.floor(x.length / 2)]
  const place = (value: number): number => Math.abs(value - 0.5)
  return place(Math.log(middle / low) / Math.log(high / low)) < place((middle - low) / (high - low))
}

function lineAxes(frame: Frame, { x: places, marked }: LinesView, course: boolean): Markish[] {
  const { x, y, width } = frame
  const few = isNarrow(width) ? 4 : 7
  const across = acrossTicks(frame, places, few)
  const { up, format } = upward(y, course)
  return [
    ...yAxis(up, false, format),
    ...xAxis(across, frame, across.digits < 0 ? plain : undefined),
    ...(marked !== undefined && marked >= x[0] && marked <= x[1] ? chosen(marked, frame) : []),
  ]
}

/** Ticks up, and how they are written. */
function upward(y: Extent, course: boolean): { up: Ticks; format: (value: number) => string } {
  if (course) return { up: { values: powersOfTen(...y, 5), digits: 0 }, format: power }
  const up = ticks(...y, 5)
  return { up, format: tickFormat(up) }
}

/** Few places are ticks themselves; digits below 0: each as it is. */
function acrossTicks({ x, logX }: Frame, places: Float64Array, few: number): Ticks {
  if (places.length <= few + 2) return { values: [...places].sort((a, b) => a - b), digits: -1 }
  return logX === true ? { values: powersOfTen(...x, few), digits: -1 } : ticks(...x, few)
}

/** Whole numbers without digits. */
function plain(value: number): string {
  return Number.isInteger(value) ? count(value) : figure(value)
}

function chosen(marked: number, { width, y }: Frame): Markish[] {
  const half = textWidth('chosen', 12) / 2
  return [
    path('l zero marked', (left, top) => `M${tenth(left(marked))} ${tenth(top(y[0]))}V${tenth(top(y[1]))}`),
    texts('s', 'middle', (left) => [
      { x: Math.min(Math.max(left(marked), half), width - half), y: 10, text: 'chosen' },
    ]),
  ]
}

interface Place {
  readonly x: number
  readonly y: number
  readonly lower: number
  readonly upper: number
}

function placesOf({ values, lower, upper }: Series, x: Float64Array): Place[] {
  const stride = Math.max(1, Math.ceil(x.length / mostPoints))
  return [...x.keys()]
    .filter((k) => k % stride === 0 || k === x.length - 1)
    .map((k) => ({ x: x[k], y: values[k] ?? NaN, lower: lower?.[k] ?? NaN, upper: upper?.[k] ?? NaN }))
    .filter((place) => Number.isFinite(place.x))
    .sort((a, b) => a.x - b.x)
}

function strokes({ series, category, dash }: Dressed, x: Float64Array, marked: boolean): Markish[] {
  const places = placesOf(series, x)
  const banded = series.lower !== undefined && series.upper !== undefined
  const { className, shape } = category
  return [
    banded ? areaY(places, { x: 'x', y1: 'lower', y2: 'upper', className: `band ${className}` }) : undefined,
    lineY(places, { x: 'x', y: 'y', className: `l w2 ${className} dash${dash}` }),
    marked
      ? markers(
          className,
          shape,
          3,
          places.filter(({ y }) => Number.isFinite(y)).map((p) => [p.x, p.y] as const),
        )
      : undefined,
  ]
}

const apart = 17

/** Names at the ends of lines, pushed apart where these come together. */
function ends(
  all: readonly Dressed[],
  x: Float64Array,
  y: (value: number) => number,
  { height }: Frame,
): { one: Dressed; y: number }[] {
  const last = ({ series }: Dressed): number =>
    placesOf(series, x).findLast((p) => Number.isFinite(p.y))?.y ?? NaN
  const placed = all.map((one) => ({ one, y: y(last(one)) })).sort((a, b) => a.y - b.y)
  for (let k = 1; k < placed.length; k++) placed[k].y = Math.max(placed[k].y, placed[k - 1].y + apart)
  const excess = Math.max(0, (placed.at(-1)?.y ?? 0) - (height - 34))
  return placed.map((place) => ({ ...place, y: place.y - excess }))
}

function endLabels(all: readonly Dressed[], x: Float64Array, frame: Frame): Markish {
  const left = frame.width - frame.margins.right + 24
  return texts('label', 'start', (_, y) =>
    ends(all, x, y, frame).map(({ one, y: top }) => ({
      x: left,
      y: top + 4.5,
      text: fitted(one.series.name, 170),
    })),
  )
}

function endGlyphs(all: readonly Dressed[], x: Float64Array, frame: Frame): Markish[] {
  const left = frame.width - frame.margins.right + 14
  return all.map(({ category }, k) =>
    path(`m ${category.className}`, (_, y) => {
      const place = ends(all, x, y, frame).find(({ one }) => one === all[k])
      return place === undefined ? '' : outline(category.shape, left, place.y, 3.4)
    }),
  )
}

/** A row for each x; series side by side. */
export function linesTable({ x, series }: LinesView): TableContent {
  const shown = series.slice(0, mostCategories)
  const cell = ({ values, lower, upper }: Series, k: number): string | number => {
    const value = values[k] ?? NaN
    if (lower === undefined || upper === undefined || Number.isNaN(value)) return value
    return `${fixed(value, 2)} ${interval({ lower: lower[k], upper: upper[k] }, 2)}`
  }
  return {
    columns: ['', ...shown.map(({ name }) => name)],
    rows: Array.from(x, (place, k) => [plain(place), ...shown.map((one) => cell(one, k))]),
    ...(series.length > shown.length && {
      caption: `The first ${shown.length} of ${count(series.length)} lines`,
    }),
  }
}
