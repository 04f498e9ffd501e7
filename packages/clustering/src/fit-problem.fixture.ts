import { createRandom, runPhases } from '@mtl/core'
import { familyOf } from './family-of.ts'
import { candidateGroups, fitCandidates, startCount, type Fit } from './fit-candidates.ts'
import type { Layout } from './layout.ts'
import { settingsOf, type TaskClusteringOptions } from './options.ts'
import type { Posteriors } from './parameters.ts'
import type { Problem } from './problem.ts'

export interface Fitted extends Fit {
  readonly layout: Layout
  readonly posteriors: Posteriors
}

/** Every candidate of the options, fitted to numbers as they are, without the estimator's scaling. */
export async function fitProblem(
  problem: Problem,
  options: TaskClusteringOptions,
  seed = 1,
): Promise<readonly Fitted[]> {
  const settings = settingsOf(options)
  const groups = candidateGroups(settings, { ...problem, outputs: problem.targets.length })
  const family = familyOf(problem, settings, true)
  const names = {
    features: Array.from({ length: problem.inputs - 1 }, (_, j) => `x${j}`),
    tasks: Array.from({ length: problem.tasks }, (_, i) => `task ${i}`),
  }
  const fitting = { problem, family, settings, names, numeric: true }
  const training = runPhases(
    { random: createRandom(seed) },
    startCount(groups, settings),
    async function* (run) {
      return { parameters: yield* fitCandidates(fitting, groups, run), converged: true }
    },
  )
  const layouts = groups.flatMap((group) => group.layouts)
  for (;;) {
    const { done, value } = await training.next()
    if (!done) continue
    return value.parameters.map((fit, c) => ({
      ...fit,
      layout: layouts[c],
      posteriors: family.posteriors(layouts[c], fit.x)[0],
    }))
  }
}

/** Most probable cluster of each task. */
export function labelsOf({ responsibilities: { rows, columns, data } }: Posteriors): number[] {
  return Array.from({ length: rows }, (_, i) => {
    const own = data.subarray(i * columns, (i + 1) * columns)
    return own.indexOf(Math.max(...own))
  })
}

/** Agreement of two labellings, 1 for equal but for names, 0 in the mean by chance (Hubert and Arabie, 1985). */
export function adjustedRandIndex(a: readonly number[], b: readonly number[]): number {
  const pairs = (counts: Iterable<number>): number =>
    [...counts].reduce((sum, count) => sum + (count * (count - 1)) / 2, 0)
  const countsOf = (keys: readonly string[]): number[] => {
    const counts = new Map<string, number>()
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
    return [...counts.values()]
  }
  const together = pairs(countsOf(a.map((label, i) => `${label} ${b[i]}`)))
  const [alone, other] = [pairs(countsOf(a.map(String))), pairs(countsOf(b.map(String)))]
  const expected = (alone * other) / pairs([a.length])
  const most = (alone + other) / 2
  return most === expected ? 1 : (together - expected) / (most - expected)
}
