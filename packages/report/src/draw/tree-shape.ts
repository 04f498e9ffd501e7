import { parseNewick } from '@mtl/core'
import type { TreeNode } from '@mtl/core'
import { hierarchy } from 'd3-hierarchy'
import type { HierarchyNode } from 'd3-hierarchy'

/** A node by what is drawn of it. */
export interface Clade {
  readonly label: string
  /** Distance from its tips; the largest where they differ. */
  readonly height: number
  /** How many tips it has. */
  readonly tips: number
  readonly children: readonly Clade[]
}

/** A node of the drawing: its children are drawn; a clade without drawn children is one row. */
export interface Folded {
  readonly clade: Clade
  readonly label: string
  readonly height: number
  readonly children: readonly Folded[]
}

interface Draft {
  label: string
  height: number
  tips: number
  children: Draft[]
}

/** The tree of a text in Newick form, tips aligned at 0. Without all lengths every step is 1 high. */
export function cladesOf(newick: string): Clade {
  const root = hierarchy(parseNewick(newick), ({ children }: TreeNode) => children)
  const measured = root.descendants().every((node) => node === root || Number.isFinite(node.data.length))
  const drafts = new Map<HierarchyNode<TreeNode>, Draft>()
  root.eachAfter((node) => {
    const children = (node.children ?? [])
      .map((child) => drafts.get(child))
      .filter((draft) => draft !== undefined)
    const below = (node.children ?? []).map((child, k) => children[k].height + step(child, measured))
    drafts.set(node, {
      label: node.data.label,
      height: Math.max(0, ...below),
      tips: children.length === 0 ? 1 : children.reduce((sum, { tips }) => sum + tips, 0),
      children,
    })
  })
  return drafts.get(root) as Draft
}

/** Methods that join neighbours can give lengths below 0; they are drawn as none. */
function step(node: HierarchyNode<TreeNode>, measured: boolean): number {
  return measured ? Math.max(0, node.data.length) : 1
}

/** So many groups, by taking the highest apart first; of a node with too many branches the smaller ones stay together. */
export function foldTo(root: Clade, groups: number): Folded {
  const open = new Map<Clade, readonly Clade[]>()
  let ends: Clade[] = [root]
  for (;;) {
    const splittable = ends.filter(({ children }) => children.length > 0)
    if (splittable.length === 0 || ends.length >= groups) break
    const highest = splittable.reduce((a, b) =>
      b.height > a.height || (b.height === a.height && b.tips > a.tips) ? b : a,
    )
    const room = groups - ends.length + 1
    const parts = partsOf(highest, room)
    if (parts.length < 2) break
    open.set(highest, parts)
    ends = ends.flatMap((end) => (end === highest ? parts : [end]))
  }
  return rebuilt(root, open)
}

function partsOf({ children, height }: Clade, room: number): readonly Clade[] {
  if (children.length <= room) return children
  const bySize = [...children].sort((a, b) => b.tips - a.tips)
  const kept = new Set(bySize.slice(0, Math.max(0, room - 1)))
  const rest = children.filter((child) => !kept.has(child))
  const others: Clade = {
    label: '',
    height: Math.min(height, Math.max(...rest.map((child) => child.height))),
    tips: rest.reduce((sum, { tips }) => sum + tips, 0),
    children: rest,
  }
  return [...children.filter((child) => kept.has(child)), others]
}

/** The top of the tree alone. No deeper than the groups are many. */
function rebuilt(clade: Clade, open: ReadonlyMap<Clade, readonly Clade[]>): Folded {
  const parts = (open.get(clade) ?? []).map((child) => rebuilt(child, open))
  return { clade, label: clade.label, height: clade.height, children: parts }
}

/** Names of the tips of a clade, in order. However deep it is, one loop. */
export function leavesOf(clade: Clade): string[] {
  const names: string[] = []
  const waiting = [clade]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.children.length === 0) names.push(node.label)
    for (let k = node.children.length - 1; k >= 0; k--) waiting.push(node.children[k])
  }
  return names
}
