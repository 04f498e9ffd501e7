import { check } from '@mtl/core'
import { gaussianFamily, type Family } from './family.ts'
import type { Settings } from './options.ts'
import type { Problem } from './problem.ts'

export function familyOf(problem: Problem, settings: Settings, numeric: boolean): Family {
  check(numeric, 'unsupported', 'task-clustering learns numbers alone')
  return gaussianFamily(problem, settings)
}
