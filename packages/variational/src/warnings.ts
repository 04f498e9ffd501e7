import { dataWarnings } from '@mtl/core'
import type { Dataset, MixtureRule, Task, Warning } from '@mtl/core'
import { mostComponents } from './fit-outer.ts'
import type { Settings } from './options.ts'
import type { VariationalParameters } from './parameters.ts'

/** What in the data, or in what was learnt, a user should know. */
export function variationalWarnings(
  parameters: VariationalParameters,
  data: Dataset,
  settings: Settings,
): readonly Warning[] {
  const { tasks } = data
  return [
    ...dataWarnings(data),
    ...classesWithoutRows(tasks, settings),
    ...settingWarnings(tasks.length, settings),
    ...loneTasks(parameters, tasks, settings),
    ...undecided(parameters),
    ...stepLimit(parameters, tasks, settings),
  ]
}

function settingWarnings(count: number, { outerSteps, neighbours }: Settings): Warning[] {
  const warnings: Warning[] = []
  if (outerSteps > 3)
    warnings.push({
      code: 'double-counting',
      message: `with ${outerSteps} outer steps a task meets its own rows again in what others learnt of it, and is too sure: outerSteps 2 or 3 will do`,
    })
  if (count > mostComponents)
    warnings.push({
      code: 'neighbour-components',
      message: `of ${count} tasks each learns of its ${neighbours} nearest alone; the option neighbours changes that`,
    })
  return warnings
}

/** Weight of the anchor above which a task counts as on its own. */
const mostOfAnchor = 0.9

function loneTasks(
  { relatedness, relatednessHistory }: VariationalParameters,
  tasks: readonly Task[],
  { outerSteps }: Settings,
): Warning[] {
  const [{ rows: count }, steps] = [relatedness, relatednessHistory.length]
  if (outerSteps === 1 || (count > 1 && steps === 1)) return []
  const alone = tasks.filter((_, t) => relatedness.data[t * (count + 1) + count] > mostOfAnchor)
  return named('lone-task', 'learns from its own rows alone, no other task being of use to it', alone)
}

function classesWithoutRows(tasks: readonly Task[], { outerSteps }: Settings): Warning[] {
  const lacking = tasks.flatMap(({ name, kind, classes, targets, weights }) => {
    if (kind !== 'multiclass') return []
    const seen = new Set(targets.filter((_, i) => (weights?.[i] ?? 1) > 0))
    // A task without any rows has its own warning.
    if (![...seen].some((value) => !Number.isNaN(value))) return []
    return classes.filter((_, k) => !seen.has(k)).map((label) => ({ name: `${name}: ${label}` }))
  })
  const rests = outerSteps > 1 ? 'other tasks' : 'the prior'
  return named('class-without-rows', `no row of the class, so its predictions rest on ${rests}`, lacking)
}

function undecided({ choice, priorRule }: VariationalParameters): Warning[] {
  if (choice === undefined) return []
  const { rules, logLoss, standardError } = choice
  // Of each rule the better variance.
  const bestOf = (rule: MixtureRule): number => Math.min(...logLoss.filter((_, r) => rules[r] === rule))
  const [first, second] = [bestOf('match'), bestOf('spread')]
  if (Math.abs(first - second) > Math.max(...standardError)) return []
  const losses = `match ${first.toPrecision(4)}, spread ${second.toPrecision(4)}`
  const message = `the rules are within a standard error of one another on held-out rows (${losses}): ${priorRule} was taken`
  return [{ code: 'rule-undecided', message }]
}

function stepLimit(
  { outer }: VariationalParameters,
  tasks: readonly Task[],
  { maxSteps }: Settings,
): Warning[] {
  const { converged } = outer[outer.length - 1]
  const left = tasks.filter((_, t) => converged[t] === 0)
  return named('step-limit', `still gaining after ${maxSteps} sweeps, the option maxSteps`, left)
}

const listed = 5

function named(code: string, trouble: string, among: readonly { readonly name: string }[]): Warning[] {
  if (among.length === 0) return []
  const names = among.slice(0, listed).map(({ name }) => `"${name}"`)
  const more = among.length > listed ? ` and ${among.length - listed} more` : ''
  return [{ code, message: `${trouble}: ${names.join(', ')}${more}` }]
}
