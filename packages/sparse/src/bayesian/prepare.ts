import { check } from '@mtl/core'
import type { Dataset, Task } from '@mtl/core'
import { resolveGroups } from './feature-groups.ts'
import type { SparseBayesianSettings } from './options.ts'
import { precisionLaw } from './priors.ts'
import { layoutOf, prepareRows, rowStartsOf } from './problem.ts'
import type { Preparation, Problem } from './problem.ts'

/** The data as the updates take it, of the tasks that have rows. */
export interface Prepared {
  readonly problem: Problem
  readonly preparation: Preparation
  /** Positions of those tasks among all. */
  readonly positions: readonly number[]
  readonly tasks: number
  readonly features: readonly string[]
}

/** @throws MtlError 'unknown-name', 'unsupported' */
export function prepare(data: Dataset, settings: SparseBayesianSettings): Prepared {
  const { intercept, prior, interceptPrior } = settings
  const positions = [...data.tasks.keys()].filter((t) => hasRows(data.tasks[t]))
  check(positions.length > 0, 'unsupported', 'sparse-bayesian needs a labelled row in one task at least')
  const { features } = data.tasks[0]
  const blocks = resolveGroups(settings.groups, features)
  check(
    blocks.length > 0 || intercept === 'group',
    'unsupported',
    "sparse-bayesian without features needs intercept 'group'",
  )
  const preparation = prepareRows({ tasks: positions.map((t) => data.tasks[t]) }, intercept)
  const groups = layoutOf(intercept === 'group' ? [...blocks, Int32Array.of(features.length)] : blocks)
  const ofConstant = interceptPrior === 'as-features' ? prior : interceptPrior
  const { tasks, width, freeIntercept, labels, logIntercepts } = preparation
  return {
    problem: {
      kind: data.tasks[0].kind === 'binary' ? 'binary' : 'regression',
      tasks,
      width,
      groups,
      freeIntercept,
      labels,
      logIntercepts,
      priors: groups.blocks.map((block, i) =>
        precisionLaw(i < blocks.length ? prior : ofConstant, tasks.length * block.length),
      ),
      rowStarts: rowStartsOf(tasks),
    },
    preparation,
    positions,
    tasks: data.tasks.length,
    features: features.map(({ name }) => name),
  }
}

function hasRows({ targets, weights }: Task): boolean {
  return targets.some((value, i) => !Number.isNaN(value) && weights?.[i] !== 0)
}
