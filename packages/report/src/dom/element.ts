type Attributes = Readonly<Record<string, string | number | undefined>>
type Child = Node | string | undefined

const svgNamespace = 'http://www.w3.org/2000/svg' as const

/** An element of HTML. Texts become text nodes: what a name contains is never read as markup. */
export function html(
  document: Document,
  tag: string,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElement {
  return filled(document.createElement(tag), attributes, children)
}

/** The same for SVG. */
export function svg(
  document: Document,
  tag: string,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElement {
  return filled<SVGElement>(document.createElementNS(svgNamespace, tag), attributes, children)
}

function filled<Kind extends Element>(
  element: Kind,
  attributes: Attributes,
  children: readonly Child[],
): Kind {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) element.setAttribute(name, String(value))
  }
  for (const child of children) if (child !== undefined) element.append(child)
  return element
}
