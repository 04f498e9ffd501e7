import * as tf from '@tensorflow/tfjs'
import type { Dataset, Scaling } from '../../data/types.ts'
import { check } from '../../error/mtl-error.ts'
import { scalingOf } from '../../model/scaling.ts'
import type { ModelScaling } from '../../model/types.ts'
import { inRows } from '../optimisers/state.ts'
import type { Architecture, Network, TaskShape, Variables, Weights } from '../types.ts'
import { shapeOf } from './encode.ts'
import type { NetworkParameters } from './types.ts'

/** Where a variable's values, or one row of them, stand in other weights. */
interface Source {
  readonly name: string
  readonly row?: number
}

export function isModel(start: Weights | NetworkParameters | undefined): start is NetworkParameters {
  return start !== undefined && 'weights' in start && 'shape' in start
}

/** Position of each task among those of `start`; -1 of one that it lacks, by name and kind. */
export function knownTasks(
  { shape }: NetworkParameters,
  tasks: readonly Pick<TaskShape, 'name' | 'kind'>[],
): Int32Array {
  return Int32Array.from(tasks, ({ name, kind }) =>
    shape.tasks.findIndex((known) => known.name === name && known.kind === kind),
  )
}

/** Fresh variables with what `start` says of them; what it lacks stays as it is. To be called in a scope. */
export function startedVariables(
  fresh: Variables,
  start: Weights | NetworkParameters,
  network: Network,
  architecture: Architecture,
  tasks: readonly TaskShape[],
): Variables {
  const weights = isModel(start) ? start.weights : start
  const sources = isModel(start)
    ? sourcesByTask(
        network,
        architecture.build(start.shape),
        tablesBefore(start, tasks),
        knownTasks(start, tasks),
      )
    : (name: string): Source[] => [{ name }]
  return Object.fromEntries(
    Object.entries(fresh).map(([name, value]) => [name, started(value, sources(name), weights)]),
  )
}

/** Where the table of a known task stood in the model. */
function tablesBefore(start: NetworkParameters, tasks: readonly TaskShape[]): ReadonlyMap<number, number> {
  const known = knownTasks(start, tasks)
  return new Map(
    tasks.flatMap(({ table }, k) =>
      known[k] < 0 ? [] : [[table, start.shape.tasks[known[k]].table] as const],
    ),
  )
}

/** Sources of a variable, or of each of its rows where it is stacked over tasks; undefined of a new task's. */
function sourcesByTask(
  { groups }: Network,
  { groups: before }: Network,
  tables: ReadonlyMap<number, number>,
  known: Int32Array,
): (name: string) => (Source | undefined)[] {
  const ofTable = (_: string, place: string, table: string): string =>
    `${place}${tables.get(Number(table)) ?? table}`
  return (name) => {
    const [, state = '', owner, rest] = /^(state\/)?([^/]*)(.*)$/.exec(name) ?? []
    if (owner === 'tasks') return Array.from(known, (row) => (row < 0 ? undefined : { name, row }))
    if (owner.startsWith('tasks:'))
      return groups[Number(owner.slice('tasks:'.length))].tasks.map((k) => {
        const g = before.findIndex(({ tasks }) => tasks.includes(known[k]))
        return g < 0 ? undefined : { name: `tasks:${g}${rest}`, row: before[g].tasks.indexOf(known[k]) }
      })
    if (owner === 'shared') return [{ name: name.replace(/^(shared\/input\/)(\d+)/, ofTable) }]
    if (!owner.startsWith('task:')) return [{ name }]
    const k = known[Number(owner.slice('task:'.length))]
    return [k < 0 ? undefined : { name: `${state}task:${k}${rest}` }]
  }
}

function started(fresh: tf.Tensor, sources: readonly (Source | undefined)[], weights: Weights): tf.Tensor {
  const values = new Float32Array(fresh.size)
  const isStacked = sources.some((source) => source?.row !== undefined)
  const rows = isStacked ? sources.length : 1
  const size = fresh.size / rows
  const shape = isStacked ? fresh.shape.slice(1) : fresh.shape
  const found = Int32Array.from(sources.keys()).filter((at) => {
    const part = partOf(sources[at], weights, shape)
    if (part) values.set(part, at * size)
    return part !== undefined
  })
  if (found.length === 0) return fresh
  const all = tf.tensor(values, fresh.shape, 'float32')
  return found.length === rows ? all : inRows({ value: all, rows: found }, all, fresh)
}

/** Values of that shape; undefined where there are none. */
function partOf(
  source: Source | undefined,
  weights: Weights,
  shape: readonly number[],
): Float32Array | undefined {
  if (source === undefined || !Object.hasOwn(weights, source.name)) return undefined
  const { row } = source
  const { shape: whole, values } = weights[source.name]
  const own = row === undefined ? whole : whole.slice(1)
  if (own.length !== shape.length || own.some((each, i) => each !== shape[i])) return undefined
  const size = row === undefined ? values.length : values.length / whole[0]
  return values.subarray((row ?? 0) * size, ((row ?? 0) + 1) * size)
}

/**
 * The scale in which `start` learnt, so that what it says of its tasks stays; of a new task that measures what a known one
 * does that one's, else its own.
 * @throws MtlError 'dimension-mismatch' where a known task has other columns than it had
 */
export function startedScaling(start: NetworkParameters, data: Dataset): ModelScaling {
  const own = scalingOf(data)
  const { tasks, tables: columns } = shapeOf(data)
  const known = knownTasks(start, tasks)
  const tables = tablesBefore(start, tasks)
  const inputs = own.inputs.map((scaling, table) => {
    const before = tables.get(table)
    if (before === undefined) return scaling
    const [then, now] = [start.shape.tables[before], columns[table]]
    check(
      then.length === now.length && then.every((levels, j) => levels === now[j]),
      'dimension-mismatch',
      `a table of ${now.length} columns has tasks that the model to start from learnt from ${then.length} columns, or with other levels: give those that it had`,
      { columns: now.length, expected: then.length },
    )
    return start.tables[before]
  })
  const alike = data.tasks.map((task, k) => {
    if (known[k] >= 0) return known[k]
    const sister = data.tasks.findIndex(
      ({ target, kind }, j) => known[j] >= 0 && target === task.target && kind === task.kind,
    )
    return sister < 0 ? -1 : known[sister]
  })
  const targets: Scaling = {
    means: own.targets.means.map((mean, k) => (alike[k] < 0 ? mean : start.tasks[alike[k]].mean)),
    deviations: own.targets.deviations.map((deviation, k) =>
      alike[k] < 0 ? deviation : start.tasks[alike[k]].deviation,
    ),
  }
  const isDescribed = own.descriptor.means.length === start.descriptor.means.length
  return { inputs, targets, descriptor: isDescribed ? start.descriptor : own.descriptor }
}
