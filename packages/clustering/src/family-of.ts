import { boundFamily, laplaceFamily } from './class-family.ts'
import { gaussianFamily, type Family } from './family.ts'
import type { Settings } from './options.ts'
import type { Problem } from './problem.ts'

/** Numbers exactly, classes as the options say. */
export function familyOf(problem: Problem, settings: Settings, numeric: boolean): Family {
  if (numeric) return gaussianFamily(problem, settings)
  return settings.approximation === 'laplace'
    ? laplaceFamily(problem, settings)
    : boundFamily(problem, settings)
}
