import { fewestSplits, fewestTestRows } from './decide.ts'
import type { Decision, Roles } from './decide.ts'
import type { Evidence } from './evidence.ts'
import { percentWithInterval, turned } from './percent.ts'
import { pluralOf } from './plural.ts'
import type { EstimatorSummary } from './types.ts'

/** Names of so many tasks are given; the rest is counted. */
const mostNames = 5

interface Words {
  /** What a task is called: 'school'. */
  readonly noun: string
  readonly nouns: string
  readonly count: number
  /** 'error (RMSE)'. */
  readonly measure: string
  /** 'below' for an error, and what it does then. */
  readonly better: { readonly side: string; readonly verb: string }
  readonly worse: { readonly verb: string }
  /** What sharing must beat: 'one model per school' and 'separate models', or the baseline's name where it is none of these. */
  readonly separate: { readonly label: string; readonly models: string; readonly keep: string }
}

/** The decision and its evidence in sentences that a reader can act on. */
export function verdictSentences(
  evidence: Evidence,
  summaries: readonly EstimatorSummary[],
  roles: Roles,
  decided: Decision,
  noun = 'task',
): string {
  const words = wordsFor(evidence, roles, noun)
  const { best } = decided
  const chosen = againstSeparate(summaries, roles, decided.recommended)
  if (evidence.sizes.testRows.every((rows) => rows === 0))
    return 'There is nothing to compare: no test row has a label.'
  if (decided.decision === 'too-little-data') return tooLittle(evidence, words)
  if (words.count === 1) return `There is one ${noun}: nothing to learn together.`
  if (best === undefined) return `There is nothing to compare with ${roles.separate}.`
  if (chosen === undefined) return withoutChoice(best, decided, words)
  if (decided.decision === 'one-model') return oneModel(summaries, chosen, best, words)
  const told = decided.decision === 'some' ? some(chosen, words) : together(chosen, words)
  return `${told}${alternative(summaries, chosen, roles, words)}`
}

function together({ estimator, overall, helpedTasks, beyond }: EstimatorSummary, words: Words): string {
  const { nouns, count, measure, better, separate } = words
  const gaining = helpedTasks.length === 0 ? 'No' : String(helpedTasks.length)
  return (
    `Learn these ${thousands(count)} ${nouns} together: yes, with ${estimator}. ` +
    `On the same held-out rows its ${measure} is ${percentWithInterval(overall)} ${better.side} that of ${separate.models}. ` +
    `${gaining} ${subject(words, helpedTasks.length)} shown to gain and none to be hurt (${below(beyond)}).`
  )
}

function some({ estimator, overall, hurtTasks, beyond }: EstimatorSummary, words: Words): string {
  const { nouns, count, measure, better, separate } = words
  return (
    `Learn these ${thousands(count)} ${nouns} together: yes, but not all. ` +
    `With ${estimator} the ${measure} over all rows ${better.verb} by ${percentWithInterval(overall)}, and ` +
    `${hurtTasks.length} ${subject(words, hurtTasks.length)} shown to be hurt: ${listed(hurtTasks)} (${below(beyond)}). ` +
    `Keep ${separate.keep} for ${hurtTasks.length === 1 ? 'that one' : 'those'}.`
  )
}

/** Of one model for all, that it is the best or not shown to be behind by more than next to nothing. */
function oneModel(
  summaries: readonly EstimatorSummary[],
  chosen: EstimatorSummary,
  best: EstimatorSummary,
  { measure, better, separate }: Words,
): string {
  const ahead = summaries.find(
    ({ estimator, baseline }) => estimator === best.estimator && baseline === chosen.estimator,
  )
  const asGood =
    ahead === undefined
      ? `${chosen.estimator} predicts best and is simplest`
      : `${chosen.estimator} predicts as well as the best method, ${best.estimator} (difference ${percentWithInterval(ahead.overall)}), and is simpler`
  return (
    `Yes, one model for all will do. ${asGood}; ` +
    `its ${measure} is ${percentWithInterval(chosen.overall)} ${better.side} that of ${separate.models}.`
  )
}

/** Nothing helps: sharing hurts, or rows and tasks disagree, or nothing is shown. */
function withoutChoice(
  { estimator, overall, balanced, verdict }: EstimatorSummary,
  { decision }: Decision,
  { noun, nouns, count, measure, better, worse, separate }: Words,
): string {
  const these = `Learn these ${thousands(count)} ${nouns} together`
  if (decision === 'separate') {
    return (
      `${these}: no. The best method, ${estimator}, predicts worse than ${separate.models}: ` +
      `the ${measure} ${worse.verb} by ${percentWithInterval(turned(overall))}. Keep ${separate.keep}.`
    )
  }
  if (verdict === 'mixed') {
    const falls = overall.mean > 0
    const [rows, tasks] = falls ? [overall, turned(balanced)] : [turned(overall), balanced]
    const [overRows, overTasks] = falls ? [better.verb, worse.verb] : [worse.verb, better.verb]
    return (
      `${these}: not shown. With ${estimator}, over all rows the ${measure} ${overRows} by ${percentWithInterval(rows)}, ` +
      `but with ${nouns} counted alike it ${overTasks} by ${percentWithInterval(tasks)}: the answer depends on what counts.`
    )
  }
  const foremost =
    overall.mean > 0 ? 'The best method' : `None does better than ${separate.models}; the closest`
  return (
    `${these}: not shown. ${foremost}, ${estimator}, differs by ${percentWithInterval(overall)}, which includes zero. ` +
    `More rows per ${noun} or more splits would decide; until then keep the simpler model, ${separate.label}.`
  )
}

function tooLittle({ scores, sizes }: Evidence, { noun }: Words): string {
  const describes = 'What follows describes, it does not decide.'
  if (scores.splits < fewestSplits) {
    const splits = scores.splits === 1 ? 'one split' : `${scores.splits} splits`
    return `Too little data to tell: ${splits}, where ${fewestSplits} are needed for a test. ${describes}`
  }
  // Over the share of a task's rows that a split tests it by: all of those of a task that is left out.
  const needed = Math.ceil((fewestTestRows * sum(testedRows(sizes))) / sum(sizes.testRows))
  return (
    `Too little data to tell. Median ${median(sizes.rows)} rows per ${noun}; ` +
    `${needed} would be needed for a test. ${describes}`
  )
}

/** What the plain way of sharing would do. */
function alternative(
  summaries: readonly EstimatorSummary[],
  chosen: EstimatorSummary,
  roles: Roles,
  { separate }: Words,
): string {
  const plain = roles.pooled === undefined ? undefined : againstSeparate(summaries, roles, roles.pooled)
  if (plain === undefined || plain === chosen || Number.isNaN(plain.overall.mean)) return ''
  if (plain.verdict === 'helps') {
    const share = (100 * plain.overall.mean) / chosen.overall.mean
    return ` One pooled model gets you ${percentWithInterval({ mean: share, lower: NaN, upper: NaN })} of that gain.`
  }
  if (plain.verdict === 'hurts')
    return ` A single pooled model would make predictions worse, by ${percentWithInterval(turned(plain.overall))}.`
  return ` A single pooled model is not shown to differ from ${separate.models} (${percentWithInterval(plain.overall)}).`
}

function againstSeparate(
  summaries: readonly EstimatorSummary[],
  { separate }: Roles,
  estimator: string,
): EstimatorSummary | undefined {
  return summaries.find((summary) => summary.baseline === separate && summary.estimator === estimator)
}

function wordsFor({ scores, groups }: Evidence, { separate, perTask }: Roles, noun: string): Words {
  const first = [...new Set(groups.map(({ metrics }) => metrics[0]))]
  const lower = first.every(({ better }) => better === 'lower')
  const higher = first.every(({ better }) => better === 'higher')
  const [name] = first.map((metric) => metric.name)
  const known: Readonly<Record<string, string>> = { rmse: 'error (RMSE)', 'log-loss': 'log loss' }
  const mixed = higher ? 'score' : 'error'
  return {
    noun,
    nouns: pluralOf(noun),
    count: scores.tasks.length,
    measure: first.length > 1 ? mixed : (known[name] ?? name.replaceAll('-', ' ')),
    better: lower || !higher ? { side: 'below', verb: 'falls' } : { side: 'above', verb: 'rises' },
    worse: { verb: lower || !higher ? 'rises' : 'falls' },
    separate: {
      label: separate,
      models: perTask ? `one model per ${noun}` : separate,
      keep: perTask ? 'separate models' : separate,
    },
  }
}

/** A count never stands without the one expected by chance. */
function below({ below: count, expectedByChance }: EstimatorSummary['beyond']): string {
  const lie = count === 1 ? '1 lies' : `${count} lie`
  return `${lie} below zero by ${count === 1 ? 'its' : 'their'} own interval; chance alone gives about ${figure(expectedByChance)}`
}

/** 'school is', 'schools are'. */
function subject({ noun, nouns }: Words, count: number): string {
  return count === 1 ? `${noun} is` : `${nouns} are`
}

function listed(names: readonly string[]): string {
  const given = names.slice(0, mostNames).join(', ')
  return names.length > mostNames ? `${given} and ${names.length - mostNames} more` : given
}

/** Two figures below 10. */
function figure(value: number): string {
  return value < 10 ? String(Number(value.toPrecision(2))) : thousands(Math.round(value))
}

function thousands(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** Rows of the tasks that some split tests. */
function testedRows({ rows, testRows }: Evidence['sizes']): Float64Array {
  return rows.filter((_, t) => testRows[t] > 0)
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0)
}

/** The lower of two in the middle: where half of the tasks are small, it is one of these. */
function median(values: Float64Array): number {
  return values.toSorted()[Math.floor((values.length - 1) / 2)]
}
