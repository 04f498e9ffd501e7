import { permutation } from '@mtl/core'
import type { RandomGenerator, Task } from '@mtl/core'
import { rowsOf } from './loss.ts'

/**
 * The rows of each fold, by task: those of every task are dealt out in a random order from a random fold on, whatever their
 * class, so that each keeps its share in every training part. A task's draws depend on its name and on how many rows it
 * has that count, which is why a row without label or weight is as one that is not there. The only row of a task always
 * trains.
 */
export function dealFolds(
  tasks: readonly Task[],
  folds: number,
  random: RandomGenerator,
): readonly (readonly Int32Array[])[] {
  const dealt = rowsOf(tasks).map(({ weights }, t) => {
    const counted = [...weights.keys()].filter((i) => weights[i] > 0)
    const hands = Array.from({ length: folds }, (): number[] => [])
    if (counted.length < 2) return hands
    const stream = random.fork(tasks[t].name)
    let next = Math.floor(folds * stream.next())
    for (const position of permutation(stream, counted.length)) hands[next++ % folds].push(counted[position])
    return hands
  })
  return Array.from({ length: folds }, (_, fold) => dealt.map((hands) => Int32Array.from(hands[fold]).sort()))
}
