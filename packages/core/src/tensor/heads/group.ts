import { check } from '../../error/mtl-error.ts'
import { layers } from '../layers.ts'
import { lossOfKind } from '../losses/loss-of-kind.ts'
import type { DataShape, HeadOptions, TaskLoss } from '../types.ts'

/** Tasks with one loss, and towers and heads of equal size: one tensor over them. */
export interface HeadGroup {
  readonly tasks: readonly number[]
  readonly loss: TaskLoss
  /** All tasks are in this group. */
  readonly isWhole: boolean
  /** Row of a task in the group's variables, -1 for the others. */
  readonly position: Int32Array
  readonly tower: ReturnType<typeof layers>
  readonly hasTower: boolean
  /** Best constant outputs of each task. */
  readonly constants: readonly (readonly number[])[]
  readonly outputs: number
  /** Of the shared head. */
  readonly shared: string
  /** Of what each task owns. */
  readonly own: string
}

/** @throws MtlError 'unknown-name' (a task in the options that is not in the data) */
export function headGroups(shape: DataShape, units: number, options: HeadOptions): readonly HeadGroup[] {
  checkNames(shape, options)
  const groups = new Map<string, { loss: TaskLoss; widths: readonly number[]; tasks: number[] }[]>()
  shape.tasks.forEach((task, k) => {
    const loss = options.losses?.[task.name] ?? lossOfKind(task.kind)
    const widths = towerOf(options, task.name)
    const key = JSON.stringify([loss.constant(task).length, widths])
    const alike = groups.get(key) ?? []
    const group = alike.find((each) => each.loss === loss)
    if (group) group.tasks.push(k)
    else groups.set(key, [...alike, { loss, widths, tasks: [k] }])
  })
  const inOrder = [...groups.values()].flat().sort((a, b) => a.tasks[0] - b.tasks[0])
  return inOrder.map(({ loss, widths, tasks }, g) => {
    const { activation, dropout, normalise } = options
    const position = new Int32Array(shape.tasks.length).fill(-1)
    tasks.forEach((k, row) => (position[k] = row))
    const constants = tasks.map((k) => loss.constant(shape.tasks[k]))
    return {
      tasks,
      loss,
      isWhole: tasks.length === shape.tasks.length,
      position,
      tower: layers(`tasks:${g}/tower`, [units, ...widths], {
        ...(activation && { activation }),
        ...(dropout !== undefined && { dropout }),
        ...(normalise && { normalise }),
        tasks: tasks.length,
      }),
      hasTower: widths.length > 0,
      constants,
      outputs: constants[0].length,
      shared: `shared/head:${g}`,
      own: `tasks:${g}/head`,
    }
  })
}

function towerOf({ taskLayers = [] }: HeadOptions, name: string): readonly number[] {
  if (Array.isArray(taskLayers)) return taskLayers as readonly number[]
  return (taskLayers as Readonly<Record<string, readonly number[] | undefined>>)[name] ?? []
}

function checkNames({ tasks }: DataShape, { losses, taskLayers = [] }: HeadOptions): void {
  const known = tasks.map(({ name }) => name)
  const named = {
    'heads.losses': losses ?? {},
    'heads.taskLayers': Array.isArray(taskLayers) ? {} : taskLayers,
  }
  for (const [option, byName] of Object.entries(named))
    for (const name of Object.keys(byName))
      check(
        known.includes(name),
        'unknown-name',
        `${option} names a task "${name}" that is not in the data`,
        {
          option,
          got: name,
          known,
        },
      )
}
