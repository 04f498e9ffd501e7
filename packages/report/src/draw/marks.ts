import { axisX, axisY, gridX, gridY } from '@observablehq/plot'
import type { Markish } from '@observablehq/plot'
import { svg } from '../dom/element.ts'
import { fixed } from '../text/numbers.ts'
import { outline } from './shapes.ts'
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
export function path(className: string, build: Build<string>, attributes: Record<string, string> = {}): Markish {
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

/** Lines of the grid across, and the labels of y at their left; zero stands out where it is a border between two signs. */
export function yAxis(
  { values, digits }: Ticks,
  signed = false,
  format: (value: number) => string = (value) => fixed(value, digits, signed),
): Markish[] {
  const isZero = (value: number): boolean => signed && Math.abs(value) < 1e-12
  return [
    gridY({ ticks: values.filter((value) => !isZero(value)), className: 'l rule' }),
    gridY({ ticks: values.filter(isZero), className: 'l zero' }),
    axisY({
      ticks: [...values],
      tickFormat: format,
      tickSize: 0,
      tickPadding: 6,
      label: null,
      className: 's num',
    }),
  ]
}

/** The line below with its ticks and their labels. */
export function xAxis({ values, digits }: Ticks, format?: (value: number) => string): Markish[] {
  return [
    axisX({
      ticks: [...values],
      tickFormat: format ?? ((value: number) => fixed(value, digits)),
      tickSize: 4,
      tickPadding: 4,
      label: null,
      className: 's num tick',
    }),
    baseline(),
  ]
}

/** Lines of the grid from top to bottom. */
export function xGrid(values: readonly number[], className: string): Markish {
  return gridX({ ticks: [...values], className })
}

function baseline(): Markish {
  return (_index, _scales, _values, dimensions, { document }) => {
    const { width, height, marginLeft, marginRight, marginBottom } = dimensions
    const d = `M${marginLeft} ${height - marginBottom}H${width - marginRight}`
    return svg(document, 'path', { class: 'l axis', d })
  }
}
