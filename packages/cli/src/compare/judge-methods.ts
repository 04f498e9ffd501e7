import { check, compare, estimateCosts } from '@mtl/core'
import type { Comparison, CostEstimate, ErrorCode, Estimator } from '@mtl/core'
import type { LoadedData } from '../data/loaded-data.ts'
import { raise } from '../error/problems.ts'
import { executorFor } from '../executor.ts'
import type { Host } from '../host.ts'
import type { CliRegistry } from '../registry.ts'
import { costLine } from '../report/cost-line.ts'
import { dataLine } from '../report/data-line.ts'
import { failureLines } from '../report/failure-lines.ts'
import { progress } from '../report/progress.ts'
import { keepState, readState, refuseForeignFile } from '../state-file.ts'
import type { Identity, StateKeeper } from '../state-file.ts'
import { commandWith } from '../text/command-line.ts'
import { wrap } from '../text/layout.ts'
import { count, duration } from '../text/numbers.ts'
import { styleFor } from '../text/style.ts'
import { packageVersions } from '../versions.ts'
import { chooseMethods, leftOutBaselines, withinLimit } from './methods.ts'
import type { Plan } from './methods.ts'
import type { CompareRequest } from './options.ts'
import { defaultStateFile, identityOf, keptComparison } from './state.ts'
import type { CompareState } from './state.ts'

/** A comparison, and what was settled before it. */
export interface Judged {
  readonly comparison: Comparison
  readonly plan: Plan
  readonly costs: readonly CostEstimate[]
  /** Of the packages, by name. */
  readonly versions: Readonly<Record<string, string>>
  /** Takes away the file in which the comparison was kept. */
  readonly forget: () => void
}

/**
 * Compares the methods of a request, telling the data and their cost before and the progress meanwhile; what is finished is kept in
 * a file, from which an interrupted comparison goes on.
 * @throws MtlError for bad options; `host.signal.reason` when interrupted
 */
export async function judgeMethods(
  loaded: LoadedData,
  request: CompareRequest,
  registry: CliRegistry,
  host: Host,
): Promise<Judged> {
  checkSplits(request, loaded.rows)
  const methods = chooseMethods(registry, request, loaded.data)
  const style = styleFor(host.stdout, host.environment)
  const say = (text: string): void => {
    if (!request.json) host.stdout.write(`${text}\n`)
  }
  say(dataLine(loaded, style))
  const notes = [...loaded.notes, ...leftOutBaselines(methods, loaded.data)]
  for (const note of notes) host.stderr.write(`note: ${note}\n`)
  const versions = await packageVersions(registry)
  const identity = identityOf(loaded.data, methods, request, versions)
  const file = request.state ?? defaultStateFile(identity)
  const earlier = earlierState(file, identity, request, host)
  const costs =
    earlier?.costs ??
    (await estimateCosts(methods, loaded.data, { random: request.seed, signal: host.signal }))
  say(wrap(costLine(costs), style.width, '  '))
  const plan = withinLimit(methods, costs, request.splits, request.timeLimit)
  for (const line of leftOutLines(plan.leftOut, request)) host.stderr.write(`note: ${line}\n`)
  const keeper = keepState(
    file,
    keptComparison,
    identity,
    request.state === undefined
      ? {
          after: secondsUnkept,
          clock: host.clock,
          // Nobody asked for the file: a comparison where none can be written is one that cannot be taken up.
          onFailure: ({ message }) => host.stderr.write(`note: ${message}; it cannot be taken up\n`),
        }
      : { after: 0, clock: host.clock },
  )
  const state = { costs, finished: earlier?.finished ?? [] }
  const comparison = await compared(plan.methods, loaded, request, state, keeper, host)
  refuseNoFit(comparison)
  return { comparison, plan, costs, versions, forget: keeper.remove }
}

/** So many drawn rows take seconds, in which nothing can be interrupted. */
const mostDrawn = 10_000_000
const alwaysAllowed = 100

/** @throws MtlError 'invalid-option' for more splits than such a table needs */
function checkSplits({ splits }: CompareRequest, rows: number): void {
  const most = Math.max(alwaysAllowed, Math.floor(mostDrawn / rows))
  const message = `--splits must be at most ${most} for ${count(rows)} rows; beyond some hundreds no interval narrows visibly`
  check(splits <= most, 'invalid-option', message, { splits })
}

/** What is done again in no time leaves no file behind when it is killed. */
const secondsUnkept = 2

/** What was finished before, where the comparison is to be taken up. */
function earlierState(
  file: string,
  identity: Identity,
  { resume, state }: CompareRequest,
  { stderr }: Host,
): CompareState | undefined {
  if (!resume) {
    if (state !== undefined) refuseForeignFile(file, keptComparison)
    return undefined
  }
  const earlier = readState(file, keptComparison, identity)
  const found =
    earlier === undefined
      ? `there is no ${file}: the comparison starts from the beginning`
      : `${earlier.finished.length} fits are taken from ${file}`
  stderr.write(`note: ${found}\n`)
  return earlier
}

async function compared(
  methods: Readonly<Record<string, Estimator>>,
  { data, taskNoun }: LoadedData,
  { splits, trainFraction, seed, workers }: CompareRequest,
  { costs, finished }: CompareState,
  keeper: StateKeeper<CompareState>,
  host: Host,
): Promise<Comparison> {
  const kept = costs.filter(({ estimator }) => estimator in methods)
  const style = styleFor(host.stderr, host.environment)
  const told = progress({
    write: (text) => host.stderr.write(text),
    rewrites: host.stderr.isTTY === true,
    // A rewritten line must not break, however narrow the terminal is.
    style: { ...style, width: host.stderr.columns ?? style.width },
    methods: Object.keys(methods).length,
    splits,
    costs: kept,
    clock: host.clock,
  })
  host.onInterrupt(() => {
    const { done, total } = told.state()
    const how = done === 0 ? '' : `; go on with: ${commandWith(host, {}, ['--resume'])}`
    return `interrupted after ${done} of ${total} fits${how}`
  })
  const fits = [...finished]
  const executor = await executorFor(workers, kept, splits, host.plugins)
  try {
    return await compare(methods, data, {
      random: seed,
      splits: { repeats: splits, testFraction: 1 - trainFraction },
      taskNoun,
      signal: host.signal,
      executor,
      finished,
      onEvent(event) {
        // What failed is not kept: taken up, it is tried again.
        if (event.type === 'fit' && event.fit.failure === undefined) {
          fits.push(event.fit)
          keeper.keep({ costs, finished: fits })
        }
        told.onEvent(event)
      },
    })
  } catch (error) {
    keeper.flush()
    throw error
  } finally {
    told.end()
    await executor.close()
  }
}

/** @throws MtlError with the reasons, where not one method could be fitted: there is nothing to tell */
function refuseNoFit({ seconds, failures }: Comparison): void {
  if (Object.values(seconds).some((value) => !Number.isNaN(value))) return
  const problems = failureLines(failures).map(({ what, code, message }) => ({
    code: code as ErrorCode,
    message: `${what}: ${message}`,
  }))
  raise(problems)
}

function leftOutLines(leftOut: readonly CostEstimate[], { splits, timeLimit }: CompareRequest): string[] {
  return leftOut.map(
    ({ estimator, seconds }) =>
      `${estimator} is left out: ${splits} fits would take about ${duration(seconds * splits)}, beyond --time-limit ${timeLimit}`,
  )
}
