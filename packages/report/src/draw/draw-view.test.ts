import { matrix } from '@mtl/core'
import type { View } from '@mtl/core'
import { describe, expect, it } from 'vitest'
import { all, faultsOf, textsOutside } from '../checks.fixture.ts'
import { createDocument } from '../node.ts'
import { hostile, kinds, viewOf } from '../views.fixture.ts'
import type { Variant } from '../views.fixture.ts'
import { drawView } from './draw-view.ts'
import { figureOf, widths } from './figure.ts'

const document = createDocument()
const about = { title: 'What is seen', reading: 'How to read it.' }

function problems(view: View): string[] {
  return [widths.wide, widths.narrow].flatMap((width) => {
    const drawn = drawView(view, width, document)
    const tooWide = all(drawn, 'svg').filter((svg) => Number(svg.getAttribute('width')) > width)
    return [...textsOutside(drawn), ...faultsOf(drawn), ...tooWide.map(() => 'wider than asked')]
  })
}

describe('a view of any size', () => {
  for (const kind of kinds)
    for (const items of [1, 2, 10, 160, 10_000])
      it(`draws ${kind} of ${items} within its frame, in classes alone, and small`, () => {
        const drawn = figureOf(viewOf(kind, items), document)
        expect(textsOutside(drawn)).toEqual([])
        expect(faultsOf(drawn)).toEqual([])
        expect(drawn.outerHTML.length).toBeLessThan(130_000)
      })
})

describe('a view of awkward data', () => {
  const variants: Readonly<Record<string, Variant>> = {
    'of one and the same value': { values: () => 3 },
    'of no value at all': { values: () => NaN },
    'with cells that are none': { values: (i) => (i % 3 === 0 ? NaN : Math.sin(i)) },
    'of infinite values': { values: (i) => (i % 4 === 0 ? Infinity : i % 4 === 1 ? -Infinity : i) },
    'of huge values': { values: (i) => (i % 2 === 0 ? 1 : -1) * 1e300 * ((i % 5) + 1) },
    'of tiny values': { values: (i) => 1e-300 * ((i % 7) + 1) },
    'of zeros and one': { values: (i) => (i === 1 ? 1 : 0) },
    'with hostile names': { names: (i) => `${hostile[i % hostile.length]}${i < hostile.length ? '' : i}` },
  }
  for (const [what, variant] of Object.entries(variants))
    for (const kind of kinds)
      it(`draws ${kind} ${what}`, () => {
        for (const items of [3, 30, 120]) expect(problems(viewOf(kind, items, variant))).toEqual([])
      })

  it('writes names as text', () => {
    for (const kind of kinds) {
      const view = viewOf(kind, 8, { names: (i) => hostile[i] })
      const drawn = figureOf({ ...view, title: hostile[0], reading: hostile[1] }, document).outerHTML
      // Within the quotes of an attribute no tag begins.
      expect(drawn.replace(/="[^"]*"/g, '')).not.toMatch(/<script|<img/)
      expect(drawn).toContain('&lt;script&gt;alert(1)')
    }
  })
})

describe('trees', () => {
  const tree = (newick: string, groups?: Record<string, string>): View => ({
    ...about,
    kind: 'tree',
    newick,
    ...(groups && { groups }),
  })
  const labels = (view: View): string[] =>
    all(drawView(view, widths.wide, document), 'text').map((text) => text.textContent)

  it('name every tip of a few, in the order of the text', () => {
    const names = labels(tree('((north:1,south:1)97:1,(east:0.5,west:0.5):1.5);'))
    expect(names.filter((name) => /north|south|east|west/.test(name))).toEqual([
      'north',
      'south',
      'east',
      'west',
    ])
    expect(names).toContain('97')
  })

  it('may branch in three, hold one leaf, or lack lengths', () => {
    for (const newick of [
      '(a:1,b:1,c:1);',
      'alone;',
      '(alone);',
      '((a,b),(c,d));',
      '(a:0,b:0);',
      '(a:-1,b:2);',
      ';',
    ])
      expect(problems(tree(newick))).toEqual([])
    expect(labels(tree('(a:1,b:1,c:1);'))).toEqual(expect.arrayContaining(['a', 'b', 'c']))
  })

  it('fold hundreds into groups whose counts add up', () => {
    const names = labels(viewOf('tree', 160))
    const counts = names.map(Number).filter((n) => n >= 1 && Number.isInteger(n))
    expect(counts.slice(0, 20).reduce((sum, n) => sum + n, 0)).toBe(160)
  })

  it('are drawn however deep they are', () => {
    const deep = Array.from({ length: 3000 }, (_, k) => k).reduce(
      (inner, k) => `(${inner}:1,t${k}:1)`,
      'root',
    )
    expect(problems(tree(`${deep};`))).toEqual([])
  })
})

describe('matrices', () => {
  const cells = (view: View): number =>
    all(drawView(view, widths.wide, document), 'svg:not(.scale) path')
      .map((path) => path.getAttribute('d')?.match(/M/g)?.length ?? 0)
      .reduce((sum, n) => sum + n, 0)

  it('leave the diagonal open and print their figures where there is room', () => {
    const values = matrix(2, 2, Float64Array.of(1, -0.25, -0.25, 1))
    const view: View = {
      ...about,
      kind: 'matrix',
      rows: ['a', 'b'],
      columns: ['a', 'b'],
      values,
      diverging: true,
    }
    const drawn = drawView(view, widths.wide, document)
    const texts = all(drawn, 'svg:not(.scale) text').map((text) => text.textContent)
    expect(texts.filter((text) => text === '−0.25')).toHaveLength(2)
    expect(texts).not.toContain('1.00')
  })

  it('show a part of many, and say which', () => {
    const drawn = drawView(viewOf('matrix', 160), widths.wide, document)
    expect(drawn.textContent).toContain('24 of 160')
    expect(drawn.textContent).toContain('Most opposed')
    expect(cells(viewOf('matrix', 160))).toBeLessThan(1000)
  })
})

describe('points', () => {
  it('are all named where they are few, and only at the ends where they are many', () => {
    const names = (items: number): number =>
      all(drawView(viewOf('points', items), widths.wide, document), 'text').filter((text) =>
        text.textContent.startsWith('school'),
      ).length
    expect(names(5)).toBe(5)
    expect(names(160)).toBeLessThanOrEqual(4)
  })

  it('are counted in hexagons where they are thousands', () => {
    expect(drawView(viewOf('points', 10_000), widths.wide, document).textContent).toContain(
      '10,000 points, counted',
    )
  })
})

describe('bars', () => {
  it('stand in the order of their values where they are sorted, with their intervals as figures', () => {
    const view: View = {
      ...about,
      kind: 'bars',
      labels: ['low', 'high'],
      values: Float64Array.of(-1, 2),
      lower: Float64Array.of(-2, -0.004),
      upper: Float64Array.of(-0.5, 4),
      sorted: true,
    }
    const text = drawView(view, widths.wide, document).textContent
    expect(text.indexOf('high')).toBeLessThan(text.indexOf('low'))
    expect(text).toContain('+2.00 [−0.004, 4.000]')
  })
})

describe('lines', () => {
  it('draw an objective by its distance to the best value', () => {
    const view: View = {
      ...about,
      title: 'Objective after each step',
      kind: 'lines',
      x: Float64Array.of(1, 2, 3, 4),
      series: [{ name: 'objective', values: Float64Array.of(101, 11, 2, 1) }],
    }
    const drawn = drawView(view, widths.wide, document)
    expect(drawn.textContent).toContain('Distance to the best value')
    expect(all(drawn, 'text').map((text) => text.textContent)).toContain('100')
  })

  it('are named at their ends without touching', () => {
    const drawn = drawView(viewOf('lines', 6), widths.wide, document)
    const tops = all(drawn, 'text')
      .filter((text) => text.textContent.startsWith('school'))
      .map((text) => Number(text.getAttribute('y')))
      .sort((a, b) => a - b)
    expect(tops).toHaveLength(6)
    for (let k = 1; k < tops.length; k++) expect(tops[k] - tops[k - 1]).toBeGreaterThanOrEqual(16.9)
  })
})
