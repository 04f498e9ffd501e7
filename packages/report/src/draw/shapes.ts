/** Shapes of markers. Categories take them in this order, each with its own line as well: colour is never alone. */
export type Shape = 'circle' | 'diamond' | 'square' | 'up' | 'down'

/** A category's class, shape and whether it is hollow; the seventh and on share one. */
export interface Category {
  readonly name: string
  readonly className: string
  readonly shape: Shape
}

const shapes: readonly Shape[] = ['circle', 'diamond', 'square', 'up', 'down', 'circle']
export const mostCategories: number = shapes.length

/** The categories of group names in order of their first appearance; more than six: the rest is one. */
export function categoriesOf(groups: Iterable<string>): Map<string, Category> {
  const names = [...new Set(groups)]
  const rest: Category = {
    name: `other (${names.length - mostCategories} groups)`,
    className: 'even',
    shape: 'square',
  }
  return new Map(
    names.map((name, k) => [
      name,
      k < mostCategories ? { name, className: `c${k + 1}`, shape: shapes[k] } : rest,
    ]),
  )
}

/** A verdict in three channels: class, shape, and the word that always stands beside. */
export type Tone = 'helps' | 'hurts' | 'undecided' | 'mixed' | 'baseline'

export const toneMarks: Readonly<Record<Tone, { readonly shape: Shape; readonly className: string }>> = {
  helps: { shape: 'up', className: 'help' },
  hurts: { shape: 'down', className: 'hurt' },
  undecided: { shape: 'circle', className: 'even hollow' },
  mixed: { shape: 'circle', className: 'even hollow' },
  baseline: { shape: 'square', className: 'even' },
}

/** Coordinates are written to a tenth of a pixel. */
export function tenth(value: number): string {
  return String(Math.round(value * 10) / 10)
}

/** The outline of a marker about a point, as path data; `radius` that of the circle of equal weight. */
export function outline(shape: Shape, x: number, y: number, radius: number): string {
  const r = tenth(radius)
  const k = radius * 1.15
  switch (shape) {
    case 'circle':
      return `M${tenth(x - radius)} ${tenth(y)}a${r} ${r} 0 1 0 ${tenth(2 * radius)} 0a${r} ${r} 0 1 0 ${tenth(-2 * radius)} 0Z`
    case 'diamond':
      return `M${tenth(x)} ${tenth(y - k)}l${tenth(k)} ${tenth(k)}l${tenth(-k)} ${tenth(k)}l${tenth(-k)} ${tenth(-k)}Z`
    case 'square':
      return `M${tenth(x - radius * 0.88)} ${tenth(y - radius * 0.88)}h${tenth(radius * 1.76)}v${tenth(radius * 1.76)}h${tenth(-radius * 1.76)}Z`
    case 'up':
      return `M${tenth(x)} ${tenth(y - k)}l${tenth(k)} ${tenth(k * 1.8)}h${tenth(-2 * k)}Z`
    case 'down':
      return `M${tenth(x)} ${tenth(y + k)}l${tenth(k)} ${tenth(-k * 1.8)}h${tenth(-2 * k)}Z`
  }
}
