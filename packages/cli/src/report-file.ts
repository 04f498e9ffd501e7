import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { MtlError, check, fit } from '@mtl/core'
import type { Comparison, CostEstimate, Dataset, Estimator } from '@mtl/core'
import type { Learnt, ReportContext } from '@mtl/report'
import type { Judged } from './compare/judge-methods.ts'
import type { CompareRequest } from './compare/options.ts'
import type { LoadedData } from './data/loaded-data.ts'
import type { Host } from './host.ts'
import { commandOf } from './text/command-line.ts'

/** @throws MtlError 'invalid-option' for a folder, or a file in a folder that is not there */
export function claimReport(file: string): void {
  const there = (name: string): boolean => statSync(name, { throwIfNoEntry: false })?.isDirectory() === true
  check(!there(file), 'invalid-option', `--report ${file} is a folder; name a file in it`)
  const folder = path.dirname(file)
  check(there(folder), 'invalid-option', `--report ${file}: there is no folder ${folder}`)
}

/**
 * Writes the comparison as an HTML file, beside and renamed: whenever the process is killed, it is the former file or
 * this one.
 * @throws MtlError 'unreadable-file' where it cannot be written; `host.signal.reason` when interrupted
 */
export async function writeReport(
  file: string,
  loaded: LoadedData,
  judged: Judged,
  request: CompareRequest,
  host: Host,
): Promise<void> {
  // What draws is loaded only where something is drawn.
  const [{ renderReport }, { createDocument }] = await Promise.all([
    import('@mtl/report'),
    import('@mtl/report/node'),
  ])
  const learnt = await learntOf(judged, loaded.data, request.seed, host.signal)
  const text = renderReport(
    judged.comparison,
    contextOf(loaded, judged, request, learnt, host),
    createDocument(),
  )
  const beside = `${file}.tmp`
  try {
    writeFileSync(beside, text)
    renameSync(beside, file)
  } catch (error) {
    rmSync(beside, { force: true })
    throw new MtlError(
      'unreadable-file',
      `${file} could not be written: ${String(error)}`,
      { file },
      { cause: error },
    )
  }
}

/** A model on all rows is fitted for its pictures where that takes no longer than this, in seconds. */
const cheap = 2

/** What the methods learnt: from all rows where that is cheap, else from the training rows of the first split. */
async function learntOf(
  { comparison, plan, costs }: Judged,
  data: Dataset,
  seed: number,
  signal: AbortSignal,
): Promise<Learnt[]> {
  const learnt: Learnt[] = []
  for (const [method, estimator] of Object.entries(plan.methods)) {
    if (!(method in comparison.views)) continue
    const views = isCheap(method, comparison, costs)
      ? await viewsOf(estimator, data, seed, signal)
      : undefined
    learnt.push(
      views === undefined ? { method, views: comparison.views[method] } : { method, views, on: 'all rows' },
    )
  }
  return learnt
}

function isCheap(method: string, { seconds }: Comparison, costs: readonly CostEstimate[]): boolean {
  const stated = costs.find(({ estimator }) => estimator === method)?.seconds ?? NaN
  return Math.max(seconds[method] ?? Infinity, Number.isNaN(stated) ? 0 : stated) <= cheap
}

/** Undefined where all rows cannot be learnt though parts of them could: the pictures of a part are at hand. */
async function viewsOf(
  estimator: Estimator,
  data: Dataset,
  seed: number,
  signal: AbortSignal,
): Promise<Learnt['views'] | undefined> {
  try {
    return (await fit(estimator, data, { random: seed, signal })).views()
  } catch (error) {
    if (error instanceof MtlError) return undefined
    throw error
  }
}

function contextOf(
  loaded: LoadedData,
  { costs, versions, plan }: Judged,
  { seed, splits, trainFraction }: CompareRequest,
  learnt: readonly Learnt[],
  host: Host,
): ReportContext {
  const { data, title, taskNoun, rows, notes } = loaded
  return {
    data,
    title,
    taskNoun,
    rows,
    notes: [
      ...notes,
      ...plan.leftOut.map(({ estimator }) => `${estimator} was left out: it would take too long.`),
    ],
    learnt,
    costs,
    date: new Date().toLocaleDateString('en-GB', { dateStyle: 'long' }),
    repeat: {
      command: commandOf(host),
      settings: [
        `${splits} splits, ${Math.round(100 * trainFraction)}\u202f% of the rows to train on`,
        `seed ${seed}`,
      ],
      versions,
    },
  }
}
