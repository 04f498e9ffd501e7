import { axisY, gridX, gridY } from '@observablehq/plot'
import type { Markish } from '@observablehq/plot'
import { svg } from '../dom/element.ts'
import { textWidth } from '../text/label.ts'
import { fixed } from '../text/numbers.ts'
import type { Frame } from './chart.ts'
import { outline, tenth } from './shapes.ts'
import type { Shape } from './shapes.ts'
import type { Ticks } from './ticks.ts'

/** Pixels of a value. */
type Scale = (value: number) => number
/** Places in pixels from the scales of the chart. */
export type Build<Result> = (x: Scale, y: Scale) => Result

export interface Text {
  readonly x: number
  /** Of the base line. */
  readonly y: number
  readonly text: string
  /** Of a text that does not lie. */
  readonly transform?: string
}

/** One path of a class, however many things it draws: documents stay small. */
export function path(
  className: string,
  build: Build<string>,
  attributes: Record<string, string> = {},
): Markish {
  return (_index, { x, y }, _values, _dimensions, { document }) => {
    const d = build(x as Scale, y as Scale)
    return d === '' ? null : svg(document, 'path', { class: className, d, ...attributes })
  }
}

/** Texts of a class. */
export function texts(
  className: string,
  anchor: 'start' | 'middle' | 'end',
  build: Build<readonly Text[]>,
): Markish {
  return (_index, { x, y }, _values, _dimensions, { document }) => {
    const group = svg(document, 'g', { class: className, 'text-anchor': anchor })
    for (const { text: content, ...place } of build(x as Scale, y as Scale)) {
      if (content !== '') group.append(svg(document, 'text', { ...place }, content))
    }
    return group
  }
}

/** A text at a place in pixels. */
export function text(
  className: string,
  anchor: 'start' | 'middle' | 'end',
  x: number,
  y: number,
  content: string,
): Markish {
  return texts(className, anchor, () => [{ x, y, text: content }])
}

/** Markers of one class at points. */
export function markers(
  className: string,
  shape: Shape,
  radius: number,
  points: readonly (readonly [x: number, y: number])[],
): Markish {
  return path(`m ${className}`, (x, y) =>
    points.map(([left, top]) => outline(shape, x(left), y(top), radius)).join(''),
  )
}

type Format = (value: number) => string

/** How a tick is written: as its step needs, with its sign where zero is a border between two signs. */
export function tickFormat({ digits }: Ticks, signed = false): Format {
  return (value) => fixed(Math.abs(value) < 1e-12 * 10 ** -digits ? 0 : value, digits, signed)
}

const gap = 6

/** Room for the labels of y, at least so much. */
export function axisRoom({ values }: Ticks, format: Format, least: number): number {
  return Math.max(least, ...values.map((value) => Math.ceil(textWidth(format(value), 12)) + gap + 2))
}

/** Lines of the grid across, and the labels of y at their left; zero stands out where it is a border between two signs. */
export function yAxis(marks: Ticks, signed = false, format: Format = tickFormat(marks, signed)): Markish[] {
  const { values } = marks
  const isZero = (value: number): boolean => signed && Math.abs(value) < 1e-12
  return [
    gridY({ ticks: values.filter((value) => !isZero(value)), className: 'l rule' }),
    gridY({ ticks: values.filter(isZero), className: 'l zero' }),
    axisY({
      ticks: [...values],
      tickFormat: format,
      tickSize: 0,
      tickPadding: gap,
      label: null,
      className: 's num',
    }),
  ]
}

/** The line below with its ticks, and those of their labels that have room. */
export function xAxis(
  marks: Ticks,
  { width, height, margins }: Pick<Frame, 'width' | 'height' | 'margins'>,
  format: Format = tickFormat(marks),
): Markish[] {
  const base = height - margins.bottom
  return [
    path('l axis', (x) => {
      const steps = marks.values.map((value) => `M${tenth(x(value))} ${base}v4`).join('')
      return `M${tenth(margins.left)} ${base}H${tenth(width - margins.right)}${steps}`
    }),
    texts('s num', 'middle', (x) =>
      withRoom(
        marks.values.map((value) => ({ x: x(value), y: base + 17, text: format(value) })),
        width,
      ),
    ),
  ]
}

/** Labels about their places that touch neither the border nor the one before. */
export function withRoom(labels: readonly Text[], width: number): Text[] {
  let taken = 0
  return labels.filter(({ x, text: label }) => {
    const half = textWidth(label, 12) / 2
    if (x - half < taken || x + half > width) return false
    taken = x + half + gap
    return true
  })
}

/** Lines of the grid from top to bottom. */
export function xGrid(values: readonly number[], className: string): Markish {
  return gridX({ ticks: [...values], className })
}
