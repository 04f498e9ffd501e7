import type { TaskInfo } from '../data/types.ts'
import { check } from '../error/mtl-error.ts'

/** Tasks that have something in common, as positions in the list. */
export interface Group {
  readonly name: string
  readonly positions: readonly number[]
}

/** In the order of first appearance. */
export function groupTasks(tasks: readonly TaskInfo[], nameOf: (task: TaskInfo) => string): readonly Group[] {
  const groups = new Map<string, number[]>()
  tasks.forEach((task, t) => {
    const name = nameOf(task)
    const positions = groups.get(name)
    if (positions === undefined) groups.set(name, [t])
    else positions.push(t)
  })
  return Array.from(groups, ([name, positions]) => ({ name, positions }))
}

/** Names a target; two kinds of one name are two targets. */
export function targetOf({ kind, target }: Pick<TaskInfo, 'kind' | 'target'>): string {
  return `${kind} "${target}"`
}

/** Names what a prediction may be: tasks of one kind, target and list of classes can be averaged. */
export function answerOf(task: TaskInfo): string {
  return JSON.stringify([targetOf(task), task.classes])
}

/** @throws MtlError 'unsupported' */
export function checkSameClasses(estimator: string, tasks: readonly TaskInfo[]): void {
  const [{ name, classes }] = tasks
  for (const other of tasks) {
    check(
      other.classes.join('\n') === classes.join('\n'),
      'unsupported',
      `${estimator} needs the same classes in "${name}" (${classes.join(', ')}) and "${other.name}" (${other.classes.join(', ')}): single-task takes different ones`,
      { tasks: [name, other.name] },
    )
  }
}
