import type { Markish } from '@observablehq/plot'
import type { PointsView } from '@mtl/core'
import { fitted } from '../text/label.ts'
import { count, figure } from '../text/numbers.ts'
import { chart, isNarrow } from './chart.ts'
import type { Frame } from './chart.ts'
import type { Drawing } from './drawing.ts'
import { extent, padded, quantile } from './extent.ts'
import type { Extent } from './extent.ts'
import { drawHexagons } from './hexagons.ts'
import { groupKey } from './key.ts'
import { axisRoom, markers, path, text, texts, tickFormat, xAxis, yAxis } from './marks.ts'
import { placeLabels } from './place-labels.ts'
import { categoriesOf, tenth } from './shapes.ts'
import type { Category } from './shapes.ts'
import type { TableContent } from './table.ts'
import { ticks } from './ticks.ts'

/** One point, as it is drawn. */
export interface Point {
  readonly label: string
  readonly x: number
  readonly y: number
  readonly xError: number
  readonly yError: number
  readonly radius: number
  readonly category: Category
}

/** What a comparison knows beyond the view. */
export interface PointsExtras {
  readonly xTitle?: string
  readonly yTitle?: string
  /** Up, 0 is a border between two signs. */
  readonly signed?: boolean
}

/** Ticks up. */
const steps = 5
const mostNamed = 24
const mostMarked = 1000
const radii = { least: 3, most: 12 }
const heights = { few: 340, many: 430, narrow: 290 }

/** Points: named with their own errors for few, a cloud with one typical error for hundreds, counts in hexagons for thousands. */
export function drawPoints(
  view: PointsView,
  width: number,
  document: Document,
  extras: PointsExtras = {},
): Drawing | undefined {
  const points = pointsOf(view)
  const x = extent(points.map((point) => point.x))
  const y = extent(points.map((point) => point.y))
  if (points.length < 2 || x === undefined || y === undefined || (x[0] === x[1] && y[0] === y[1]))
    return undefined
  const legend = groupKey(document, new Set(points.map(({ category }) => category)))
  if (points.length > mostMarked) return drawHexagons(view, points, width, document, extras)
  const few = points.length <= mostNamed
  const frame = frameOf(view, points, [x, y], few, width, extras)
  const marks = [
    ...axes(frame, extras),
    ...(few ? crosses(points) : typical(points, frame)),
    ...clouds(points, few, width),
    labels(points, few ? points : extremes(points), frame),
  ]
  return [legend, chart(document, frame, marks)]
}

function pointsOf({ labels: names, x, y, groups, sizes, xErrors, yErrors }: PointsView): Point[] {
  const categories = categoriesOf(groups ?? [''])
  const largest = extent(sizes)?.[1] ?? 0
  const radius = (size: number | undefined): number =>
    size === undefined || !(largest > 0)
      ? 3.8
      : Math.max(radii.least, radii.most * Math.sqrt(Math.max(0, Number.isFinite(size) ? size : 0) / largest))
  return names
    .map((label, i) => ({
      label,
      x: x[i],
      y: y[i],
      xError: xErrors?.[i] ?? NaN,
      yError: yErrors?.[i] ?? NaN,
      radius: radius(sizes?.[i]),
      category: categories.get(groups?.[i] ?? '') ?? { name: '', className: 'c1', shape: 'circle' as const },
    }))
    .filter((point) => Number.isFinite(point.x) && Number.isFinite(point.y))
}

/** Room for the labels of y. */
export function roomFor(y: Extent, { signed }: PointsExtras, least: number): number {
  const marks = ticks(...y, steps)
  return axisRoom(marks, tickFormat(marks, signed), least)
}

function frameOf(
  view: PointsView,
  points: readonly Point[],
  [xs, ys]: readonly [Extent, Extent],
  few: boolean,
  width: number,
  extras: PointsExtras,
): Frame {
  const ends = (of: (point: Point) => readonly [number, number]): number[] =>
    points.flatMap((point) => {
      const [value, error] = of(point)
      return error > 0 ? [value - error, value + error] : [value]
    })
  const x = few ? (extent(ends((p) => [p.x, p.xError])) ?? xs) : xs
  const y = few ? (extent(ends((p) => [p.y, p.yError])) ?? ys) : ys
  const narrow = isNarrow(width)
  const up = padded(y, 0.06)
  return {
    width,
    height: narrow ? heights.narrow : few ? heights.few : heights.many,
    label: `${view.title}: ${count(points.length)} points, across from ${figure(xs[0])} to ${figure(xs[1])}, up from ${figure(ys[0])} to ${figure(ys[1])}`,
    margins: { top: 24, right: 8, bottom: 40, left: roomFor(up, extras, narrow ? 44 : 52) },
    x: padded(x, 0.05),
    y: up,
  }
}

/** Grid, ticks and titles of a frame. */
export function axes(frame: Frame, { xTitle, yTitle, signed }: PointsExtras): Markish[] {
  const { width, height } = frame
  return [
    ...yAxis(ticks(...frame.y, steps), signed),
    ...xAxis(ticks(...frame.x, isNarrow(width) ? 4 : 7), frame),
    text('s', 'start', 0, 12, yTitle ?? ''),
    text('s', 'end', width - 8, height - 6, xTitle ?? ''),
  ]
}

function crosses(points: readonly Point[]): Markish[] {
  return [
    path('l axis', (x, y) =>
      points
        .map((p) => {
          const across =
            p.xError > 0 ? `M${tenth(x(p.x - p.xError))} ${tenth(y(p.y))}H${tenth(x(p.x + p.xError))}` : ''
          const up =
            p.yError > 0 ? `M${tenth(x(p.x))} ${tenth(y(p.y - p.yError))}V${tenth(y(p.y + p.yError))}` : ''
          return across + up
        })
        .join(''),
    ),
  ]
}

/** One box as wide and high as the interval of a typical point, in the middle behind all: crosses of all would hide them. */
export function typical(points: readonly Point[], { x: xs, y: ys }: Pick<Frame, 'x' | 'y'>): Markish[] {
  const middle = (of: (point: Point) => number): number => {
    const sorted = points
      .map(of)
      .filter(Number.isFinite)
      .sort((a, b) => a - b)
    return sorted.length === 0 ? NaN : quantile(sorted, 0.5)
  }
  const [dx, dy] = [middle((p) => p.xError), middle((p) => p.yError)]
  if (!(dx > 0) || !(dy > 0)) return []
  const [cx, cy] = [middle((p) => p.x), middle((p) => p.y)]
  const [left, right] = [Math.max(xs[0], cx - dx), Math.min(xs[1], cx + dx)]
  const [low, high] = [Math.max(ys[0], cy - dy), Math.min(ys[1], cy + dy)]
  return [
    path(
      'typ',
      (x, y) => `M${tenth(x(left))} ${tenth(y(high))}H${tenth(x(right))}V${tenth(y(low))}H${tenth(x(left))}Z`,
    ),
    texts('s bgt', 'middle', (x, y) => [
      { x: x((left + right) / 2), y: y(low) - 6, text: 'interval of a typical one' },
    ]),
  ]
}

function clouds(points: readonly Point[], few: boolean, width: number): Markish[] {
  const kinds = new Map(
    points.map(({ category, radius }) => [`${category.className} ${radius}`, { category, radius }]),
  )
  return [...kinds].map(([kind, { category, radius }]) => {
    const some = points.filter((p) => `${p.category.className} ${p.radius}` === kind)
    const drawn = !few && isNarrow(width) ? Math.min(radius, 3) : radius
    return markers(
      `${category.className} halo`,
      category.shape,
      drawn,
      some.map((p) => [p.x, p.y] as const),
    )
  })
}

/** Those at the ends of either axis: what a reader asks the names of. */
function extremes(points: readonly Point[]): Point[] {
  const ends = (of: (point: Point) => number): Point[] => {
    const sorted = [...points].sort((a, b) => of(a) - of(b))
    return [sorted[0], sorted[sorted.length - 1]]
  }
  return [...new Set([...ends((p) => p.x), ...ends((p) => p.y)])]
}

function labels(
  points: readonly Point[],
  named: readonly Point[],
  { width, height, margins }: Frame,
): Markish {
  const box = { left: margins.left, right: width - 2, top: margins.top - 8, bottom: height - margins.bottom }
  return texts('s ink halo-t', 'start', (x, y) =>
    placeLabels(
      named.map((p) => ({ x: x(p.x), y: y(p.y), text: fitted(p.label, 150, 12) })),
      points.map((p) => ({ x: x(p.x), y: y(p.y), radius: p.radius })),
      box,
    ),
  )
}

/** Points as rows, all that is known of each. */
export function pointsTable(view: PointsView, { xTitle, yTitle }: PointsExtras = {}): TableContent {
  const { labels: names, x, y, groups, sizes, xErrors, yErrors } = view
  const withError = (value: number, error: number | undefined): string | number =>
    error === undefined || Number.isNaN(error) ? value : `${figure(value)} ± ${figure(error)}`
  return {
    columns: [
      '',
      ...(groups ? ['group'] : []),
      xTitle ?? 'across',
      yTitle ?? 'up',
      ...(sizes ? ['size'] : []),
    ],
    rows: names.map((label, i) => [
      label,
      ...(groups ? [groups[i]] : []),
      withError(x[i], xErrors?.[i]),
      withError(y[i], yErrors?.[i]),
      ...(sizes ? [sizes[i]] : []),
    ]),
  }
}
