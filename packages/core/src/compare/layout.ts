import { groupBy } from '../data/group-by.ts'
import type { Dataset, Split, Task, TaskKind } from '../data/types.ts'
import { check } from '../error/mtl-error.ts'
import type { Metric } from '../metric/types.ts'

/** Tasks whose rows are judged together: of one target, kind and number of classes. */
export interface TargetGroup {
  readonly target: string
  readonly kind: TaskKind
  /** Positions. */
  readonly tasks: readonly number[]
  /** Those of its kind; the first is the one that gains are of. */
  readonly metrics: readonly Metric[]
}

/** Groups in the order of first appearance. @throws MtlError 'invalid-option' where no metric can come first */
export function targetGroups(tasks: readonly Task[], metrics: readonly Metric[]): readonly TargetGroup[] {
  const positions = groupBy(tasks.keys(), (k) =>
    JSON.stringify([tasks[k].target, tasks[k].kind, tasks[k].classes.length]),
  )
  return [...positions.values()].map((group) => {
    const { target, kind } = tasks[group[0]]
    const fitting = metrics.filter(({ kinds }) => kinds.includes(kind))
    checkFirst(kind, fitting)
    return { target, kind, tasks: group, metrics: fitting }
  })
}

function checkFirst(kind: TaskKind, metrics: readonly Metric[]): void {
  const first = metrics.at(0)
  check(first !== undefined, 'invalid-option', `metrics must have one for ${kind} tasks`, { kind })
  check(
    first.ratio && first.better !== 'neither',
    'invalid-option',
    `gains are relative: ${first.name} cannot be the first metric for ${kind} tasks, for it has no true zero or no better side`,
    { kind, metric: first.name },
  )
}

/** How much was tested, in labelled rows of a weight other than 0. */
export interface SplitSizes {
  /** Mean over splits of test rows / training rows. */
  readonly testedByTrained: number
  /** The same of each task, over the splits that test it; of all tasks together where it never trains beside a test. */
  readonly taskTestedByTrained: Float64Array
  /** Of each task, mean over the splits that test it; 0 where none does. */
  readonly testRows: Float64Array
  /** Of each task. */
  readonly rows: Float64Array
}

export function splitSizes({ tasks }: Dataset, splits: readonly Split[]): SplitSizes {
  const counts = tasks.map((task) => countedRows(task))
  const rows = Float64Array.from(counts, (counted) => counted.reduce((sum, value) => sum + value, 0))
  const tested = new Float64Array(tasks.length)
  const trained = new Float64Array(tasks.length)
  const testing = new Float64Array(tasks.length)
  let ratios = 0
  for (const { test, unseen } of splits) {
    const left = new Set(unseen)
    let testedHere = 0
    let trainedHere = 0
    for (let t = 0; t < tasks.length; t++) {
      let own = 0
      for (const row of test[t]) own += counts[t][row]
      const rest = left.has(t) ? 0 : rows[t] - own
      testedHere += own
      trainedHere += rest
      if (own === 0) continue
      testing[t] += 1
      tested[t] += own
      trained[t] += rest
    }
    ratios += testedHere / trainedHere
  }
  const testedByTrained = ratios / splits.length
  return {
    testedByTrained,
    taskTestedByTrained: tested.map((own, t) => (trained[t] > 0 ? own / trained[t] : testedByTrained)),
    testRows: tested.map((own, t) => (testing[t] > 0 ? own / testing[t] : 0)),
    rows,
  }
}

/** 1 for each labelled row of a weight other than 0, else 0. */
function countedRows({ targets, weights }: Task): Uint8Array {
  return Uint8Array.from(targets, (target, i) => Number(!Number.isNaN(target) && weights?.[i] !== 0))
}
