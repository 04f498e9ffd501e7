/** A node of a tree; its label may be empty, its length NaN where none is written. */
export interface TreeNode {
  readonly label: string
  readonly length: number
  readonly children: readonly TreeNode[]
}

interface OpenNode {
  label: string
  length: number
  readonly children: OpenNode[]
}

const token = /'(?:[^']|'')*'|[(),:;]|[^\s(),:;']+/g

/** The tree that a text in Newick form describes; however deep, it is read in one loop. */
export function parseNewick(text: string): TreeNode {
  const root: OpenNode = { label: '', length: NaN, children: [] }
  const path: OpenNode[] = []
  let node = root
  let afterColon = false
  for (const [part] of text.matchAll(token)) {
    const below = path.at(-1)
    if (part === '(') {
      const child: OpenNode = { label: '', length: NaN, children: [] }
      node.children.push(child)
      path.push(node)
      node = child
    } else if (part === ',' && below !== undefined) {
      node = { label: '', length: NaN, children: [] }
      below.children.push(node)
    } else if (part === ')') node = path.pop() ?? root
    else if (part === ';') break
    else if (afterColon) node.length = Number(part)
    else if (part !== ':') node.label = unquoted(part)
    afterColon = part === ':'
  }
  return root
}

function unquoted(label: string): string {
  return label.startsWith("'") ? label.slice(1, -1).replaceAll("''", "'") : label
}
