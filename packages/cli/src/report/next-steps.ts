import type { Comparison } from '@mtl/core'
import type { CostEstimate } from '@mtl/core'
import { commandWith } from '../text/command-line.ts'
import type { Host } from '../host.ts'
import { count, duration } from '../text/numbers.ts'

/** More splits than these change little: what is left is the rows. */
const manySplits = 20

/** A comparison on fewer tells nothing; too little data on so many is too few rows, which no split adds. */
const fewestSplits = 3

/** What a reader can do now: only commands that exist. */
export function nextSteps(
  { decision, scores, recommended }: Comparison,
  request: {
    readonly host: Pick<Host, 'args' | 'environment'>
    readonly splits: number
    readonly compared: readonly string[]
  },
  leftOut: readonly CostEstimate[],
): string[] {
  const { host, splits, compared } = request
  const steps: string[] = []
  const open = decision === 'undecided' || (decision === 'too-little-data' && splits < fewestSplits)
  if (open && splits < manySplits && scores.tasks.length > 1)
    steps.push(
      `${splits < fewestSplits ? 'a verdict needs more splits' : 'more splits narrow the intervals'}: ${commandWith(host, { '--splits': String(manySplits) })}`,
    )
  if (leftOut.length > 0) {
    const names = leftOut.map(({ estimator }) => estimator)
    const seconds = leftOut.reduce((sum, cost) => sum + cost.seconds, 0) * splits
    const command = commandWith(host, { '--time-limit': undefined, '--methods': names.join(',') })
    steps.push(`the ${count(names.length)} left out, about ${duration(seconds)}: ${command}`)
  }
  if (['together', 'one-model', 'some', 'separate'].includes(decision))
    steps.push(`the model on all rows: ${trainCommand(host, recommended)}`)
  if (steps.length === 0 && compared.length > 0)
    steps.push(`every figure, for a program: ${commandWith(host, {}, ['--json'])}`)
  return steps
}

/** Options that are for comparing alone. */
const ofComparing = [
  '--methods',
  '--splits',
  '--train-fraction',
  '--time-limit',
  '--workers',
  '--state',
  '--report',
]

/** The same data and seed, for one method with the options that it was compared with. */
function trainCommand({ args, environment }: Pick<Host, 'args' | 'environment'>, method: string): string {
  const options = args.flatMap((arg, i) => {
    const setting = arg.startsWith('--option=') ? arg.slice('--option='.length) : args[i + 1]
    const isOwn = /^--option(=|$)/.test(arg) && setting.startsWith(`${method}.`)
    return isOwn ? ['--option', setting.slice(method.length + 1)] : []
  })
  const gone = Object.fromEntries([...ofComparing, '--option'].map((flag) => [flag, undefined]))
  const renamed = args.map((arg) => (arg === 'compare' ? 'train' : arg))
  const changes = { ...gone, '--method': method, '--out': 'model' }
  return commandWith({ args: renamed, environment }, changes, options)
}
