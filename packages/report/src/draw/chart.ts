import { plot } from '@observablehq/plot'
import type { Markish } from '@observablehq/plot'

export interface Frame {
  readonly width: number
  readonly height: number
  /** What the chart shows and finds, in one clause: all that is said of it to who cannot see it. */
  readonly label: string
  readonly margins: {
    readonly top: number
    readonly right: number
    readonly bottom: number
    readonly left: number
  }
  readonly x: readonly [number, number]
  readonly y: readonly [number, number]
  /** Logarithmic x. */
  readonly logX?: boolean
  readonly logY?: boolean
  /** The figures stand beside the chart: it is no news to who cannot see it. */
  readonly decorative?: boolean
}

/** Narrower drawings are for phones: labels go above marks, and fewer of them. */
export function isNarrow(width: number): boolean {
  return width < 500
}

/** Marks within a frame, drawn by Plot and left to the style sheet: classes, and no colour or font of its own. */
export function chart(document: Document, frame: Frame, marks: readonly Markish[]): SVGSVGElement {
  const { width, height, margins, x, y, logX, logY } = frame
  const drawn = plot({
    document,
    width,
    height,
    className: 'chart',
    axis: null,
    marginTop: margins.top,
    marginRight: margins.right,
    marginBottom: margins.bottom,
    marginLeft: margins.left,
    x: { domain: x, type: logX === true ? 'log' : 'linear' },
    y: { domain: y, type: logY === true ? 'log' : 'linear' },
    marks: [...marks],
  }) as SVGSVGElement
  undress(drawn)
  if (frame.decorative === true) drawn.setAttribute('aria-hidden', 'true')
  else {
    drawn.setAttribute('role', 'img')
    drawn.setAttribute('aria-label', frame.label)
  }
  return drawn
}

const dress = [
  'fill',
  'stroke',
  'stroke-opacity',
  'stroke-linecap',
  'stroke-linejoin',
  'stroke-miterlimit',
  'font-family',
  'font-size',
  'font-variant',
  'aria-label',
  'aria-hidden',
]
const coordinates = ['d', 'transform', 'x', 'y', 'x1', 'x2', 'y1', 'y2', 'width', 'height']

function undress(root: Element): void {
  root.querySelectorAll('style').forEach((style) => style.remove())
  undressOne(root)
  root.querySelectorAll('*').forEach(undressOne)
}

function undressOne(element: Element): void {
  for (const name of dress) element.removeAttribute(name)
  for (const name of coordinates) {
    const value = element.getAttribute(name)
    if (value !== null) element.setAttribute(name, rounded(value))
  }
}

/** A tenth of a pixel is as fine as anyone sees. */
function rounded(text: string): string {
  return text.replace(/-?\d+\.\d{2,}(?:e-?\d+)?/g, (number) => String(Number(Number(number).toFixed(1))))
}
