/**
 * The splits of the expected figures: rows of a task are ranked by a hash of (split, position of the task, position of
 * the row in the task), and those of lowest rank are tested.
 */
import type { Dataset, Split } from '@mtl/core'

/** MurmurHash3's finaliser of the three numbers; unsigned 32-bit arithmetic. */
export function rowHash(seed: number, task: number, row: number): number {
  const mixed = Math.imul(seed, 0x9e3779b1) + Math.imul(task, 0x85ebca77) + Math.imul(row, 0xc2b2ae3d)
  let h = (mixed + 0x165667b1) >>> 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** The nearest number of rows to this share of each task is tested, and never all. */
export function hashSplit({ tasks }: Dataset, split: number, share: number): Split {
  return {
    test: tasks.map(({ targets: { length } }, t) => {
      const count = Math.min(Math.floor(share * length + 0.5), length - 1)
      return Int32Array.from(lowest(length, (j) => rowHash(split, t, j), count))
    }),
  }
}

/** Ascending positions of the tasks that are held out as a whole. */
export function heldOutTasks({ tasks }: Dataset, split: number, share: number): number[] {
  const count = Math.floor(share * tasks.length + 0.5)
  return lowest(tasks.length, (t) => rowHash(2000 + split, t, 0), count)
}

function lowest(length: number, hashOf: (at: number) => number, count: number): number[] {
  const hashes = Array.from({ length }, (_, at) => hashOf(at))
  const order = [...hashes.keys()].sort((a, b) => hashes[a] - hashes[b] || a - b)
  return order.slice(0, count).sort((a, b) => a - b)
}
