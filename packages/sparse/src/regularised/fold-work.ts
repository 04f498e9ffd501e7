import { createRandom, iterate } from '@mtl/core'
import type { Dataset, Training, Work } from '@mtl/core'
import { alongPath, heldOutError, penaltyPath, problemOf, shapeOf, type HeldOut } from './path.ts'
import type { Settings } from './settings.ts'
import type { FamilyShape, PenaltyFamily } from './types.ts'

/** What a fold needs, the same for all. */
interface FoldCommon<Own> {
  readonly data: Dataset
  readonly own: Own
  readonly settings: Settings
  readonly penalties: Float64Array
}

interface FoldJob {
  /** Rows held out, by task. */
  readonly test: readonly Int32Array[]
}

export type FoldWork<Own> = Work<FoldCommon<Own>, FoldJob, readonly HeldOut[]>

/** The path of a family on all rows but those of a fold, judged by these at each penalty. */
export function foldWork<Own>(
  name: string,
  familyOf: (own: Own, shape: FamilyShape) => PenaltyFamily,
): FoldWork<Own> {
  return {
    name: `sparse/${name}`,
    async run({ data, own, settings, penalties }, { test }, { signal }) {
      const problem = problemOf(data, familyOf(own, shapeOf(data)), alongPath(settings), test)
      const path = penaltyPath(problem.solve, penalties, ({ weights, intercepts }) =>
        heldOutError(data.tasks, test, weights, problem.loss.interceptsOf(weights.data, intercepts)),
      )
      // No step draws.
      const random = createRandom(0)
      const { parameters } = await lastOf(iterate(path, { random, ...(signal && { signal }) }))
      return parameters.measures
    },
  }
}

async function lastOf<Result>(training: Training<Result>): Promise<Result> {
  for (;;) {
    const { done, value } = await training.next()
    if (done) return value
  }
}
