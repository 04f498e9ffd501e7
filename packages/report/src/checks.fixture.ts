import { textWidth } from './text/label.ts'

const sizes: Readonly<Record<string, number>> = { s: 12, xs: 9.5 }

/** Elements by a selector, as a list. */
export function all(root: ParentNode, selector: string): Element[] {
  return Array.from(root.querySelectorAll(selector))
}

/** Texts of charts that stick out of them, by estimated widths. */
export function textsOutside(root: Element): string[] {
  return all(root, 'svg').flatMap((svg) => {
    const [, , width, height] = (svg.getAttribute('viewBox') ?? '').split(' ').map(Number)
    return all(svg, 'text')
      .filter((text) => isOutside(text, width, height))
      .map(describe)
  })
}

function describe(text: Element): string {
  return `${text.textContent} in ${text.closest('svg')?.getAttribute('aria-label')}`
}

function isOutside(text: Element, width: number, height: number): boolean {
  const classes = inherited(text, 'class').split(' ')
  const size = classes.map((name) => sizes[name]).find((value) => value > 0) ?? 13
  const length = textWidth(text.textContent, size)
  const anchor = inherited(text, 'text-anchor')
  const from = anchor === 'end' ? -length : anchor === 'middle' ? -length / 2 : 0
  const [x, y, turned] = placeOf(text)
  const [left, right] = turned ? [x - size, x] : [x + from, x + from + length]
  const [top, bottom] = turned ? [y - length, y] : [y - size * 0.8, y + 2]
  return left < -1 || right > width + 1 || top < -2 || bottom > height + 1
}

function inherited(text: Element, name: string): string {
  const own = text.getAttribute(name) ?? ''
  return own === '' ? (text.parentElement?.closest(`[${name}]`)?.getAttribute(name) ?? '') : own
}

/** Sum of the translations above it, and whether it stands. */
function placeOf(text: Element): [x: number, y: number, turned: boolean] {
  let x = Number(text.getAttribute('x') ?? 0)
  let y = Number(text.getAttribute('y') ?? 0)
  if (text.getAttribute('dy') === '0.71em') y += 9
  else if (text.getAttribute('dy') === '0.32em') y += 4
  let turned = false
  for (
    let element: Element | null = text;
    element !== null && element.localName !== 'svg';
    element = element.parentElement
  ) {
    const transform = element.getAttribute('transform') ?? ''
    const [, dx, dy] = /translate\(([-\d.e]+)[ ,]+([-\d.e]+)\)/.exec(transform) ?? ['', '0', '0']
    x += Number(dx)
    y += Number(dy)
    turned ||= transform.includes('rotate(-90)')
  }
  return [x, y, turned]
}

/** What a chart may not hold: colours of its own, and numbers that are none. */
export function faultsOf(root: Element): string[] {
  const inside = all(root, 'svg, svg *')
  const coloured = inside.flatMap((element) =>
    ['fill', 'stroke', 'style', 'color']
      .map((name) => element.getAttribute(name) ?? '')
      .filter((value) => /#[\da-f]{3}|rgb|hsl|black|white|currentColor|fill|stroke/i.test(value))
      .map((value) => `${element.localName} has ${value}`),
  )
  const senseless = inside.flatMap((element) =>
    ['d', 'x', 'y', 'width', 'height', 'viewBox', 'transform']
      .map((name) => element.getAttribute(name) ?? '')
      .filter((value) => /NaN|Infinity|undefined/.test(value))
      .map((value) => `${element.localName} has ${value.slice(0, 80)}`),
  )
  const ids = all(root, '[id]').map((element) => element.id)
  const doubled = ids.filter((id, k) => ids.indexOf(id) !== k).map((id) => `${id} is twice an id`)
  const scripts = all(root, 'script, img, iframe, link, style').map((found) => found.localName)
  return [...coloured, ...senseless, ...doubled, ...scripts]
}
