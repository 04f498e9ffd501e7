import { check, matrix, observed } from '@mtl/core'
import type { Dataset, Matrix, Task, TaskInfo, TaskKind } from '@mtl/core'

/** The labelled rows of a task, N of them, and what its weights stand for. P = features + 1, K outputs, D = K P weights. */
export interface TaskRows {
  readonly kind: TaskKind
  /** What each output is: a class of several, by which other tasks' weights are found; one output else. */
  readonly outputs: readonly string[]
  /** N x P, the constant last. */
  readonly design: Matrix
  /** Its entries squared. */
  readonly squares: Matrix
  readonly targets: Float64Array
  readonly weights: Float64Array
  /** Sum of case weights. */
  readonly total: number
  /** Other tasks may learn of it. */
  readonly teaches: boolean
}

export function taskRowsOf(task: Task): TaskRows {
  const { inputs, targets, weights = new Float64Array(targets.length).fill(1), kind } = observed(task)
  const design = designOf(inputs)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return {
    kind,
    outputs: outputsOf(task),
    design,
    squares: { ...design, data: design.data.map((x) => x * x) },
    targets,
    weights,
    total,
    // A task without rows has nothing to say: as a component it would be the anchor once more.
    teaches: total > 0,
  }
}

/** Its classes of several, else one without a name: the second class, or the number. */
export function outputsOf({ kind, classes }: Pick<TaskInfo, 'kind' | 'classes'>): readonly string[] {
  return kind === 'multiclass' ? classes : ['']
}

/** Rows (x, 1). */
export function designOf({ rows, columns, data }: Matrix): Matrix {
  const design = matrix(rows, columns + 1)
  for (let i = 0; i < rows; i++) {
    design.data.set(data.subarray(i * columns, (i + 1) * columns), i * (columns + 1))
    design.data[i * (columns + 1) + columns] = 1
  }
  return design
}

/**
 * Two classes have one row of weights, for the second: it must mean the same in all tasks of a target. So must each of several where
 * nothing is matched by class.
 * @throws MtlError 'unsupported'
 */
export function checkClasses({ tasks }: Dataset, name: 'variational' | 'variational-network'): void {
  const matchesClasses = name === 'variational'
  const first = new Map<string, Task>()
  for (const task of tasks) {
    const target = matchesClasses ? task.target : ''
    const known = first.get(target) ?? task
    first.set(target, known)
    const isMatched = matchesClasses && task.kind !== 'binary'
    const remedy = matchesClasses
      ? 'give them the same classes, make them multiclass, or name another target'
      : 'give them the same classes, or take variational, which matches several classes by name'
    check(
      isMatched || task.classes.join('\n') === known.classes.join('\n'),
      'unsupported',
      `${name} needs the same ${task.kind === 'binary' ? 'two ' : ''}classes in every task of target "${task.target}", and "${known.name}" and "${task.name}" differ: ${remedy}`,
      { task: task.name, target: task.target },
    )
  }
}
