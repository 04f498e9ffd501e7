import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import process from 'node:process'
import type { Command } from 'commander'
import { MtlError, compare, createRegistry, dataset, taskMean } from '@mtl/core'
import type { Plugin } from '@mtl/core'
import { resolvePlugin } from '../config/resolve-plugin.ts'
import { readConfig } from '../config/read.ts'
import type { Config } from '../config/read.ts'
import { configFileOf } from '../config/run.ts'
import { configSchema } from '../config/schema.ts'
import { problemsOf } from '../error/problems.ts'
import { executorFor } from '../executor.ts'
import type { Host } from '../host.ts'
import { installedPlugin, knownPackages, namedPlugin } from '../registry.ts'
import type { NamedPlugin } from '../registry.ts'
import { duration } from '../text/numbers.ts'
import { ownVersion } from '../versions.ts'

/** What was looked at, and what to do where it is not in order. */
export interface Finding {
  readonly state: 'ok' | 'note' | 'fault'
  readonly what: string
}

const ok = (what: string): Finding => ({ state: 'ok', what })
const note = (what: string): Finding => ({ state: 'note', what })
const fault = (what: string): Finding => ({ state: 'fault', what })

/** The oldest Node on which everything runs: as package.json says. */
const oldestNode = [20, 19]

/** Everything that the commands rest on, one after the other. */
export async function* findings(root: Command, host: Host): AsyncGenerator<Finding> {
  yield nodeFinding(process.versions.node)
  yield ok(`@mtl/cli ${await ownVersion()}`)
  const { config, problems } = await configOf(root)
  yield* problems
  if (config !== undefined) yield ok(`configuration ${config.file}`)
  const named: NamedPlugin[] = []
  for (const name of config?.settings.plugins ?? [])
    yield* told(() => void named.push(resolvePlugin(name, config?.folder ?? '.', config?.file ?? '')))
  yield* pluginFindings(named)
  yield packageFinding('@mtl/datasets', 'the data sets of dataset:NAME')
  yield* told(async () => threadFinding(named, host))
  yield await tensorFinding()
  yield writeFinding()
}

/** Whether a version of Node is new enough. */
export function nodeFinding(version: string): Finding {
  const [major, minor] = version.split('.').map(Number)
  const isOld = major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])
  return isOld
    ? fault(`Node ${version} is too old: install ${oldestNode.join('.')} or later`)
    : ok(`Node ${version}`)
}

async function configOf(root: Command): Promise<{ config?: Config | undefined; problems: Finding[] }> {
  try {
    return { config: await readConfig(configFileOf(root), configSchema(root)), problems: [] }
  } catch (error) {
    return { problems: faultsOf(error) }
  }
}

/** What `look` finds, or the faults that it meets. */
async function* told(
  look: () => Finding | undefined | Promise<Finding | undefined>,
): AsyncGenerator<Finding> {
  try {
    const found = await look()
    if (found !== undefined) yield found
  } catch (error) {
    yield* faultsOf(error)
  }
}

function faultsOf(error: unknown): Finding[] {
  if (!(error instanceof MtlError)) throw error
  return problemsOf(error).map(({ message }) => fault(message))
}

async function* pluginFindings(named: readonly NamedPlugin[]): AsyncGenerator<Finding> {
  const found = new Map<string, Plugin>()
  const taken = new Set(named.map(({ name }) => name))
  yield ok(`@mtl/core ${pluginLine(createRegistry().plugins[0])}`)
  for (const name of knownPackages.filter((known) => !taken.has(known))) {
    yield* told(async () => {
      const plugin = await installedPlugin(name)
      if (plugin === undefined)
        return note(`${name} is not installed; its methods come with: npm install ${name}`)
      found.set(plugin.name, plugin)
      return ok(`${name} ${pluginLine(plugin)}`)
    })
  }
  for (const one of named) {
    yield* told(async () => {
      const plugin = await namedPlugin(one)
      found.set(plugin.name, plugin)
      return ok(`plugin ${one.name}: ${plugin.name} ${pluginLine(plugin)}`)
    })
  }
  yield* told(() => {
    createRegistry(...found.values())
    return undefined
  })
}

function pluginLine({ version, estimators = {}, weightings = {} }: Plugin): string {
  const parts = [
    counted(Object.keys(estimators).length, 'method'),
    ...(Object.keys(weightings).length > 0 ? [counted(Object.keys(weightings).length, 'weighting')] : []),
  ]
  return `${version}: ${parts.join(', ')}`
}

function counted(value: number, noun: string): string {
  return `${value} ${noun}${value === 1 ? '' : 's'}`
}

function packageFinding(name: string, gives: string): Finding {
  try {
    const file = createRequire(import.meta.url).resolve(`${name}/package.json`)
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string }
    return ok(`${name} ${version}: ${gives}`)
  } catch {
    return note(`${name} is not installed; ${gives} come with: npm install ${name}`)
  }
}

/** A comparison of next to nothing, in a thread of its own. */
async function threadFinding(named: readonly NamedPlugin[], { clock, signal }: Host): Promise<Finding> {
  const started = clock()
  const rows = { inputs: [[0], [1], [2], [3]], targets: [0, 1, 1, 2] }
  const data = dataset([
    { name: 'first', ...rows },
    { name: 'second', ...rows },
  ])
  const executor = await executorFor(1, [], 1, named)
  try {
    const method = { 'task-mean': taskMean() }
    const { failures } = await compare(method, data, {
      random: 0,
      splits: { repeats: 1, testFraction: 0.25 },
      baselines: method,
      executor,
      signal,
    })
    return failures.length === 0
      ? ok(`threads start and answer, in ${duration(clock() - started)}`)
      : fault(`no thread answers: ${failures[0].message}. Run without them: --workers 0`)
  } finally {
    await executor.close()
  }
}

/** What methods that learn networks rest on; there are none without it. */
async function tensorFinding(): Promise<Finding> {
  try {
    const tensor = (await import('@mtl/core/tensor')) as {
      useBackend?: (preference: readonly string[]) => Promise<string>
    }
    const backend = await tensor.useBackend?.(['wasm', 'cpu'])
    return ok(`tensors load${backend === undefined ? '' : `; they run on ${backend}`}`)
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n', 1)[0] : String(error)
    return note(
      `tensors do not load, which methods that learn networks need: npm install @tensorflow/tfjs (${why})`,
    )
  }
}

/** Results and interrupted comparisons are kept in the working directory. */
function writeFinding(): Finding {
  const file = path.resolve(`.mtl-doctor-${process.pid}`)
  try {
    writeFileSync(file, '')
    rmSync(file)
    return ok(`${process.cwd()} can be written`)
  } catch (error) {
    return fault(`${process.cwd()} cannot be written, so no comparison can be taken up: ${String(error)}`)
  }
}
