import type { Markish } from '@observablehq/plot'
import type { PointsView } from '@mtl/core'
import { html } from '../dom/element.ts'
import { count } from '../text/numbers.ts'
import { chart, isNarrow } from './chart.ts'
import type { Frame } from './chart.ts'
import type { Drawing } from './drawing.ts'
import { note } from './drawing.ts'
import { extent, padded } from './extent.ts'
import { scaleKey } from './key.ts'
import { path } from './marks.ts'
import { axes, roomFor, typical } from './points.ts'
import type { Point, PointsExtras } from './points.ts'
import { tenth } from './shapes.ts'

/** Steps of the sequential scale that hexagons take; the first is nearly the page. */
const colours = 6
const mostPanels = 6

/** Counts in hexagons, groups beside one another on the same axes. */
export function drawHexagons(
  view: PointsView,
  points: readonly Point[],
  width: number,
  document: Document,
  extras: PointsExtras,
): Drawing {
  const groups = [...new Map(points.map(({ category }) => [category.name, category])).values()].slice(
    0,
    mostPanels,
  )
  const beside = groups.length > 1 && !isNarrow(width)
  const panel = beside ? Math.floor((width - 32) / 2) : width
  const frames = groups.map((group): Frame => {
    const inside = groups.length > 1 ? points.filter(({ category }) => category === group) : points
    const narrow = isNarrow(panel)
    const y = padded(extent(points.map((point) => point.y)) ?? [0, 1], 0.06)
    return {
      width: panel,
      height: narrow ? 280 : 360,
      label: `${view.title}: ${count(inside.length)} points counted in hexagons${group.name === '' ? '' : `, ${group.name}`}`,
      margins: { top: 24, right: 8, bottom: 40, left: roomFor(y, extras, 48) },
      x: padded(extent(points.map(({ x }) => x)) ?? [0, 1], 0.05),
      y,
    }
  })
  const counted = groups.map((group, k) =>
    countsOf(groups.length > 1 ? points.filter(({ category }) => category === group) : points, frames[k]),
  )
  const edges = edgesOf(Math.max(...counted.flatMap((cells) => cells.map(({ n }) => n))))
  const charts = groups.map((group, k) => {
    const drawn = chart(document, frames[k], [
      ...hexes(counted[k], edges, radiusOf(panel)),
      ...axes(frames[k], extras),
      ...typical(points, frames[k]),
    ])
    if (groups.length === 1) return drawn
    return html(document, 'div', {}, html(document, 'p', { class: 'small panel' }, group.name), drawn)
  })
  return [
    note(document, `${count(points.length)} points, counted in hexagons: the stronger the colour, the more.`),
    legend(document, edges),
    groups.length === 1 ? charts[0] : html(document, 'div', { class: 'panels' }, ...charts),
  ]
}

interface Cell {
  readonly x: number
  readonly y: number
  readonly n: number
}

function radiusOf(width: number): number {
  return isNarrow(width) ? 6 : 8
}

/** Points in the nearest centre of a hexagonal grid, in pixels of the frame. */
function countsOf(points: readonly Point[], { width, height, margins, x: xs, y: ys }: Frame): Cell[] {
  const radius = radiusOf(width)
  const [dx, dy] = [radius * Math.sqrt(3), radius * 1.5]
  const left = (v: number): number =>
    margins.left + ((v - xs[0]) / (xs[1] - xs[0])) * (width - margins.left - margins.right)
  const top = (v: number): number =>
    height - margins.bottom - ((v - ys[0]) / (ys[1] - ys[0])) * (height - margins.top - margins.bottom)
  const cells = new Map<string, Cell>()
  for (const point of points) {
    const [px, py] = [left(point.x), top(point.y)]
    const rows = [-1, 0, 1].map((k) => Math.round(py / dy) + k)
    const centres = rows.map((j) => {
      const shift = (j & 1) / 2
      return { x: (Math.round(px / dx - shift) + shift) * dx, y: j * dy }
    })
    const [nearest] = centres.sort(
      (a, b) => (a.x - px) ** 2 + (a.y - py) ** 2 - (b.x - px) ** 2 - (b.y - py) ** 2,
    )
    const name = `${tenth(nearest.x)} ${tenth(nearest.y)}`
    cells.set(name, { ...nearest, n: (cells.get(name)?.n ?? 0) + 1 })
  }
  return [...cells.values()]
}

/** The least counts of the colours, each about the same multiple of the one before. */
function edgesOf(most: number): number[] {
  const edges = Array.from({ length: colours }, (_, k) =>
    Math.max(1, Math.round((most + 1) ** (k / colours))),
  )
  return [...new Set(edges)]
}

function hexes(cells: readonly Cell[], edges: readonly number[], radius: number): Markish[] {
  const k = radius * 0.97
  const corners = [0, 1, 2, 3, 4, 5].map((a) => [
    k * Math.sin((a * Math.PI) / 3),
    -k * Math.cos((a * Math.PI) / 3),
  ])
  const steps = corners
    .slice(1)
    .map(([x, y], i) => `l${tenth(x - corners[i][0])} ${tenth(y - corners[i][1])}`)
  const outlineOf = ({ x, y }: Cell): string => `M${tenth(x)} ${tenth(y - k)}${steps.join('')}Z`
  return edges.map((from, q) =>
    path(`s${q + 1}`, () =>
      cells
        .filter(({ n }) => n >= from && n < (edges[q + 1] ?? Infinity))
        .map(outlineOf)
        .join(''),
    ),
  )
}

function legend(document: Document, edges: readonly number[]): SVGElement {
  const names = edges.map((from, q) => {
    if (q === edges.length - 1) return `${count(from)}+`
    const last = edges[q + 1] - 1
    return last === from ? count(from) : `${count(from)}–${count(last)}`
  })
  const steps = edges.map((_, q) => ({ className: `s${q + 1}` }))
  return scaleKey(
    document,
    steps,
    names.map((name, q) => [(q + 0.5) / edges.length, name] as const),
    52,
  )
}
