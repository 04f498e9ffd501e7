import type { Estimate } from '@mtl/core'
import { svg } from '../dom/element.ts'
import { extent, padded } from '../draw/extent.ts'
import type { Extent } from '../draw/extent.ts'
import { outline, tenth, toneMarks } from '../draw/shapes.ts'
import type { Tone } from '../draw/shapes.ts'
import { ticks } from '../draw/ticks.ts'
import { textWidth } from '../text/label.ts'
import { fixed } from '../text/numbers.ts'

const width = 220
const rowHeight = 46
const axisHeight = 18

/** The scale that all rows share, zero within. */
export function forestDomain(estimates: readonly (Estimate | undefined)[]): Extent {
  const defined = estimates.filter((estimate) => estimate !== undefined)
  const ends = defined.flatMap(({ mean, lower, upper }) => [mean, lower, upper])
  return padded(extent(ends, [0]) ?? [-1, 1], 0.06)
}

function placeOf([low, high]: Extent): (value: number) => number {
  return (value) => 6 + ((value - low) / (high - low)) * (width - 12)
}

function image(document: Document, height: number, ...children: readonly (Node | undefined)[]): SVGElement {
  // The figures stand in the next cell.
  const attributes = {
    class: 'chart',
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    'aria-hidden': 'true',
  }
  return svg(document, 'svg', attributes, ...children)
}

/** Ticks above the rows. */
export function forestAxis(document: Document, domain: Extent): SVGElement {
  const x = placeOf(domain)
  const { values, digits } = ticks(...domain, 5)
  const labels = values
    .map((value) => ({ at: x(value), text: fixed(value, digits, true) }))
    .filter(({ at, text }) => at - textWidth(text, 12) / 2 >= 0 && at + textWidth(text, 12) / 2 <= width)
  return image(
    document,
    axisHeight,
    svg(document, 'path', { class: 'l axis', d: labels.map(({ at }) => `M${tenth(at)} 14v4`).join('') }),
    svg(
      document,
      'g',
      { class: 's num', 'text-anchor': 'middle' },
      ...labels.map(({ at, text }) => svg(document, 'text', { x: tenth(at), y: 11 }, text)),
    ),
  )
}

/** One interval, its marker on top, and the line of zero. */
export function forestRow(
  document: Document,
  estimate: Estimate | undefined,
  tone: Tone,
  domain: Extent,
): SVGElement {
  const x = placeOf(domain)
  const middle = rowHeight / 2
  const { shape, className } = toneMarks[tone]
  const [line] = className.split(' ')
  const mean = tone === 'baseline' ? 0 : (estimate?.mean ?? NaN)
  const ranged = estimate !== undefined && estimate.lower <= estimate.upper
  return image(
    document,
    rowHeight,
    svg(document, 'path', { class: 'l zero', d: `M${tenth(x(0))} 0V${rowHeight}` }),
    ranged
      ? svg(document, 'path', {
          class: `l w2 ${line}`,
          d: `M${tenth(x(estimate.lower))} ${middle}H${tenth(x(estimate.upper))}`,
        })
      : undefined,
    Number.isFinite(mean)
      ? svg(document, 'path', { class: `m ${className}`, d: outline(shape, x(mean), middle, 4.6) })
      : undefined,
  )
}
