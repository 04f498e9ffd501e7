import { check, MtlError } from '@mtl/core'
import { branchLengths, byAge, tasksOf, type TaskTree } from './task-tree.ts'

/** A tree as it was read: leaves are numbered as they stand in the text. */
export interface NamedTree {
  readonly tree: TaskTree
  /** Of all 2K - 1 nodes; '' for an inner node without a name. */
  readonly names: readonly string[]
}

/** A name as Newick has it: quoted where it holds more than letters, digits, points and hyphens. */
export function quoted(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : `'${name.replaceAll("'", "''")}'`
}

/** Newick text with branch lengths, those of leaves with their tips; `names` of the leaves, or of all nodes. */
export function toNewick(tree: TaskTree, names: readonly string[]): string {
  const tasks = tasksOf(tree)
  const lengths = branchLengths(tree)
  const texts: string[] = []
  for (let node = 0; node < lengths.length; node++) {
    const label = names[node] ? quoted(names[node]) : ''
    if (node < tasks) texts.push(label)
    else {
      const children = [0, 1].map((side) => tree.children[2 * (node - tasks) + side])
      const inside = children.map((child) => `${texts[child]}:${format(lengths[child])}`)
      for (const child of children) texts[child] = ''
      texts.push(`(${inside.join(',')})${label}`)
    }
  }
  return `${texts[lengths.length - 1]};`
}

/** Twelve digits, and no more than needed. */
export function format(length: number): string {
  return String(Number(length.toPrecision(12)))
}

/**
 * The dated tree of a Newick text. Lengths that are not given are 1; a node of many children becomes several at the same age; leaves hang
 * at age 0, so that a node is as old as the farthest leaf below it. Text in brackets is left out.
 * @throws MtlError 'invalid-option' with the position, counted from 1: of what does not parse, of a negative length, of a leaf
 * without a name or with that of another
 */
export function parseNewick(text: string): NamedTree {
  const reader = readerOf(text)
  const root = reader.node()
  reader.end()
  return datedTree(root, reader.leaves)
}

interface ReadNode {
  readonly name: string
  readonly length: number
  readonly children: readonly ReadNode[]
}

interface Reader {
  /** Names in the order in which they stand. */
  readonly leaves: readonly string[]
  node(): ReadNode
  end(): void
}

function readerOf(text: string): Reader {
  const leaves: string[] = []
  const known = new Set<string>()
  let at = 0

  const fail = (what: string, position: number): never => {
    throw new MtlError('invalid-option', `the Newick text ${what} at position ${position + 1}`, {
      option: 'tree',
      position: position + 1,
    })
  }
  const skip = (): void => {
    for (;;) {
      while (/\s/.test(text[at] ?? '')) at++
      if (text[at] !== '[') return
      const end = text.indexOf(']', at)
      if (end < 0) fail('has a bracket that does not close', at)
      at = end + 1
    }
  }
  const isNext = (sign: string): boolean => {
    skip()
    if (text[at] !== sign) return false
    at++
    return true
  }
  const quotedName = (): string => {
    const start = at - 1
    let name = ''
    for (;;) {
      const end = text.indexOf("'", at)
      if (end < 0) fail('has a quote that does not close', start)
      name += text.slice(at, end)
      at = end + 1
      if (text[at] !== "'") return name
      name += "'"
      at++
    }
  }
  const nameHere = (): string => {
    if (isNext("'")) return quotedName()
    const [plain] = /^[^\s()[\]':;,]*/.exec(text.slice(at)) as RegExpExecArray
    at += plain.length
    return plain
  }
  const lengthHere = (): number => {
    if (!isNext(':')) return 1
    skip()
    const start = at
    const [digits] = /^[^\s()[\]':;,]*/.exec(text.slice(at)) as RegExpExecArray
    at += digits.length
    const length = Number(digits)
    if (digits === '' || !Number.isFinite(length)) fail(`has no length but "${digits}"`, start)
    if (length < 0) fail(`has a negative branch length, ${digits},`, start)
    return length
  }
  const node = (): ReadNode => {
    const children: ReadNode[] = []
    if (isNext('(')) {
      do children.push(node())
      while (isNext(','))
      if (!isNext(')'))
        fail(at < text.length ? `has "${text[at]}" where , or ) belongs` : 'ends too early', at)
    }
    skip()
    const start = at
    const name = nameHere()
    if (children.length === 0) {
      if (name === '') fail('has a leaf without a name', start)
      if (known.has(name)) fail(`has a second leaf "${name}"`, start)
      known.add(name)
      leaves.push(name)
    }
    return { name, length: lengthHere(), children }
  }
  return {
    leaves,
    node,
    end() {
      if (!isNext(';') && at < text.length) fail(`has "${text[at]}" where ; belongs`, at)
      skip()
      if (at < text.length) fail('goes on after its ;', at)
    },
  }
}

function datedTree(root: ReadNode, leaves: readonly string[]): NamedTree {
  const tasks = leaves.length
  const children: number[] = []
  const ages = new Array<number>(tasks).fill(0)
  const names = [...leaves]
  let next = 0
  /** A node's number, and its age, which of a node with a single child is not that of the number. */
  const visit = (node: ReadNode): { readonly at: number; readonly age: number } => {
    if (node.children.length === 0) return { at: next++, age: 0 }
    const below = node.children.map((child) => ({ ...visit(child), length: child.length }))
    const age = Math.max(...below.map((child) => child.age + child.length))
    const at = below
      .map((child) => child.at)
      .reduce((left, right) => {
        children.push(left, right)
        ages.push(age)
        names.push('')
        return ages.length - 1
      })
    if (names[at] === '') names[at] = node.name
    return { at, age }
  }
  visit(root)
  const order = Array.from({ length: tasks - 1 }, (_, i) => tasks + i).sort(
    (a, b) => ages[a] - ages[b] || a - b,
  )
  return {
    tree: byAge({ children: Int32Array.from(children), ages: Float64Array.from(ages), tipLength: 0 }),
    names: [...leaves, ...order.map((node) => names[node])],
  }
}

/**
 * Newick text of a parent column: `children[i]` hangs below `parents[i]`, '' for the root, which may also be missing among the children.
 * @throws MtlError 'dimension-mismatch', 'invalid-data' with names: a cycle, two roots, a child with two parents
 */
export function newickFromParents(children: readonly string[], parents: readonly string[]): string {
  check(
    children.length === parents.length && children.length > 0,
    'dimension-mismatch',
    `${children.length} children need as many parents, and one at least`,
  )
  const parentOf = new Map<string, string>()
  children.forEach((child, i) => {
    const other = parentOf.get(child)
    const twice = `"${child}" has two parents, "${other}" and "${parents[i]}"`
    check(other === undefined || other === parents[i], 'invalid-data', twice, { row: i + 1 })
    parentOf.set(child, parents[i])
  })
  const above = (name: string): string => parentOf.get(name) ?? ''
  const nodes = new Set([...children, ...parents.filter((parent) => parent !== '')])
  for (const node of nodes) checkNoCycle(node, above)
  const roots = [...nodes].filter((node) => above(node) === '')
  const several = `the parent column has ${roots.length} roots, ${roots.map((name) => `"${name}"`).join(', ')}: give them one parent`
  check(roots.length === 1, 'invalid-data', several)
  const below = new Map<string, string[]>()
  for (const node of nodes) below.set(above(node), [...(below.get(above(node)) ?? []), node])
  const textOf = (node: string): string => {
    const inside = below.get(node) ?? []
    return inside.length === 0 ? quoted(node) : `(${inside.map(textOf).join(',')})${quoted(node)}`
  }
  return `${textOf(roots[0])};`
}

function checkNoCycle(start: string, above: (name: string) => string): void {
  const seen = new Set<string>()
  for (let node = start; node !== ''; node = above(node)) {
    const text = `the parent column has a cycle: "${[...seen, node].join('" below "')}"`
    check(!seen.has(node), 'invalid-data', text, { node })
    seen.add(node)
  }
}
