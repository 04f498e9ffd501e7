import * as tf from '@tensorflow/tfjs'
import { createRandom } from '@mtl/core'
import { loadVariables, readVariables } from '@mtl/core/tensor'
import type { Activation, Architecture, DataShape, HeadOptions, Weights } from '@mtl/core/tensor'
import type { Naming } from './golden.fixture.ts'
import counts from './goldens/param_counts.json' with { type: 'json' }

/** What the golden files of networks with a column for each task have in common. */
export interface ColumnConfig {
  readonly act: Activation
  readonly tasks: number
  readonly hidden: number[]
  readonly tower: number[]
}

export const headsOf = ({ act, tower }: ColumnConfig): HeadOptions => ({
  sharing: 'own',
  taskLayers: tower,
  activation: act,
})

/** Names of columns that are one tensor over tasks, and of heads of tasks that are groups of their own. */
export const columnNaming =
  ({ tasks }: ColumnConfig, further: (parts: readonly string[]) => ReturnType<Naming> | undefined): Naming =>
  (theirs) => {
    const [block, task, layer] = theirs.split('.')
    const kind = theirs.endsWith('.W') ? 'kernel' : 'bias'
    const other = further(theirs.split('.'))
    if (other) return other
    if (block === 'column') return { name: `shared/column/${layer}/${kind}`, row: Number(task), rows: tasks }
    return { name: block === 'head' ? `tasks:${task}/head/${kind}` : `tasks:${task}/tower/${layer}/${kind}` }
  }

/** Tasks of numbers on one table. */
export const shapeOf = (tasks: number, columns = 3): DataShape => ({
  tables: [new Array<number>(columns).fill(0)],
  descriptor: 0,
  tasks: Array.from({ length: tasks }, (_, k) => ({
    name: `task-${k}`,
    kind: 'regression' as const,
    table: 0,
    classShares: [],
  })),
})

/** Fresh weights, drawn alike for equal architectures. */
export async function freshWeights(architecture: Architecture, shape: DataShape): Promise<Weights> {
  const variables = architecture.build(shape).init(createRandom(5))
  const weights = await readVariables(variables)
  tf.dispose({ ...variables })
  return weights
}

const rows = [
  [0.3, -1.2, 0.5],
  [1.1, 0.4, -0.7],
  [-0.2, 0.9, 2],
  [0, 0, 0],
]

/** Outputs of three rows for each task, row by row; of rows that all tasks share, or of rows of each task's own. */
export function outputsOf(
  architecture: Architecture,
  shape: DataShape,
  weights: Weights,
  form: 'shared' | 'own' = 'shared',
): number[][] {
  const network = architecture.build(shape)
  const variables = loadVariables(weights)
  const count = shape.tasks.length
  const cells = rows.flatMap((row) => shape.tasks.map((_, k) => ({ row, k })))
  const outputs = tf.tidy(() => {
    const given = form === 'shared' ? rows : cells.map(({ row }) => row)
    const taskOf = form === 'own' ? { taskOf: Int32Array.from(cells, ({ k }) => k) } : {}
    const [output] = network.forward(variables, { inputs: [tf.tensor2d(given)], ...taskOf }).outputs
    return Array.from(output.dataSync())
  })
  tf.dispose({ ...variables })
  return rows.map((_, i) => outputs.slice(i * count, (i + 1) * count))
}

/** Numbers that training moves. */
async function parameterCount(architecture: Architecture, shape: DataShape): Promise<number> {
  const weights = await freshWeights(architecture, shape)
  return Object.entries(weights)
    .filter(([name]) => !name.startsWith('state/'))
    .reduce((sum, [, { values }]) => sum + values.length, 0)
}

/** Numbers of the networks of a model, by the reference's list and here. */
export async function parameterCounts(
  model: string,
  architectureOf: (config: never) => Architecture,
): Promise<{ readonly expected: readonly number[]; readonly found: readonly number[] }> {
  const rows = counts.rows.filter((row) => row.model === model)
  const found = rows.map(({ config }) =>
    parameterCount(architectureOf(config as never), shapeOf(config.tasks, config.in)),
  )
  return { expected: rows.map(({ parameter_count: count }) => count), found: await Promise.all(found) }
}
