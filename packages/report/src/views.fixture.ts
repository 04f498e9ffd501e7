import { createRandom, matrix, sampleNormal } from '@mtl/core'
import type { View } from '@mtl/core'

/** Names as long, as short and as hostile as a table may hold. */
export const hostile: readonly string[] = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "';--</svg></style>&amp;&lt;",
  'a name that goes on and on, well beyond what any chart has room for',
  '学校学校学校学校学校学校学校学校学校学校',
  '\u0000\u0007 tab\tand\nline',
  '__proto__',
  '',
]

export type Kind = View['kind']
export const kinds: readonly Kind[] = ['matrix', 'tree', 'points', 'bars', 'lines', 'table']

export interface Variant {
  readonly names?: (i: number) => string
  readonly values?: (i: number) => number
}

/** A view of so many things. */
export function viewOf(kind: Kind, items: number, variant: Variant = {}): View {
  const random = createRandom(`${kind} ${items}`)
  const draw = (scale = 1, about = 0): number => about + scale * sampleNormal(random)
  const names = Array.from({ length: items }, (_, i) => variant.names?.(i) ?? `school ${i + 1}`)
  const value = (i: number, scale = 1): number => variant.values?.(i) ?? draw(scale, 0.2)
  const values = Float64Array.from({ length: items }, (_, i) => value(i))
  const about = { title: `${kind} of ${items}`, reading: 'How to read it.' }
  switch (kind) {
    case 'matrix': {
      // A square one of 10,000 has no room in memory; that of weights has few columns.
      const columns = items > 1000 ? 5 : items
      const square = matrix(
        items,
        columns,
        Float64Array.from({ length: items * columns }, (_, k) =>
          variant.values === undefined
            ? Math.tanh(draw(0.7, Math.cos(Math.floor(k / columns) - (k % columns))))
            : value(k),
        ),
      )
      return {
        ...about,
        kind,
        rows: names,
        columns: names.slice(0, columns),
        values: square,
        diverging: true,
      }
    }
    case 'tree':
      return {
        ...about,
        kind,
        newick: newickOf(names, draw),
        groups: Object.fromEntries(names.map((name, i) => [name, i % 3 === 0 ? 'Catholic' : 'Public'])),
      }
    case 'points':
      return {
        ...about,
        kind,
        labels: names,
        x: values,
        y: values.map((_, i) => value(i, 2)),
        groups: names.map((_, i) => (i % 3 === 0 ? 'Catholic' : 'Public')),
        xErrors: values.map(() => 0.3),
        yErrors: values.map(() => 0.8),
      }
    case 'bars':
      return {
        ...about,
        kind,
        labels: names,
        values,
        lower: values.map((v) => v - Math.abs(draw(0.5, 0.8))),
        upper: values.map((v) => v + Math.abs(draw(0.5, 0.8))),
        sorted: true,
      }
    case 'lines':
      return {
        ...about,
        kind,
        x: Float64Array.from({ length: 12 }, (_, k) => 2 ** k),
        marked: 32,
        series: names.map((name) => {
          const level = value(0)
          return {
            name,
            values: Float64Array.from(
              { length: 12 },
              (_, k) => variant.values?.(k) ?? level + 4 / (k + 1) + draw(0.1),
            ),
          }
        }),
      }
    case 'table':
      return { ...about, kind, columns: ['name', 'value'], rows: names.map((name, i) => [name, values[i]]) }
  }
}

function newickOf(names: readonly string[], draw: (scale?: number, about?: number) => number): string {
  let parts = names.map((name) => `'${name.replaceAll("'", "''")}'`)
  while (parts.length > 1) {
    const next: string[] = []
    for (let i = 0; i < parts.length; i += 2) {
      const length = (): string => Math.abs(draw(0.3, 1)).toFixed(3)
      next.push(i + 1 < parts.length ? `(${parts[i]}:${length()},${parts[i + 1]}:${length()})` : parts[i])
    }
    parts = next
  }
  return `${parts.join('')};`
}
