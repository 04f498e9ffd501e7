import { check, compare, estimateCosts } from '@mtl/core'
import type { Comparison, CostEstimate, Estimator } from '@mtl/core'
import { loadData } from '../data/load-data.ts'
import { settleRoles } from '../data/settle.ts'
import type { LoadedData } from '../data/loaded-data.ts'
import { executorFor } from '../executor.ts'
import type { Host } from '../host.ts'
import { writeAll } from '../output.ts'
import { createCliRegistry } from '../registry.ts'
import { costLine } from '../report/cost-line.ts'
import { dataLine } from '../report/data-line.ts'
import { jsonPieces } from '../report/json.ts'
import { methodsTable } from '../report/methods-table.ts'
import { nextSteps } from '../report/next-steps.ts'
import { progress } from '../report/progress.ts'
import { commandWith } from '../text/command-line.ts'
import { wrap } from '../text/layout.ts'
import { count, duration } from '../text/numbers.ts'
import { inGlyphs, styleFor } from '../text/style.ts'
import { packageVersions } from '../versions.ts'
import { chooseMethods, leftOutBaselines, withinLimit } from './methods.ts'
import type { Plan } from './methods.ts'
import { compareRequest } from './options.ts'
import type { CompareRequest } from './options.ts'
import { defaultStateFile, identityOf, keepState, readState, refuseForeignFile } from './state.ts'
import type { CompareState, Identity, StateKeeper } from './state.ts'

/**
 * `mtl compare`: reads the data, states what the methods cost, compares them and prints what was found.
 * @throws MtlError for bad data or options; `host.signal.reason` when interrupted
 */
export async function runCompare(
  files: readonly string[],
  options: Readonly<Record<string, unknown>>,
  host: Host,
): Promise<void> {
  const request = compareRequest(files, options)
  const registry = createCliRegistry()
  const loaded = await loadData(files, await settleRoles(files, request.data, request.yes, host))
  checkSplits(request, loaded.rows)
  const methods = chooseMethods(registry, request, loaded.data)
  const out = styleFor(host.stdout, host.environment)
  const say = (text: string): void => {
    if (!request.json) host.stdout.write(`${text}\n`)
  }
  say(dataLine(loaded, out))
  const notes = [...loaded.notes, ...leftOutBaselines(methods, loaded.data)]
  for (const note of notes) host.stderr.write(`note: ${note}\n`)
  const versions = await packageVersions(registry)
  const identity = identityOf(loaded.data, methods, request, versions)
  const file = request.state ?? defaultStateFile(identity)
  const earlier = earlierState(file, identity, request, host)
  const costs =
    earlier?.costs ??
    (await estimateCosts(methods, loaded.data, { random: request.seed, signal: host.signal }))
  say(wrap(costLine(costs), out.width, '  '))
  const plan = withinLimit(methods, costs, request.splits, request.timeLimit)
  for (const line of leftOutLines(plan.leftOut, request)) host.stderr.write(`note: ${line}\n`)
  const keeper = keepState(
    file,
    identity,
    { costs, finished: earlier?.finished ?? [] },
    request.state === undefined
      ? {
          after: secondsUnkept,
          clock: host.clock,
          // Nobody asked for the file: a comparison where none can be written is one that cannot be taken up.
          onFailure: ({ message }) => host.stderr.write(`note: ${message}; it cannot be taken up\n`),
        }
      : { after: 0, clock: host.clock },
  )
  const comparison = await compared(
    plan.methods,
    loaded,
    request,
    { costs, finished: earlier?.finished ?? [] },
    keeper,
    host,
  )
  if (request.json) {
    const settings = {
      methods: Object.keys(plan.methods),
      splits: request.splits,
      trainFraction: request.trainFraction,
      seed: request.seed,
      versions,
    }
    await writeAll(host.stdout, jsonPieces(loaded, settings, costs, comparison))
  } else await writeAll(host.stdout, reportPieces(comparison, loaded, request, plan, host))
  keeper.remove()
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
    if (state !== undefined) refuseForeignFile(file)
    return undefined
  }
  const earlier = readState(file, identity)
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
  keeper: StateKeeper,
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
  const executor = await executorFor(workers, kept, splits)
  try {
    return await compare(methods, data, {
      random: seed,
      splits: { repeats: splits, testFraction: 1 - trainFraction },
      taskNoun,
      signal: host.signal,
      executor,
      finished,
      onEvent(event) {
        if (event.type === 'fit') keeper.add(event.fit)
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

function leftOutLines(leftOut: readonly CostEstimate[], { splits, timeLimit }: CompareRequest): string[] {
  return leftOut.map(
    ({ estimator, seconds }) =>
      `${estimator} is left out: ${splits} fits would take about ${duration(seconds * splits)}, beyond --time-limit ${timeLimit}`,
  )
}

/** The table, what could not be fitted, the verdict and what to do next; a blank line between them. */
function* reportPieces(
  comparison: Comparison,
  { data }: LoadedData,
  { splits }: CompareRequest,
  { leftOut, methods }: Plan,
  host: Host,
): Generator<string> {
  const style = styleFor(host.stdout, host.environment)
  const verdict = `\n${wrap(inGlyphs(comparison.verdict, style), style.width)}\n`
  // Of too little data the verdict says that what follows describes and does not decide.
  const first = comparison.decision === 'too-little-data'
  if (first) yield verdict
  yield `\n${methodsTable(comparison, data, style).join('\n')}\n`
  for (const { estimator, split, code, message } of comparison.failures) {
    const what =
      split === undefined ? `${estimator} does not apply` : `${estimator}, split ${split + 1} failed`
    yield `${wrap(inGlyphs(`${what} [${code}]: ${message}`, style), style.width, '  ')}\n`
  }
  if (!first) yield verdict
  const request = { host, splits, compared: Object.keys(methods) }
  const steps = nextSteps(comparison, request, leftOut)
  if (steps.length > 0) yield '\n'
  for (const step of steps) yield `Next: ${step}\n`
}
