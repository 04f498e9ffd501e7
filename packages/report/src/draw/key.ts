import { html, svg } from '../dom/element.ts'
import { outline, tenth, toneMarks } from './shapes.ts'
import type { Category, Shape, Tone } from './shapes.ts'

const side = 12

/** A marker among words. */
export function glyph(document: Document, shape: Shape, className: string, radius = 4): SVGElement {
  return svg(
    document,
    'svg',
    { class: 'glyph', width: side, height: side, viewBox: `0 0 ${side} ${side}`, 'aria-hidden': 'true' },
    svg(document, 'path', { class: `m ${className}`, d: outline(shape, side / 2, side / 2, radius) }),
  )
}

/** The marker of a verdict. */
export function toneGlyph(document: Document, tone: Tone): SVGElement {
  const { shape, className } = toneMarks[tone]
  return glyph(document, shape, className)
}

export interface KeyEntry {
  readonly glyph: SVGElement
  readonly name: string
}

/** What the marks of a chart mean, above it. */
export function key(document: Document, entries: readonly KeyEntry[]): HTMLElement {
  return html(
    document,
    'p',
    { class: 'key small' },
    ...entries.map((entry) => html(document, 'span', {}, entry.glyph, entry.name)),
  )
}

/** The key of groups; undefined for a single one, which needs none. */
export function groupKey(document: Document, categories: Iterable<Category>): HTMLElement | undefined {
  const distinct = [...new Map([...categories].map((category) => [category.className, category])).values()]
  if (distinct.length < 2) return undefined
  return key(
    document,
    distinct.map(({ name, shape, className }) => ({ glyph: glyph(document, shape, className), name })),
  )
}

/** A swatch of a colour of a scale. */
export interface Step {
  readonly className: string
  readonly dashed?: boolean
}

const swatch = { height: 12, total: 34 }

/** The steps of a scale of colours side by side, words under them at shares of the width. */
export function scaleKey(
  document: Document,
  steps: readonly Step[],
  labels: readonly (readonly [share: number, text: string])[],
  width = 22,
): SVGElement {
  const whole = steps.length * width
  const boxes = steps.map(({ className }, k) =>
    svg(document, 'path', {
      class: className,
      d: `M${tenth(k * width)} 0h${width - 1}v${swatch.height}h${1 - width}z`,
    }),
  )
  const dashes = steps
    .map(({ dashed }, k) =>
      dashed === true ? `M${tenth(k * width + width * 0.3)} 6h${tenth(width * 0.38)}` : '',
    )
    .join('')
  const words = labels.map(([share, label]) =>
    svg(
      document,
      'text',
      {
        class: 's',
        x: tenth(share * whole),
        y: 28,
        'text-anchor': share === 0 ? 'start' : share === 1 ? 'end' : 'middle',
      },
      label,
    ),
  )
  return svg(
    document,
    'svg',
    {
      class: 'chart scale',
      width: whole,
      height: swatch.total,
      viewBox: `0 0 ${whole} ${swatch.total}`,
      role: 'img',
      'aria-label': `Colours: ${labels.map(([, label]) => label).join(', ')}`,
    },
    ...boxes,
    dashes === '' ? undefined : svg(document, 'path', { class: 'l onq', d: dashes }),
    ...words,
  )
}
