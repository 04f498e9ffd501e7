import { matrixOf } from './matrix.fixture.ts'
import type { View } from '@mtl/core'
import { describe, expect, it } from 'vitest'
import { styleFor } from '../text/style.ts'
import { drawView } from './draw-view.ts'
import { parseNewick } from '@mtl/core'

const plain = styleFor({}, {})
const ascii = styleFor({}, { LANG: 'C' })
const about = { title: 'A title', reading: 'A reading.' }
const numbers = (count: number, of: (i: number) => number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => of(i))
const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `task ${i}`)

/** Every kind of view, of so many things. */
function views(count: number): View[] {
  const values = numbers(count, (i) => (i % 5 === 4 ? NaN : i - count / 2))
  return [
    {
      ...about,
      kind: 'matrix',
      rows: names(count),
      columns: ['x', 'y'],
      values: matrixOf(count, 2, (i) => i - count),
    },
    {
      ...about,
      kind: 'tree',
      newick: `(${names(count)
        .map((name) => `'${name}':1`)
        .join(',')});`,
    },
    { ...about, kind: 'points', labels: names(count), x: values, y: values, groups: names(count) },
    { ...about, kind: 'bars', labels: names(count), values, lower: values, upper: values, sorted: true },
    { ...about, kind: 'lines', x: values, marked: 1, series: [{ name: 'objective', values }] },
    { ...about, kind: 'table', columns: ['task', 'rows'], rows: names(count).map((name, i) => [name, i]) },
  ]
}

describe('drawView', () => {
  it('draws every kind of any size in 80 columns and few lines, in any locale', () => {
    for (const count of [0, 1, 2, 160, 10_000]) {
      for (const view of views(count)) {
        for (const style of [plain, ascii]) {
          const lines = drawView(view, style)
          expect(lines.length, `${view.kind} of ${count}`).toBeLessThan(60)
          expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
          expect(lines.join('')).not.toMatch(/NaN|undefined|Infinity/)
          if (style === ascii) expect(lines.join('')).toMatch(/^[\u0020-\u007e…]*$/)
        }
      }
    }
  })

  it('shades a matrix by size, with the sign', () => {
    const values = matrixOf(2, 2, (i) => [1, -0.5, 0, NaN][i])
    expect(
      drawView({ ...about, kind: 'matrix', rows: ['a', 'b'], columns: ['x', 'y'], values }, plain),
    ).toEqual([
      'A title',
      '     1  2',
      '  a  █ −▒',
      '  b     ·',
      '  columns: 1 x, 2 y; shades from 0.000 to 1.000',
      '  A reading.',
    ])
  })

  it('draws bars from zero to both sides, largest first where they are sorted', () => {
    const view: View = {
      ...about,
      kind: 'bars',
      labels: ['a', 'b', 'c'],
      values: Float64Array.of(1, -2, 2),
      sorted: true,
    }
    const lines = drawView(view, plain).slice(1, -1)
    expect(lines.map((line) => line.trim()[0])).toEqual(['c', 'a', 'b'])
    expect(lines[0].split('│')[1]).toBe('█'.repeat(12))
    expect(lines[1].split('│')[1]).toBe('█'.repeat(6))
    expect(lines[2]).toContain('█'.repeat(12) + '│')
  })

  it('draws a tree as an outline with groups and lengths', () => {
    const newick = "((a:1,'b c':2)90:0.5,d:3);"
    expect(drawView({ ...about, kind: 'tree', newick, groups: { a: 'first' } }, plain).slice(1, -1)).toEqual([
      '  ·',
      '  ├─ 90  0.500',
      '  │  ├─ a (first)  1.000',
      '  │  └─ b c  2.000',
      '  └─ d  3.000',
    ])
  })

  it('draws the course of a line between its least and its most, and what was chosen', () => {
    const x = Float64Array.of(0, 1, 2)
    const series = [{ name: 'criterion', values: Float64Array.of(3, 1, 2) }]
    expect(drawView({ ...about, kind: 'lines', x, marked: 1, series }, plain).slice(1, -1)).toEqual([
      '  criterion  █▁▅  1.000 to 3.000',
      '  x from 0.000 to 2.000; chosen: 1.000',
    ])
  })
})

describe('parseNewick', () => {
  it('reads names in quotes, and trees of any depth', () => {
    expect(parseNewick("('it''s':1,b);").children.map(({ label }) => label)).toEqual(["it's", 'b'])
    const deep = 20_000
    let node = parseNewick('('.repeat(deep) + 'a' + ')'.repeat(deep))
    let depth = 0
    for (; node.children.length > 0; depth++) node = node.children[0]
    expect([depth, node.label]).toEqual([deep, 'a'])
  })
})
