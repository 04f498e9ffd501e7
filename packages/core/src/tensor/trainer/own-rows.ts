import type { Network, Weights } from '../types.ts'

/**
 * The weights, with what these tasks own taken from others: row k of 'tasks/...', their rows of 'tasks:<g>/...', and all
 * of 'task:<k>/...' and of its state.
 */
export function withOwnRows(
  network: Network,
  weights: Weights,
  others: Weights,
  tasks: readonly number[],
): Weights {
  return Object.fromEntries(
    Object.entries(weights).map(([name, { shape, values }]) => {
      const rows = rowsOf(network, name, tasks)
      if (rows === undefined || rows.length === 0) return [name, { shape, values }]
      const mixed = values.slice()
      const size = values.length / shape[0]
      if (rows === 'all') mixed.set(others[name].values)
      else
        for (const row of rows)
          mixed.set(others[name].values.subarray(row * size, (row + 1) * size), row * size)
      return [name, { shape, values: mixed }]
    }),
  )
}

/** Rows of a variable's first axis that belong to the tasks; undefined where the variable is shared. */
function rowsOf(
  { groups }: Network,
  name: string,
  tasks: readonly number[],
): readonly number[] | 'all' | undefined {
  const [owner] = name.replace(/^state\//, '').split('/')
  if (owner === 'tasks') return tasks
  if (owner.startsWith('tasks:')) {
    const positions = new Map(groups[Number(owner.slice('tasks:'.length))].tasks.map((k, row) => [k, row]))
    return tasks.flatMap((k) => positions.get(k) ?? [])
  }
  return tasks.some((k) => owner === `task:${k}`) ? 'all' : undefined
}
