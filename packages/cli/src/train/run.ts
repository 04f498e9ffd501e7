import { existsSync } from 'node:fs'
import { fingerprint, fit } from '@mtl/core'
import type { Estimator, Model } from '@mtl/core'
import { judgeMethods } from '../compare/judge-methods.ts'
import { methodNamed } from '../compare/methods.ts'
import { loadData } from '../data/load-data.ts'
import type { LoadedData } from '../data/loaded-data.ts'
import { settleRoles } from '../data/settle.ts'
import { executorFor } from '../executor.ts'
import type { Host } from '../host.ts'
import type { RunRecord } from '../model-directory/types.ts'
import { claimFolder, leaveFolder, writeModel } from '../model-directory/write.ts'
import { createCliRegistry, pluginsWith } from '../registry.ts'
import type { CliRegistry } from '../registry.ts'
import { dataLine } from '../report/data-line.ts'
import { keepState, readState } from '../state-file.ts'
import type { Identity } from '../state-file.ts'
import { commandWith, commandOf, programName } from '../text/command-line.ts'
import { wrap } from '../text/layout.ts'
import { count, duration } from '../text/numbers.ts'
import { inGlyphs, styleFor } from '../text/style.ts'
import { packageVersions } from '../versions.ts'
import { trainRequest } from './options.ts'
import type { TrainRequest } from './options.ts'
import { trainingProgress } from './progress.ts'
import { checkpointFile, comparisonFile, identityOf, keptTraining } from './state.ts'
import type { TrainState } from './state.ts'

/**
 * `mtl train`: reads the data, trains a method, or the one that a comparison recommends, on all rows, and stores the
 * model.
 * @throws MtlError for bad data or options; `host.signal.reason` when interrupted
 */
export async function runTrain(
  files: readonly string[],
  options: Readonly<Record<string, unknown>>,
  { plugins, ...rest }: Host,
): Promise<void> {
  const request = trainRequest(files, options, comparisonFile)
  const { method } = request
  const named = 'name' in method ? [method.name] : method.comparison.methods
  const host: Host = { ...rest, plugins: await pluginsWith(plugins, named) }
  const registry = await createCliRegistry(host.plugins)
  // A method that is misspelt is told before anything is read.
  if ('name' in method) methodNamed(registry, method.name, method.options)
  const loaded = await loadData(files, await settleRoles(files, request.data, request.yes, host))
  const say = (text: string): void => void host.stdout.write(`${text}\n`)
  const style = styleFor(host.stdout, host.environment)
  claimFolder(request.out)
  try {
    const { estimator, comparison } = await chosen(request, loaded, registry, host)
    if (comparison !== undefined) say(`\n${wrap(inGlyphs(comparison.verdict, style), style.width)}\n`)
    const versions = await packageVersions(registry)
    const { model, seconds } = await trained(estimator, loaded, request, versions, host)
    const run: RunRecord = {
      ...{ version: 1, command: commandOf(host), seed: request.seed, versions },
      ...{ fingerprint: fingerprint(loaded.data), layout: loaded.layout, taskNoun: loaded.taskNoun },
      ...(comparison && { comparison }),
    }
    writeModel(request.out, { model, description: loaded.description, run })
    for (const line of summaryLines(model, seconds, request, host)) say(wrap(line, style.width, '  '))
  } catch (error) {
    leaveFolder(request.out)
    throw error
  }
}

interface Chosen {
  readonly estimator: Estimator
  readonly comparison?: RunRecord['comparison']
}

/** The method that was named, or what a comparison recommends: its fits are kept until the model is stored. */
async function chosen(
  { method }: TrainRequest,
  loaded: LoadedData,
  registry: CliRegistry,
  host: Host,
): Promise<Chosen> {
  if ('name' in method) {
    host.stdout.write(`${dataLine(loaded, styleFor(host.stdout, host.environment))}\n`)
    for (const note of loaded.notes) host.stderr.write(`note: ${note}\n`)
    return { estimator: methodNamed(registry, method.name, method.options) }
  }
  const { comparison, plan } = await judgeMethods(loaded, method.comparison, registry, host)
  const { decision, recommended, verdict } = comparison
  const { splits } = method.comparison
  const methods = Object.keys(plan.methods)
  return {
    estimator: plan.methods[recommended],
    comparison: { decision, recommended, verdict, splits, methods },
  }
}

/** Steps between checkpoints in memory, of which one is written when it is time. */
const checkpointEvery = 10

/** What is done again in no time is not kept. */
const secondsUnkept = 1

async function trained(
  estimator: Estimator,
  { data }: LoadedData,
  { out, seed, workers, resume, method }: TrainRequest,
  versions: Readonly<Record<string, string>>,
  host: Host,
): Promise<{ readonly model: Model; readonly seconds: number }> {
  const identity = identityOf(data, estimator, seed, versions)
  const file = checkpointFile(out)
  const earlier = resume ? earlierState(file, identity, host) : undefined
  if (!resume && existsSync(file))
    host.stderr.write(`note: the training that was interrupted starts anew; with --resume it would go on\n`)
  const keeper = keepState(file, keptTraining, identity, { after: secondsUnkept, clock: host.clock })
  const style = styleFor(host.stderr, host.environment)
  const told = trainingProgress({
    method: estimator.name,
    write: (text) => host.stderr.write(text),
    rewrites: host.stderr.isTTY === true,
    style: { ...style, width: host.stderr.columns ?? style.width },
    from: earlier?.fraction ?? 0,
    clock: host.clock,
  })
  let isKept = earlier !== undefined || 'comparison' in method
  host.onInterrupt(() => {
    const share = `${Math.floor(100 * told.fraction())} % of ${estimator.name}`
    const how = isKept ? `; go on with: ${commandWith(host, {}, ['--resume'])}` : ''
    return `interrupted after ${share}${how}`
  })
  const executor = await executorFor(workers, [], 1, host.plugins)
  const started = host.clock()
  try {
    const model = await fit(estimator, data, {
      random: seed,
      signal: host.signal,
      checkpointEvery,
      executor,
      ...(earlier && { resume: earlier.checkpoint }),
      onEvent(event) {
        told.onEvent(event)
        if (event.type !== 'checkpoint') return
        isKept = true
        keeper.keep({ checkpoint: event.checkpoint, fraction: told.fraction() })
      },
    })
    return { model, seconds: host.clock() - started }
  } catch (error) {
    keeper.flush()
    throw error
  } finally {
    told.end()
    await executor.close()
  }
}

function earlierState(file: string, identity: Identity, { stderr }: Host): TrainState | undefined {
  const earlier = readState(file, keptTraining, identity)
  const found =
    earlier === undefined
      ? `there is no ${file}: the training starts from the beginning`
      : `the training goes on after ${count(earlier.checkpoint.step)} steps, from ${file}`
  stderr.write(`note: ${found}\n`)
  return earlier
}

/** What was stored, and what can be done with it. */
function summaryLines(
  { estimator, tasks, diagnostics }: Model,
  seconds: number,
  { out }: TrainRequest,
  host: Host,
): string[] {
  const { steps, converged } = diagnostics
  const how =
    steps === 0
      ? 'in closed form'
      : `in ${count(steps)} steps, ${converged ? 'converged' : 'not converged at their limit'}`
  const mtl = programName(host.environment)
  return [
    `${estimator} learnt ${count(tasks.length)} tasks ${how}, in ${duration(seconds)}; stored in ${out}`,
    `Next: ${mtl} predict ${out} FILE, ${mtl} eval ${out} FILE, ${mtl} inspect ${out}`,
  ]
}
