import { createRandom } from '@mtl/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sampleCoalescent } from './coalescent.ts'
import { consensusNewick, majorityClades } from './consensus.ts'
import { givenTree } from './given-tree.ts'
import { robinsonFoulds } from './coalescent.ts'
import { cophenetic } from './linkage.ts'
import { newickFromParents, parseNewick, toNewick } from './newick.ts'
import { tasksOf, type TaskTree } from './task-tree.ts'

const tasksNamed = (names: readonly string[]) =>
  names.map((name) => ({ name, kind: 'regression' as const, target: 'y', classes: [], features: [] }))

function namesOf(tree: TaskTree): string[] {
  return Array.from({ length: tasksOf(tree) }, (_, k) => (k === 0 ? "it's a (name)" : `task_${k}.x-y`))
}

describe('Newick', () => {
  it('writes a tree that reads as it was', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 1e6 }), (tasks, seed) => {
        const tree = sampleCoalescent(tasks, createRandom(seed))
        const names = namesOf(tree)
        const read = givenTree(toNewick(tree, names), tasksNamed(names)).tree
        expect(robinsonFoulds(tree, read)).toBe(0)
        const [a, b] = [cophenetic(tree).data, cophenetic(read).data]
        a.forEach((value, at) => expect(Math.abs(value - b[at])).toBeLessThan(1e-9))
      }),
    )
  })

  it('takes several children, single children, quotes, notes and no lengths', () => {
    const { tree, names } = parseNewick(" ( a , 'b c':2 [two], ((d)only)left ) top ; ")
    expect(names.slice(0, 3)).toEqual(['a', 'b c', 'd'])
    expect(names.at(-1)).toBe('top')
    expect([...tree.ages]).toEqual([0, 0, 0, 3, 3])
  })

  it.each([
    ['(a,b', /ends too early at position 5/],
    ['(a;b)', /has ";" where , or \) belongs at position 3/],
    ['(a:x,b);', /no length but "x" at position 4/],
    ['(a:-1,b);', /negative branch length, -1, at position 4/],
    ['(a,);', /leaf without a name at position 4/],
    ['(a,a);', /second leaf "a" at position 4/],
    ["('a,b);", /quote that does not close at position 2/],
    ['(a,b)[;', /bracket that does not close at position 6/],
    ['(a,b);c', /goes on after its ; at position 7/],
    ['', /leaf without a name at position 1/],
  ])('says where %s fails', (text, message) => {
    expect(() => parseNewick(text)).toThrow(message)
  })

  it('names leaves that are no tasks and tasks that are no leaves', () => {
    expect(() => givenTree('(a,b);', tasksNamed(['a', 'c']))).toThrow(/no tasks: "b"/)
    expect(() => givenTree('(a,b);', tasksNamed(['a', 'b', 'c']))).toThrow(/lacks the tasks "c"/)
  })
})

describe('a parent column', () => {
  it('makes the text of its tree', () => {
    expect(newickFromParents(['a', 'b', 'c', 'x'], ['x', 'x', 'top', 'top'])).toBe('(c,(a,b)x)top;')
  })

  it.each([
    [['a', 'b'], ['b', 'a'], /a cycle: "a" below "b" below "a"/],
    [['a', 'b'], ['x', 'y'], /2 roots, "x", "y"/],
    [['a', 'a'], ['x', 'y'], /"a" has two parents, "x" and "y"/],
    [[], [], /one at least/],
  ])('refuses %j below %j', (children, parents, message) => {
    expect(() => newickFromParents(children, parents)).toThrow(message)
  })
})

describe('the consensus of trees', () => {
  it('has all clades of a tree that all agree on, with full support', () => {
    const tree = sampleCoalescent(7, createRandom(5))
    const clades = majorityClades([tree, tree, tree])
    expect(clades).toHaveLength(6)
    expect(clades.every(({ support }) => support === 1)).toBe(true)
    const names = namesOf(tree)
    const read = givenTree(consensusNewick([tree, tree, tree], names), tasksNamed(names)).tree
    expect(robinsonFoulds(tree, read)).toBe(0)
  })

  it('holds what more than half of the trees have, and no more', () => {
    const [a, b] = [1, 2].map((seed) => sampleCoalescent(9, createRandom(seed)))
    const shared = majorityClades([a, b]).map(({ tasks }) => tasks.length)
    expect(shared).toContain(9)
    expect(majorityClades([a, a, b])).toHaveLength(8)
    expect(consensusNewick([a, a, b], namesOf(a))).toMatch(/\)67/)
  })
})
