import { createRandom, splitData, splitWhere } from '@mtl/core'
import type { Dataset } from '@mtl/core'
import { relatedTasks } from '@mtl/core/testing'

/** Nine tasks of 60 rows, and a tenth of which there are a few at first, and a hundred later. */
export function arriving(rows: number): Readonly<Record<'known' | 'few' | 'later', Dataset>> {
  const all = relatedTasks({
    random: createRandom(5),
    tasks: 10,
    rows: rows + 100,
    features: 6,
    spread: 0.5,
    noise: 0.3,
  })
  const part = (tasks: Dataset['tasks'], keep: (row: number) => boolean): Dataset =>
    splitData(
      { tasks },
      splitWhere({ tasks }, (row) => keep(row)),
    ).test
  return {
    known: part(all.tasks.slice(0, 9), (row) => row < 60),
    few: part(all.tasks.slice(9), (row) => row < rows),
    later: part(all.tasks.slice(9), (row) => row >= rows),
  }
}
