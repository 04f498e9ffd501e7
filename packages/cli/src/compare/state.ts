import { createHash } from 'node:crypto'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { MtlError, check, fingerprint, fromJson, toJson } from '@mtl/core'
import type { CostEstimate, Dataset, Estimator, FitResult, Json } from '@mtl/core'
import type { CompareRequest } from './options.ts'

/** What makes a comparison this one: figures of any other must not be mixed with its own. */
export interface Identity {
  readonly data: string
  readonly settings: string
  readonly versions: string
}

/** A comparison as far as it came. */
export interface CompareState {
  /** As first estimated: by them a time limit left methods out. */
  readonly costs: readonly CostEstimate[]
  readonly finished: readonly FitResult[]
}

const type = 'comparison-state'

/** What makes the comparison of these methods on such data this one. */
export function identityOf(
  data: Dataset,
  methods: Readonly<Record<string, Estimator>>,
  { splits, trainFraction, seed, timeLimit }: CompareRequest,
  versions: Readonly<Record<string, string>>,
): Identity {
  const options = Object.entries(methods).map(([name, { options: inForce }]) => [name, inForce])
  return {
    data: fingerprint(data),
    settings: JSON.stringify({ options, splits, trainFraction, seed, timeLimit }),
    versions: JSON.stringify(versions),
  }
}

/** Where a comparison is kept unless told: in the working directory, under a name of its own. */
export function defaultStateFile(identity: Identity): string {
  const digest = createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 8)
  return `mtl-compare-${digest}.state.json`
}

/**
 * The state in a file; undefined where there is no such file.
 * @throws MtlError 'invalid-document' for a file that is no state, or one of other data, settings or versions
 */
export function readState(file: string, identity: Identity): CompareState | undefined {
  const stored = storedIn(file)
  if (stored === undefined) return undefined
  const foreign = (['data', 'settings', 'versions'] as const).filter(
    (part) => stored.identity[part] !== identity[part],
  )
  const message = `${file} is of a comparison with other ${foreign.join(' and ')}; name another file with --state, or leave --resume out to start anew`
  check(foreign.length === 0, 'invalid-document', message, { file })
  return stored
}

/** @throws MtlError 'invalid-document' where the file is there and is no state: it must not be written over */
export function refuseForeignFile(file: string): void {
  storedIn(file)
}

interface Stored extends CompareState {
  readonly identity: Identity
}

function storedIn(file: string): Stored | undefined {
  const text = textOf(file)
  if (text === undefined) return undefined
  try {
    const document = fromJson(JSON.parse(text) as Json)
    const value = document.value as Partial<Stored> | null
    if (document.type === type && document.version === 1 && isStored(value)) return value
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof MtlError)) throw error
  }
  throw new MtlError('invalid-document', `${file} is no state of a comparison of this version`, { file })
}

function isStored(value: Partial<Stored> | null | undefined): value is Stored {
  const { identity, costs, finished } = value ?? {}
  return (
    typeof identity === 'object' && Array.isArray(costs) && Array.isArray(finished) && finished.every(isFit)
  )
}

function isFit(fit: Partial<FitResult> | null): boolean {
  return typeof fit?.key === 'string' && fit.scores instanceof Float64Array && Array.isArray(fit.overall)
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new MtlError('unreadable-file', `${file} could not be read: ${String(error)}`, { file })
  }
}

/** Keeps a comparison in a file while it runs. */
export interface StateKeeper {
  /** A fit is done; it is written when enough came together. */
  readonly add: (fit: FitResult) => void
  /** Writes what was not yet. */
  readonly flush: () => void
  /** The comparison is done: its state is of no more use. */
  readonly remove: () => void
}

export interface KeeperOptions {
  /** Seconds before the first writing. */
  readonly after: number
  /** Seconds since some moment. */
  readonly clock: () => number
  /** Hears why the file cannot be written, once; without it that is thrown. */
  readonly onFailure?: (error: MtlError) => void
}

/** Writing takes at most this share of the time. */
const shareOfTime = 1 / 20

/**
 * A keeper that begins to write after so many seconds. The file is written beside and renamed: whenever the process
 * is killed, it is the former state or the next.
 * @throws MtlError 'unreadable-file' where it cannot be written
 */
export function keepState(
  file: string,
  identity: Identity,
  { costs, finished }: CompareState,
  { after, clock, onFailure }: KeeperOptions,
): StateKeeper {
  const fits = [...finished]
  const beside = `${file}.tmp`
  let next = clock() + after
  let unwritten = 0
  const flush = (): void => {
    if (unwritten === 0 || next === Infinity) return
    const started = clock()
    const value = { identity, costs, finished: fits }
    unwritten = 0
    try {
      writing(file, () => {
        writeFileSync(beside, JSON.stringify(toJson({ type, version: 1, value })))
        renameSync(beside, file)
      })
      next = clock() + (clock() - started) / shareOfTime
    } catch (error) {
      if (!(error instanceof MtlError) || onFailure === undefined) throw error
      onFailure(error)
      next = Infinity
    }
  }
  return {
    add(fit) {
      fits.push(fit)
      unwritten += 1
      if (clock() >= next) flush()
    },
    flush,
    remove: () => {
      writing(file, () => {
        for (const name of [file, beside]) rmSync(name, { force: true })
      })
    },
  }
}

function writing(file: string, write: () => void): void {
  try {
    write()
  } catch (error) {
    throw new MtlError(
      'unreadable-file',
      `${file} could not be written: ${String(error)}`,
      { file },
      { cause: error },
    )
  }
}
