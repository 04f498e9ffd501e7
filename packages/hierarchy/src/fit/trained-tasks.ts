import type { Task } from '@mtl/core'
import { countedRows, tasksWithRows } from './problem.ts'

/** The tasks that a fit is made of. */
export interface TrainedTasks {
  /** Their rows that count. */
  readonly tasks: readonly Task[]
  /** Where they stand among all. */
  readonly positions: readonly number[]
  /** 1 for those with rows, which alone count in updates; all where none has any. */
  readonly counted: Uint8Array
}

/** Tasks without rows move nothing, so the fit does without them; a given tree keeps them, and does not count them. */
export function trainedTasks(all: readonly Task[], isGiven: boolean): TrainedTasks {
  const withRows = tasksWithRows(all)
  const positions = isGiven || withRows.length < 2 ? [...all.keys()] : withRows
  const known = new Set(withRows)
  return {
    tasks: positions.map((k) => countedRows(all[k])),
    positions,
    counted: Uint8Array.from(positions, (k) => (known.has(k) || known.size === 0 ? 1 : 0)),
  }
}
