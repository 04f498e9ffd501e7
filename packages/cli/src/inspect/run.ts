import { stat } from 'node:fs/promises'
import type { DataOptions } from '../data/data-options.ts'
import { loadData } from '../data/load-data.ts'
import { hasDecimalComma } from '../data/decimal-comma.ts'
import { isOpen, propose } from '../data/propose.ts'
import { profilesOf, uselessness } from '../data/profile.ts'
import type { ColumnProfile } from '../data/profile.ts'
import { readTable } from '../data/read-table.ts'
import type { Table } from '../data/read-table.ts'
import type { Host } from '../host.ts'
import { writeAll } from '../output.ts'
import { readModel } from '../model-directory/read.ts'
import { dataMember } from '../report/json.ts'
import { compareRequest } from '../compare/options.ts'
import { wrap } from '../text/layout.ts'
import { styleFor } from '../text/style.ts'
import { dataPieces, openPieces } from './data-pieces.ts'
import { summariseFeatures, warningsOf } from './inspect-data.ts'
import type { DataWarning } from './inspect-data.ts'
import { modelJson, modelPieces } from './model-pieces.ts'

/**
 * `mtl inspect`: what is in data files, or what a stored model learnt.
 * @throws MtlError for a file, directory or option that is wrong
 */
export async function runInspect(
  files: readonly string[],
  given: Readonly<Record<string, unknown>>,
  host: Host,
): Promise<void> {
  const { data: options, json } = compareRequest(files, {
    ...given,
    trainFraction: '0.75',
    splits: '5',
    seed: '0',
  })
  const style = styleFor(host.stdout, host.environment)
  if (files.length === 1 && (await isFolder(files[0]))) {
    const stored = await readModel(files[0], host.plugins)
    const pieces = json
      ? [`${modelJson(stored.model, stored.options)}\n`]
      : modelPieces(stored.model, stored.options, style)
    await writeAll(host.stdout, pieces)
    return
  }
  const found = await findOut(files, options)
  if (found.lacking.length > 0) {
    await writeAll(host.stdout, json ? [`${JSON.stringify(found)}\n`] : openPieces(found, style))
    return
  }
  const loaded = await loadData(files, found.options)
  const warnings = [...found.warnings, ...warningsOf(loaded.data)]
  if (json) {
    const data = { ...dataMember(loaded), features: summariseFeatures(loaded.data) }
    await writeAll(host.stdout, [`${JSON.stringify({ data, assumed: found.assumed, warnings })}\n`])
    return
  }
  await writeAll(host.stdout, dataPieces(loaded, warnings, style))
  if (found.assumed.length === 0) return
  const lines = found.assumed.map((line) => `  ${wrap(line, style.width - 2, '    ')}\n`)
  await writeAll(host.stdout, ['\nmtl compare would assume:\n', ...lines])
}

async function isFolder(name: string): Promise<boolean> {
  return stat(name).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

interface Found {
  readonly options: DataOptions
  readonly assumed: readonly string[]
  readonly warnings: readonly DataWarning[]
  /** What has to be said before the table can be read as tasks. */
  readonly lacking: readonly string[]
  readonly columns: readonly ColumnProfile[]
}

/** Of one table the roles that are not said, and columns that are amiss. */
async function findOut(files: readonly string[], options: DataOptions): Promise<Found> {
  const nothing = { options, assumed: [], warnings: [], lacking: [], columns: [] }
  if (files.length > 1 || files[0].startsWith('dataset:')) return nothing
  const table = await readTable(files[0], options.decimal)
  const warnings = columnWarnings(table, options)
  if (!isOpen(options)) return { ...nothing, warnings }
  const { options: proposed, assumptions, lacking } = propose(table.columns, options)
  const columns = [...profilesOf(table.columns, options.missing).values()]
  return { options: proposed, assumed: assumptions, warnings, lacking, columns }
}

function columnWarnings({ columns }: Table, { missing }: DataOptions): DataWarning[] {
  return [...profilesOf(columns, missing).values()].flatMap((profile) => {
    const { name, numbers, words } = profile
    const reason = uselessness(profile)
    const [code] = /^[a-z-]+/.exec(reason ?? '') ?? ['']
    const commas = words.filter(hasDecimalComma)
    return [
      ...(reason === undefined ? [] : [{ code, message: `column "${name}" is ${reason}` }]),
      ...(commas.length === 0
        ? []
        : [
            {
              code: 'decimal-comma',
              message: `column "${name}" has decimal commas, as in ${commas[0]}; read the file with --decimal ,`,
            },
          ]),
      ...(numbers > 0 && words.length > commas.length
        ? [{ code: 'text-in-numbers', message: `column "${name}" has numbers and text: ${words.join(', ')}` }]
        : []),
    ]
  })
}
