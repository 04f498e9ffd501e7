import { parseNewick } from '@mtl/core'
import type { TreeNode, TreeView } from '@mtl/core'
import { truncate } from '../text/layout.ts'
import { figure } from '../text/numbers.ts'
import type { Style } from '../text/style.ts'

/** More lines than these are left to the report. */
const mostLines = 40

/** The tree as an outline, root first, each node with the length of its branch. */
export function drawTree({ newick, groups = {} }: TreeView, { symbols, width }: Style): string[] {
  const [more, last, passing] = symbols.branches
  const waiting: { node: TreeNode; lead: string; indent: string }[] = [
    { node: parseNewick(newick), lead: '', indent: '' },
  ]
  const lines: string[] = []
  while (waiting.length > 0 && lines.length <= mostLines) {
    const { node, lead, indent } = waiting.pop() as (typeof waiting)[number]
    const group = Object.hasOwn(groups, node.label) ? ` (${groups[node.label]})` : ''
    const length = Number.isFinite(node.length) ? `  ${figure(node.length, symbols)}` : ''
    const label = node.label === '' ? symbols.dot : node.label
    lines.push(truncate(`${lead}${label}${group}${length}`, width - 2))
    for (let k = node.children.length - 1; k >= 0; k--) {
      const isLast = k === node.children.length - 1
      waiting.push({
        node: node.children[k],
        lead: indent + (isLast ? last : more),
        indent: indent + (isLast ? '   ' : passing),
      })
    }
  }
  return lines.length > mostLines ? [...lines.slice(0, mostLines), 'and more: see the report'] : lines
}
