import { MtlError, nearest, tablesOf } from '@mtl/core'
import type { CostEstimate, Dataset, Estimator } from '@mtl/core'
import { raise } from '../error/problems.ts'
import type { Problem } from '../error/problems.ts'
import type { CliRegistry } from '../registry.ts'
import type { CompareRequest } from './options.ts'

/** What every comparison holds: MTL must beat separate models, and one model for all. */
const baselines = ['single-task', 'pooled']

/**
 * The methods to compare by name, the baselines always among them.
 * @throws MtlError 'unknown-name', 'invalid-option' with all that is wrong
 */
export function chooseMethods(
  registry: CliRegistry,
  { methods = 'all', methodOptions }: Pick<CompareRequest, 'methods' | 'methodOptions'>,
  data: Dataset,
): Record<string, Estimator> {
  const known = registry.names.estimators
  const listed = methods === 'all' ? known : methods
  const named = [...new Set([...listed, ...Object.keys(methodOptions)])]
  const offered = methodsOnOffer(registry)
  raise(named.filter((name) => !offered.includes(name)).map((name) => unknownMethod(name, registry)))
  const chosen = new Set([...baselines, ...listed])
  if (!canPool(data) && (methods === 'all' || !methods.includes('pooled'))) chosen.delete('pooled')
  raise(
    Object.keys(methodOptions)
      .filter((name) => !chosen.has(name))
      .map((name) => unusedOption(name)),
  )
  return makeAll(registry, [...chosen], methodOptions)
}

/** Pooling needs a target of several tasks, and one table. */
function canPool(data: Dataset): boolean {
  const targets = new Set(data.tasks.map(({ target }) => target))
  return targets.size < data.tasks.length && tablesOf(data.tasks).every((table) => table === 0)
}

/** Why a baseline is not compared, where it is not. */
export function leftOutBaselines(methods: Readonly<Record<string, Estimator>>, data: Dataset): string[] {
  if ('pooled' in methods) return []
  const why = tablesOf(data.tasks).every((table) => table === 0)
    ? 'each target is one task, and there is nothing to pool'
    : 'the tasks differ in their inputs'
  return [`pooled is not compared: ${why}`]
}

/** Names that may be given, loaded or not, sorted. */
export function methodsOnOffer({ names, unloaded }: CliRegistry): string[] {
  return [...names.estimators, ...Object.values(unloaded).flat()].sort()
}

/** A method by its name, with options. @throws MtlError 'unknown-name', 'invalid-option', with the nearest names */
export function methodNamed(
  registry: CliRegistry,
  name: string,
  options: Readonly<Record<string, unknown>>,
): Estimator {
  if (!registry.names.estimators.includes(name)) raise([unknownMethod(name, registry)])
  return registry.estimator(name, options)
}

function makeAll(
  registry: CliRegistry,
  names: readonly string[],
  options: CompareRequest['methodOptions'],
): Record<string, Estimator> {
  const problems: Problem[] = []
  const made: Record<string, Estimator> = {}
  for (const name of names) {
    try {
      made[name] = registry.estimator(name, options[name])
    } catch (error) {
      if (!(error instanceof MtlError)) throw error
      problems.push({ code: error.code, message: error.message })
    }
  }
  raise(problems)
  return made
}

function unknownMethod(name: string, registry: CliRegistry): Problem {
  const installed = [
    ...registry.plugins.map((plugin) => plugin.name),
    ...Object.keys(registry.unloaded),
  ].sort()
  const offered = methodsOnOffer(registry)
  const meant = nearest(name, offered).at(0)
  const hint = meant === undefined ? `Known: ${offered.join(', ')}` : `Nearest: ${meant}`
  const message = `no method "${name}" in the installed plugins (${installed.join(', ')}). ${hint}`
  return { code: 'unknown-name', message }
}

function unusedOption(name: string): Problem {
  return { code: 'invalid-option', message: `--option sets ${name}, which is not among --methods` }
}

/** The methods that a time limit admits, and those that it leaves out. */
export interface Plan {
  readonly methods: Readonly<Record<string, Estimator>>
  readonly leftOut: readonly CostEstimate[]
}

/**
 * Methods in the order of their cost for as long as their fits on all splits fit in the limit together; the
 * baselines always stay.
 */
export function withinLimit(
  methods: Readonly<Record<string, Estimator>>,
  costs: readonly CostEstimate[],
  splits: number,
  timeLimit: number = Infinity,
): Plan {
  let total = 0
  const leftOut: CostEstimate[] = []
  const byPriority = [...costs].sort((a, b) => priority(a) - priority(b))
  for (const cost of byPriority) {
    const seconds = (Number.isNaN(cost.seconds) ? 0 : cost.seconds) * splits
    if (baselines.includes(cost.estimator) || total + seconds <= timeLimit) total += seconds
    else leftOut.push(cost)
  }
  const left = new Set(leftOut.map(({ estimator }) => estimator))
  return { methods: Object.fromEntries(Object.entries(methods).filter(([name]) => !left.has(name))), leftOut }
}

function priority({ estimator, seconds }: CostEstimate): number {
  return baselines.includes(estimator) ? -1 : Number.isNaN(seconds) ? 0 : seconds
}
