import type { Markish } from '@observablehq/plot'
import type { TreeView } from '@mtl/core'
import { hierarchy } from 'd3-hierarchy'
import type { HierarchyNode } from 'd3-hierarchy'
import { fitted, textWidth } from '../text/label.ts'
import { count, figure, fixed } from '../text/numbers.ts'
import { chart, isNarrow } from './chart.ts'
import type { Drawing } from './drawing.ts'
import { note } from './drawing.ts'
import { groupKey } from './key.ts'
import { path, text, texts } from './marks.ts'
import { categoriesOf, outline, tenth } from './shapes.ts'
import type { Category } from './shapes.ts'
import { cladesOf, foldTo, leavesOf } from './tree-shape.ts'
import type { Folded } from './tree-shape.ts'
import type { TableContent } from './table.ts'
import { ticks } from './ticks.ts'

/** Up to here every tip is named; of more, groups are drawn. */
const mostLeaves = 40
const foldedGroups = 20
const rows = { named: 17, folded: 24 }
const below = 30

interface Layout {
  readonly width: number
  readonly folded: boolean
  readonly step: number
  readonly top: number
  /** Pixels of the tips; the root is at the left. */
  readonly tips: number
}

interface Placed {
  readonly clade: Folded
  readonly y: number
  /** Of an end: its tips. */
  readonly leaves: readonly string[]
  readonly children: readonly Placed[]
}

/** A dendrogram, root at the left: all tips by name, or groups as wedges with their counts and make-up. */
export function drawTree(view: TreeView, width: number, document: Document): Drawing | undefined {
  const whole = cladesOf(view.newick)
  const leaves = leavesOf(whole)
  const total = leaves.length
  if (total < 2 && leaves[0] === '') return undefined
  const folded = total > mostLeaves
  const root = foldTo(whole, folded ? foldedGroups : total)
  const groups = view.groups === undefined ? undefined : new Map(Object.entries(view.groups))
  const categories = categoriesOf(leaves.map((leaf) => groups?.get(leaf) ?? ''))
  const categoryOf = (leaf: string): Category =>
    categories.get(groups?.get(leaf) ?? '') ?? { name: '', className: 'c1', shape: 'circle' }
  const placed = place(root)
  const layout = layoutOf(placed.ends, folded, width)
  const bottom = layout.top + placed.ends.length * layout.step
  const drawn = chart(
    document,
    {
      width,
      height: bottom + below,
      label: `${view.title}: ${count(total)} tips${folded ? `, folded into ${placed.ends.length} groups` : ''}`,
      margins: { top: layout.top, right: width - layout.tips, bottom: below, left: 8 },
      x: [root.height > 0 ? -root.height : -1, 0],
      y: [placed.ends.length, 0],
    },
    [
      path('l branch', (x, y) => branches(placed.root, x, y)),
      ...(folded ? wedges(placed.ends, categoryOf, layout) : tips(placed.ends, categoryOf, layout)),
      supports(placed.root, root.height),
      ...distanceAxis(root.height, bottom, width),
    ],
  )
  const told = `${count(total)} tips folded into ${placed.ends.length} groups; each wedge stands for the tips counted beside it.`
  return [
    folded ? note(document, told) : undefined,
    groups === undefined ? undefined : groupKey(document, categories.values()),
    drawn,
  ]
}

/** Rows of the ends in order; an inner node stands in the middle of its children. */
function place(root: Folded): { root: Placed; ends: readonly Placed[] } {
  const nodes = hierarchy(root, ({ children }) => children)
  const placed = new Map<HierarchyNode<Folded>, Placed>()
  const ends: Placed[] = []
  nodes.eachAfter((node) => {
    const children = (node.children ?? [])
      .map((child) => placed.get(child))
      .filter((child) => child !== undefined)
    const y =
      children.length === 0
        ? ends.length + 0.5
        : children.reduce((sum, child) => sum + child.y, 0) / children.length
    const leaves = children.length === 0 ? leavesOf(node.data.clade) : []
    const here = { clade: node.data, y, children, leaves }
    if (children.length === 0) ends.push(here)
    placed.set(node, here)
  })
  return { root: placed.get(nodes) as Placed, ends }
}

function layoutOf(ends: readonly Placed[], folded: boolean, width: number): Layout {
  const narrow = isNarrow(width)
  const named = Math.max(...ends.map(({ clade }) => textWidth(fitted(clade.label, 170))))
  const right = folded ? (narrow ? 140 : 280) : named + 26
  return {
    width,
    folded,
    step: folded ? rows.folded : rows.named,
    top: folded ? 22 : 6,
    tips: Math.max(width / 3, width - right),
  }
}

type Scale = (value: number) => number

/** Across from a node to each child, and down along them. Depth is no matter: one loop. */
function branches(root: Placed, x: Scale, y: Scale): string {
  let d = ''
  const waiting = [root]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const { children, clade } = node
    if (children.length === 0) continue
    const left = tenth(x(-clade.height))
    for (const child of children) d += `M${left} ${tenth(y(child.y))}H${tenth(x(-child.clade.height))}`
    const ys = children.map((child) => child.y)
    if (ys.length > 1) d += `M${left} ${tenth(y(Math.min(...ys)))}V${tenth(y(Math.max(...ys)))}`
    waiting.push(...children)
  }
  return d
}

function tips(ends: readonly Placed[], categoryOf: (leaf: string) => Category, layout: Layout): Markish[] {
  const byClass = new Map(ends.map(({ clade }) => [categoryOf(clade.label), [] as Placed[]]))
  for (const end of ends) byClass.get(categoryOf(end.clade.label))?.push(end)
  return [
    ...[...byClass].map(([{ className, shape }, some]) =>
      path(`m ${className}`, (x, y) => some.map((end) => outline(shape, x(0) + 8, y(end.y), 3.8)).join('')),
    ),
    texts('label num', 'start', (x, y) =>
      ends.map((end) => ({
        x: x(0) + 18,
        y: y(end.y) + 4.5,
        text: fitted(end.clade.label, layout.width - layout.tips - 20),
      })),
    ),
  ]
}

function wedges(ends: readonly Placed[], categoryOf: (leaf: string) => Category, layout: Layout): Markish[] {
  const { width, step, top } = layout
  const narrow = isNarrow(width)
  const from = layout.tips + (narrow ? 40 : 48)
  const most = Math.max(...ends.map(({ leaves }) => leaves.length))
  const unit = (width - from - 4) / most
  const classes = [...new Set(ends.flatMap(({ leaves }) => leaves.map((leaf) => categoryOf(leaf).className)))]
  const half = step * 0.38
  return [
    path('wedge', (x, y) =>
      ends
        .filter(({ leaves }) => leaves.length > 1)
        .map(
          ({ clade, y: at }) =>
            `M${tenth(x(-clade.height))} ${tenth(y(at))}L${tenth(x(0))} ${tenth(y(at) - half)}v${tenth(2 * half)}Z`,
        )
        .join(''),
    ),
    texts('num', 'end', (_, y) =>
      ends.map(({ leaves, y: at }) => ({ x: from - 8, y: y(at) + 4.5, text: count(leaves.length) })),
    ),
    ...classes.map((className) =>
      path(`f ${className}`, (_, y) =>
        ends.map((end) => piece(end, className, classes, categoryOf, { from, unit, y })).join(''),
      ),
    ),
    narrow
      ? text('s', 'end', width, top - 10, 'tips in the group')
      : text('s', 'start', from, top - 10, 'tips in the group'),
  ]
}

/** One class's piece of the bar of an end, after those of the classes before it. */
function piece(
  { leaves, y: at }: Placed,
  className: string,
  classes: readonly string[],
  categoryOf: (leaf: string) => Category,
  { from, unit, y }: { from: number; unit: number; y: Scale },
): string {
  const counts = classes.map((name) => leaves.filter((leaf) => categoryOf(leaf).className === name).length)
  const k = classes.indexOf(className)
  if (counts[k] === 0) return ''
  const before = counts.slice(0, k).reduce((sum, n) => sum + n, 0)
  return `M${tenth(from + before * unit)} ${tenth(y(at) - 6)}h${tenth(Math.max(0.5, counts[k] * unit - (unit > 3 ? 1 : 0)))}v12H${tenth(from + before * unit)}Z`
}

/** Labels of inner nodes, such as their support in per cent. */
function supports(root: Placed, height: number): Markish {
  const inner: Placed[] = []
  const waiting = [root]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.children.length > 0) inner.push(node)
    waiting.push(...node.children)
  }
  return texts('s num bgt', 'end', (x, y) =>
    inner
      .map(({ clade, y: at }) => ({
        x: x(-clade.height) - 3,
        y: y(at) - 3,
        text: fitted(clade.label, 60, 12),
      }))
      .filter(({ x: right, text: label }) => height > 0 && right - textWidth(label, 12) >= 0),
  )
}

function distanceAxis(height: number, bottom: number, width: number): Markish[] {
  if (!(height > 0)) return []
  const { values, digits } = ticks(0, height, isNarrow(width) ? 2 : 4)
  const large = height >= 1e6 || height < 1e-3
  return [
    path(
      'l axis',
      (x) =>
        `M${tenth(x(-height))} ${bottom + 2}H${tenth(x(0))}${values.map((t) => `M${tenth(x(-t))} ${bottom + 2}v4`).join('')}`,
    ),
    texts('s num', 'middle', (x) =>
      values
        .map((t) => ({ at: x(-t), label: large ? figure(t) : fixed(t, digits) }))
        .map(({ at, label }) => ({ x: Math.max(textWidth(label, 12) / 2, at), y: bottom + 20, text: label })),
    ),
    texts('s', 'start', (x) => [{ x: x(0) + 10, y: bottom + 20, text: width - x(0) > 70 ? 'distance' : '' }]),
  ]
}

/** Tips in the order of the tree. */
export function treeTable({ newick, groups }: TreeView): TableContent {
  const all = groups === undefined ? undefined : new Map(Object.entries(groups))
  return {
    columns: ['tips, in the order of the tree', ...(all ? ['group'] : [])],
    rows: leavesOf(cladesOf(newick)).map((leaf) => [leaf, ...(all ? [all.get(leaf) ?? ''] : [])]),
  }
}
