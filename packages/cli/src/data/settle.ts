import { MtlError } from '@mtl/core'
import type { Columns } from '@mtl/core'
import type { Host } from '../host.ts'
import { raise } from '../error/problems.ts'
import type { Problem } from '../error/problems.ts'
import { flagOf } from '../text/flag.ts'
import { commandWith } from '../text/command-line.ts'
import { unknownColumns } from './column-checks.ts'
import type { DataOptions } from './data-options.ts'
import { hasDecimalComma } from './decimal-comma.ts'
import { profilesOf } from './profile.ts'
import { isOpen, propose } from './propose.ts'
import type { Proposal } from './propose.ts'
import { readTable } from './read-table.ts'

/**
 * The options with everything that reading the files needs: what they leave open is proposed from the table,
 * told on stderr, and agreed to on a terminal or by `yes`. A program that gave neither is told the command instead:
 * no guess of what is to be learnt goes on unseen.
 * @throws MtlError 'invalid-option' where something has to be said, 'unreadable-file', 'invalid-data'
 */
export async function settleRoles(
  files: readonly string[],
  options: DataOptions,
  yes: boolean,
  host: Host,
): Promise<DataOptions> {
  if (files.some((file) => file.startsWith('dataset:')) || !isOpen(options)) return options
  if (files.length > 1) {
    if (options.target.length === 0) raise([missingTarget])
    return options
  }
  const [file] = files
  const { columns } = await readTable(file, options.decimal)
  // A name that is mistyped is no gap to be filled.
  const said = [options.task ?? [], options.target, options.features ?? []].flat()
  raise(unknownColumns(file, columns, said))
  raise(decimalCommas(file, columns, options.missing))
  const proposal = propose(columns, options)
  if (proposal.lacking.length === 0) return agreed(file, options, proposal, yes, host)
  if (options.target.length === 0) throw lackingError(file, proposal, Object.keys(columns))
  return options
}

/** What is proposed, once it was told and agreed to. */
async function agreed(
  file: string,
  given: DataOptions,
  { options, assumptions }: Proposal,
  yes: boolean,
  host: Host,
): Promise<DataOptions> {
  host.stderr.write(`${file}: what is not said is taken from the table\n`)
  for (const line of assumptions) host.stderr.write(`  ${line}\n`)
  if (yes) return options
  const command = commandWith(host, ...changesOf(given, options))
  if (host.confirm === undefined) {
    const message = `${file}: what its columns are was not said. Go on as proposed with --yes, or say it: ${command}`
    throw new MtlError('invalid-option', message)
  }
  if (await host.confirm('Go on so?')) return options
  throw new MtlError('invalid-option', `stopped as told; change what does not fit in: ${command}`)
}

/** Of columns whose words are numbers with a comma nothing can be proposed. */
function decimalCommas(file: string, columns: Columns, missing: readonly string[]): Problem[] {
  const found = [...profilesOf(columns, missing).values()].filter(
    ({ words }) => words.length > 0 && words.every(hasDecimalComma),
  )
  if (found.length === 0) return []
  const names = found.map(({ name }) => `"${name}"`)
  const which = `${names.length === 1 ? 'column' : 'columns'} ${names.slice(0, mostColumns).join(', ')}`
  const message = `${file}: numbers of ${which} have decimal commas, as in ${found[0].words[0]}. Read the file with --decimal ,`
  return [{ code: 'invalid-data', message }]
}

const missingTarget = {
  code: 'invalid-option',
  message: '--target is missing: name the column to predict, or several as --target a,b',
} as const

const mostColumns = 30

function lackingError(file: string, { lacking }: Proposal, names: readonly string[]): MtlError {
  const rest = names.length > mostColumns ? ` and ${names.length - mostColumns} more` : ''
  const list = `${names.slice(0, mostColumns).join(', ')}${rest}`
  const message = `${file}: no column looks as if it named tasks or was to be predicted; say ${lacking.join(' and ')}, or several targets as --target a,b. Columns: ${list}`
  return new MtlError('invalid-option', message)
}

/** The options that were found, as they are typed. */
function changesOf(given: DataOptions, found: DataOptions): [Record<string, string>, string[]] {
  const changes: Record<string, string> = {}
  for (const key of ['task', 'target', 'descriptors', 'fill'] as const) {
    const value = found[key]
    if (value !== undefined && String(value) !== String(given[key] ?? ''))
      changes[flagOf(key)] = String(value)
  }
  const markers = found.missing.filter((text) => !given.missing.includes(text))
  return [changes, markers.flatMap((text) => ['--missing', text])]
}
