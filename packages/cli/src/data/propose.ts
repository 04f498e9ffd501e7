import type { Columns } from '@mtl/core'
import { constantWithinTasks } from './constant-columns.ts'
import type { DataOptions } from './data-options.ts'
import { profilesOf, uselessness } from './profile.ts'
import type { ColumnProfile } from './profile.ts'
import { proposeTarget } from './propose-target.ts'
import type { TargetCandidate } from './propose-target.ts'
import { proposeTask } from './propose-task.ts'
import type { TaskCandidate } from './propose-task.ts'
import { targetKinds } from './roles.ts'

/** What a table is taken for where its user does not say. */
export interface Proposal {
  /** Those given, and what was found out. */
  readonly options: DataOptions
  /** A line each: what is assumed, and why. */
  readonly assumptions: readonly string[]
  /** What could not be found out, and has to be said. */
  readonly lacking: readonly ('--task' | '--target')[]
}

/** Texts that mean an empty cell in tables of numbers. */
const missingTexts = new Set([
  'NA',
  'N/A',
  'n/a',
  'na',
  '#N/A',
  'NaN',
  'nan',
  'null',
  'NULL',
  'None',
  '-',
  '?',
  '.',
])

/** Whether the command line leaves open what a table's tasks or targets are. */
export function isOpen({ task, target }: DataOptions): boolean {
  return target.length === 0 || (task === undefined && target.length === 1)
}

/** Roles of the columns that the options leave open, from the cells and names of the table. */
export function propose(columns: Columns, given: DataOptions): Proposal {
  const markers = markersIn(profilesOf(columns, given.missing))
  const missing = [...given.missing, ...markers]
  const profiles = profilesOf(columns, missing)
  const { task, target } = findRoles(columns, profiles, given)
  const taskColumn = given.task ?? task?.column
  const targets = target?.columns ?? given.target
  const roles: DataOptions = {
    ...given,
    ...(taskColumn !== undefined && { task: taskColumn }),
    target: targets,
    missing,
    ...describing(columns, profiles, given, taskColumn, targets),
  }
  const inputs = inputsOf(profiles, roles)
  const filled = given.fill === undefined && inputs.some((name) => hasEmpty(profiles.get(name)))
  const options: DataOptions = { ...roles, features: inputs, ...(filled && { fill: 'mean' }) }
  return {
    options,
    assumptions: [
      ...(task === undefined ? [] : [taskLine(task, profiles)]),
      ...(target === undefined ? [] : [targetLine(columns, options, target.reason)]),
      ...assumedOf(profiles, options, given),
    ],
    lacking: lackingOf(options),
  }
}

function lackingOf({ task, target }: DataOptions): Proposal['lacking'] {
  return [
    ...(task === undefined && target.length < 2 ? ['--task' as const] : []),
    ...(target.length === 0 ? ['--target' as const] : []),
  ]
}

interface Roles {
  readonly task?: TaskCandidate | undefined
  readonly target?: TargetCandidate | undefined
}

/** The column of tasks first: what is constant within them is nothing to be predicted. */
function findRoles(
  columns: Columns,
  profiles: ReadonlyMap<string, ColumnProfile>,
  given: DataOptions,
): Roles {
  const { weight, features = [], target } = given
  const taken = [...target, ...features, ...(weight === undefined ? [] : [weight])]
  const task = given.task === undefined ? proposeTask(columns, profiles, taken) : undefined
  if (target.length > 0) return { task }
  const column = given.task ?? task?.column
  const others = [...taken, ...traits(columns, profiles, column)]
  return { task, target: proposeTarget(profiles, others, column !== undefined) }
}

/** Lines of what was found out beside tasks and targets. */
function assumedOf(
  profiles: ReadonlyMap<string, ColumnProfile>,
  { task, target, weight, descriptors = [], features = [], missing, fill }: DataOptions,
  given: DataOptions,
): string[] {
  const lines: string[] = []
  if (given.descriptors === undefined && descriptors.length > 0)
    lines.push(`descriptors ${listed(descriptors)}: constant within each value of ${task}`)
  lines.push(`inputs ${listed(features)}: ${given.features === undefined ? 'the other columns' : 'as said'}`)
  if (given.features === undefined) {
    for (const profile of profiles.values()) {
      const reason = [task, weight, ...target].includes(profile.name) ? undefined : uselessness(profile)
      if (reason !== undefined) lines.push(`left out ${profile.name}: ${reason}`)
    }
  }
  const markers = missing.filter((text) => !given.missing.includes(text))
  if (markers.length > 0) lines.push(`missing ${markers.join(', ')}: text in columns of numbers`)
  if (fill !== given.fill) lines.push('fill mean: some inputs have empty cells')
  return lines
}

/** The columns that are inputs where none are named: all without another role that can tell anything. */
function inputsOf(profiles: ReadonlyMap<string, ColumnProfile>, options: DataOptions): readonly string[] {
  const { task, target, weight, descriptors = [], features } = options
  if (features !== undefined) return features
  const taken = new Set([task, weight, ...target, ...descriptors])
  return [...profiles.values()]
    .filter((profile) => !taken.has(profile.name) && uselessness(profile) === undefined)
    .map(({ name }) => name)
}

function traits(
  columns: Columns,
  profiles: ReadonlyMap<string, ColumnProfile>,
  task: string | undefined,
): readonly string[] {
  if (task === undefined) return []
  const others = [...profiles.keys()].filter((name) => name !== task)
  return [task, ...constantWithinTasks(columns, task, others)]
}

function describing(
  columns: Columns,
  profiles: ReadonlyMap<string, ColumnProfile>,
  { descriptors, descriptorFile, features, weight }: DataOptions,
  task: string | undefined,
  targets: readonly string[],
): Pick<DataOptions, 'descriptors'> {
  if (task === undefined || (descriptors ?? descriptorFile ?? features) !== undefined) return {}
  const found = traits(columns, profiles, task).filter(
    (name) => ![task, weight, ...targets].includes(name) && !hasEmpty(profiles.get(name)),
  )
  return found.length === 0 ? {} : { descriptors: found }
}

function markersIn(profiles: ReadonlyMap<string, ColumnProfile>): string[] {
  const markers = [...profiles.values()]
    .filter(({ numbers, words }) => numbers > 0 && words.every((word) => missingTexts.has(word)))
    .flatMap(({ words }) => words)
  return [...new Set(markers)]
}

function hasEmpty(profile: ColumnProfile | undefined): boolean {
  return profile !== undefined && profile.filled < profile.rows
}

function taskLine({ column, reasons }: TaskCandidate, profiles: ReadonlyMap<string, ColumnProfile>): string {
  const { distinct = 0, rows = 0 } = profiles.get(column) ?? {}
  return `task ${column}: ${distinct} values, about ${Math.round(rows / distinct)} rows each; ${reasons.join('; ')}`
}

function targetLine(columns: Columns, options: DataOptions, reason: string): string {
  const kinds = Object.values(targetKinds([columns], options))
  const kind = new Set(kinds).size === 1 ? kinds[0] : 'of several kinds'
  return `target ${listed(options.target)} (${kind}): ${reason}`
}

const mostListed = 8

function listed(names: readonly string[]): string {
  if (names.length === 0) return 'none'
  const rest = names.length > mostListed ? ` and ${names.length - mostListed} more` : ''
  return `${names.slice(0, mostListed).join(', ')}${rest}`
}
