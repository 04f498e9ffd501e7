import type { Comparison } from '@mtl/core'
import { loadData } from '../data/load-data.ts'
import type { LoadedData } from '../data/loaded-data.ts'
import { settleRoles } from '../data/settle.ts'

import type { Host } from '../host.ts'
import { writeAll } from '../output.ts'
import { claimReport, writeReport } from '../report-file.ts'
import { createCliRegistry, pluginsWith } from '../registry.ts'
import { failureLines } from '../report/failure-lines.ts'
import { jsonPieces } from '../report/json.ts'
import { methodsTable } from '../report/methods-table.ts'
import { nextSteps } from '../report/next-steps.ts'
import { wrap } from '../text/layout.ts'
import { inGlyphs, styleFor } from '../text/style.ts'
import { judgeMethods } from './judge-methods.ts'
import type { Plan } from './methods.ts'
import { compareRequest } from './options.ts'
import type { CompareRequest } from './options.ts'

/**
 * `mtl compare`: reads the data, states what the methods cost, compares them and prints what was found.
 * @throws MtlError for bad data or options; `host.signal.reason` when interrupted
 */
export async function runCompare(
  files: readonly string[],
  options: Readonly<Record<string, unknown>>,
  { plugins, ...rest }: Host,
): Promise<void> {
  const request = compareRequest(files, options)
  const host: Host = { ...rest, plugins: await pluginsWith(plugins, request.methods) }
  // What cannot be written is told before minutes are spent.
  if (request.report !== undefined) claimReport(request.report)
  const registry = await createCliRegistry(host.plugins)
  const loaded = await loadData(files, await settleRoles(files, request.data, request.yes, host))
  const judged = await judgeMethods(loaded, request, registry, host)
  const { comparison, plan, costs, versions, forget } = judged
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
  if (request.report !== undefined) {
    await writeReport(request.report, loaded, judged, request, host)
    const said = request.json ? host.stderr : host.stdout
    said.write(`Report: ${request.report}\n`)
  }
  forget()
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
  for (const { what, code, message } of failureLines(comparison.failures))
    yield `${wrap(inGlyphs(`${what} [${code}]: ${message}`, style), style.width, '  ')}\n`
  if (!first) yield verdict
  const request = { host, splits, compared: Object.keys(methods) }
  const steps = nextSteps(comparison, request, leftOut)
  if (steps.length > 0) yield '\n'
  for (const step of steps) yield `Next: ${step}\n`
}
