import { describe, expect, it } from 'vitest'
import { matrix } from '../../linalg/matrix.ts'
import { checkView } from './views.ts'

type View = Parameters<typeof checkView>[0]

const of = (...values: number[]): Float64Array => Float64Array.from(values)
const texts = { title: 'What it shows', reading: 'How to read it.' }

describe('checkView', () => {
  const sound: readonly View[] = [
    { ...texts, kind: 'matrix', rows: ['a'], columns: ['x', 'y'], values: matrix(1, 2) },
    { ...texts, kind: 'tree', newick: '((a:1,b:1):2,c:3);' },
    {
      ...texts,
      kind: 'points',
      labels: ['a', 'b'],
      x: of(1, 2),
      y: of(3, 4),
      groups: ['g', 'h'],
      sizes: of(1, 1),
    },
    { ...texts, kind: 'bars', labels: ['a'], values: of(1), lower: of(0), upper: of(2) },
    { ...texts, kind: 'lines', x: of(1, 2), marked: 1, series: [{ name: 's', values: of(NaN, 1) }] },
    { ...texts, kind: 'table', columns: ['a', 'b'], rows: [['x', 1]] },
  ]

  it('finds nothing wrong with sound pictures, gaps in lines among them', () => {
    expect(sound.flatMap(checkView)).toEqual([])
  })

  const faults: readonly (readonly [string, View, readonly string[]])[] = [
    ['no title', { ...texts, title: ' ', kind: 'tree', newick: '(a,b);' }, ['no title or no reading']],
    [
      'a matrix of other rows than names',
      { ...texts, kind: 'matrix', rows: ['a', 'b'], columns: ['x'], values: matrix(1, 1) },
      ['rows', 'length of values'],
    ],
    ['a bracket that stays open', { ...texts, kind: 'tree', newick: '((a,b);' }, ['newick']],
    [
      'a point without a place',
      { ...texts, kind: 'points', labels: ['a'], x: of(NaN), y: of(0), groups: [] },
      ['x not finite', 'groups'],
    ],
    [
      'a bar without end',
      { ...texts, kind: 'bars', labels: ['a'], values: of(Infinity) },
      ['values not finite'],
    ],
    [
      'a line of another length',
      { ...texts, kind: 'lines', x: of(1, 2), marked: NaN, series: [{ name: 's', values: of(1) }] },
      ['marked', 'length of s'],
    ],
    [
      'a short row of a table',
      { ...texts, kind: 'table', columns: ['a', 'b'], rows: [['x'], ['y', NaN]] },
      ['rows', 'cells'],
    ],
  ]

  for (const [fault, view, found] of faults) {
    it(`finds ${fault}`, () => expect(checkView(view)).toEqual(found))
  }
})
