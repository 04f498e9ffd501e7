import type { Dataset } from '../data/types.ts'
import { checkNumber } from '../error/check-number.ts'
import { check } from '../error/mtl-error.ts'
import { inlineExecutor } from '../executor/inline.ts'
import type { Work } from '../executor/types.ts'
import type { Metric } from '../metric/types.ts'
import type { Estimator, TrainEvent } from '../model/types.ts'
import { createRandom } from '../random/generator.ts'
import type { RandomGenerator } from '../random/types.ts'
import { judge } from './comparison.ts'
import type { Roles } from './decide.ts'
import { fitKeys } from './fit-key.ts'
import { fitWork } from './fit-work.ts'
import { targetGroups } from './layout.ts'
import { defaultBaselines, makeSplits, metricsFor } from './plan.ts'
import { failureOf, refusal } from './refusal.ts'
import type { CompareOptions, Comparison, FitCommon, FitJob, FitResult } from './types.ts'

/**
 * Every estimator sees the same splits and a random stream named after itself and the split. On unseen tasks
 * a model predicts by `predictTask` from kind, target, descriptor and examples, inputs aligned by feature.
 * @throws `signal.reason` when aborted; what was finished has been reported by then. MtlError 'invalid-option',
 * 'invalid-data' (no tasks, test rows that do not ascend), 'dimension-mismatch', 'duplicate-name'
 */
export async function compare<Name extends string>(
  estimators: Readonly<Record<string, Estimator>>,
  data: Dataset<Name>,
  options: CompareOptions,
): Promise<Comparison> {
  const {
    confidence = 0.95,
    baselines = defaultBaselines(data),
    metrics = metricsFor(data),
    taskNoun,
  } = options
  checkArguments(data, baselines, metrics, confidence)
  const random = generatorOf(options.random)
  // A number as label: no estimator's name gives the same stream.
  const splits = await makeSplits(data, options.splits, random.fork(0), options.signal)
  const all = { ...withoutThose(baselines, estimators), ...estimators }
  const labels = [...Object.keys(estimators), ...Object.keys(withoutThose(baselines, estimators))]

  const refused = labels.flatMap((estimator) => {
    const failure = refusal(all[estimator], data, splits)
    return failure ? [{ estimator, ...failure }] : []
  })
  const tried = labels.filter((label) => !refused.some(({ estimator }) => estimator === label))
  const jobs = splits.flatMap((_, split) => tried.map((label) => jobOf(label, all[label], split, random)))
  const common: FitCommon = { data, splits, metrics: metrics.map(({ name }) => name) }
  const fits = await runFits(workOf(all, metrics), common, jobs, options)
  return judge({
    ...{ data, splits, metrics, estimators: labels, baselines: Object.keys(baselines), fits, refused },
    ...{ confidence, taskNoun, roles: rolesOf(Object.keys(baselines), all, tried) },
  })
}

function checkArguments(
  { tasks }: Dataset,
  baselines: Readonly<Record<string, Estimator>>,
  metrics: readonly Metric[],
  confidence: number,
): void {
  checkNumber('confidence', confidence, { above: 0, below: 1 })
  check(tasks.length > 0, 'invalid-data', 'a comparison needs at least one task')
  check(Object.keys(baselines).length > 0, 'invalid-option', 'a comparison needs at least one baseline')
  const names = metrics.map(({ name }) => name)
  const twice = names.find((name, m) => names.indexOf(name) < m)
  check(twice === undefined, 'duplicate-name', `two metrics are named "${twice ?? ''}"`)
  targetGroups(tasks, metrics)
}

function generatorOf(random: CompareOptions['random']): RandomGenerator {
  return typeof random === 'object' ? random : createRandom(random)
}

function withoutThose<Value>(
  record: Readonly<Record<string, Value>>,
  named: Readonly<Record<string, unknown>>,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !Object.hasOwn(named, name)))
}

function jobOf(label: string, { name, options }: Estimator, split: number, random: RandomGenerator): FitJob {
  return { label, estimator: { name, options }, split, random: random.fork(label).fork(split).toJSON() }
}

/** Separate models are the baseline that is single-task by name, else the first: of those that can learn such data, if any can. */
function rolesOf(
  baselines: readonly string[],
  all: Readonly<Record<string, Estimator>>,
  tried: readonly string[],
): Roles {
  const able = baselines.filter((label) => tried.includes(label))
  const labels = able.length > 0 ? able : baselines
  const pooled = labels.find((label) => all[label].name === 'pooled')
  const separate = labels.find((label) => all[label].name === 'single-task') ?? labels[0]
  return {
    separate,
    perTask: ['single-task', 'task-mean'].includes(all[separate].name),
    ...(pooled !== undefined && { pooled }),
  }
}

/** For this thread: the very estimators and metrics that were given, found by what a job says of them. */
function workOf(
  estimators: Readonly<Record<string, Estimator>>,
  metrics: readonly Metric[],
): Work<FitCommon, FitJob, FitResult, TrainEvent> {
  const recipe = (name: string, options: Readonly<Record<string, unknown>>): string =>
    JSON.stringify([name, options])
  const recipes = new Map(Object.values(estimators).map((made) => [recipe(made.name, made.options), made]))
  const byName = new Map(metrics.map((metric) => [metric.name, metric]))
  return fitWork({
    estimator: (name, options) => recipes.get(recipe(name, options)) as Estimator,
    metric: (name) => byName.get(name) as Metric,
  })
}

/** Results in the order of jobs; those that were finished before are not run again. */
async function runFits(
  work: Work<FitCommon, FitJob, FitResult, TrainEvent>,
  common: FitCommon,
  jobs: readonly FitJob[],
  { executor = inlineExecutor(), signal, onEvent, finished = [] }: CompareOptions,
): Promise<readonly FitResult[]> {
  signal?.throwIfAborted()
  const keys = fitKeys(common)
  const before = new Map(finished.map((fit) => [fit.key, fit]))
  const results = jobs.map((job) => before.get(keys.fit(job)))
  const waiting = [...jobs.keys()].filter((j) => results[j] === undefined)
  let done = jobs.length - waiting.length
  const listen = onEvent && {
    onEvent: (job: number, event: TrainEvent): void => {
      const { label, split } = jobs[waiting[job]]
      onEvent({ type: 'training', estimator: label, split, event })
    },
  }
  const running = executor.run(
    work,
    { key: keys.common, value: common },
    waiting.map((j) => jobs[j]),
    { ...(signal && { signal }), ...listen },
  )
  for await (const outcome of running) {
    const job = jobs[waiting[outcome.job]]
    const fit = 'error' in outcome ? failed(common, job, keys.fit(job), outcome.error) : outcome.result
    results[waiting[outcome.job]] = fit
    done += 1
    onEvent?.({ type: 'fit', fit, done, total: jobs.length })
  }
  return results.filter((fit) => fit !== undefined)
}

function failed({ data, metrics }: FitCommon, job: FitJob, key: string, error: unknown): FitResult {
  const scores = new Float64Array(data.tasks.length * metrics.length).fill(NaN)
  const { label: estimator, split } = job
  return { estimator, split, key, scores, overall: [], seconds: NaN, failure: failureOf(error) }
}
