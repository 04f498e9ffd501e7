import { splitData, splitWhere } from '@mtl/core'
import type { Dataset } from '@mtl/core'

/** The first tasks with 60 rows each, and the last one: of a few rows at first, and of the others later. */
export function arriving(all: Dataset, rows: number): Readonly<Record<'known' | 'few' | 'later', Dataset>> {
  const part = (tasks: Dataset['tasks'], keep: (row: number) => boolean): Dataset =>
    splitData({ tasks }, splitWhere({ tasks }, keep)).test
  return {
    known: part(all.tasks.slice(0, -1), (row) => row < 60),
    few: part(all.tasks.slice(-1), (row) => row < rows),
    later: part(all.tasks.slice(-1), (row) => row >= rows),
  }
}
