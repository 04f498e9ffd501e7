import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { MtlError, check, fromJson, toJson } from '@mtl/core'
import type { Json } from '@mtl/core'

/** What makes a piece of work this one: what was found in any other must not be mixed with its own. */
export interface Identity {
  readonly data: string
  readonly settings: string
  readonly versions: string
}

/** Work that is kept in a file while it runs. */
export interface KeptWork<Content> {
  /** Type of the document in the file. */
  readonly type: string
  /** What the work is: 'comparison'. */
  readonly noun: string
  /** What to do where a file is of other work: 'name another file with --state'. */
  readonly remedy: string
  readonly isContent: (value: Partial<Content>) => boolean
}

/**
 * What a file keeps of this work; undefined where there is no such file.
 * @throws MtlError 'invalid-document' for a file that keeps none, or of work on other data, settings or versions
 */
export function readState<Content>(
  file: string,
  work: KeptWork<Content>,
  identity: Identity,
): Content | undefined {
  const stored = storedIn(file, work)
  if (stored === undefined) return undefined
  const foreign = (['data', 'settings', 'versions'] as const).filter(
    (part) => stored.identity[part] !== identity[part],
  )
  const message = `${file} is of a ${work.noun} with other ${foreign.join(' and ')}; ${work.remedy}, or leave --resume out to start anew`
  check(foreign.length === 0, 'invalid-document', message, { file })
  return stored.content
}

/** @throws MtlError 'invalid-document' where the file is there and keeps no such work: it must not be written over */
export function refuseForeignFile<Content>(file: string, work: KeptWork<Content>): void {
  storedIn(file, work)
}

interface Stored<Content> {
  readonly identity: Identity
  readonly content: Content
}

function storedIn<Content>(file: string, work: KeptWork<Content>): Stored<Content> | undefined {
  const text = textOf(file)
  if (text === undefined) return undefined
  try {
    const { type, version, value } = fromJson(JSON.parse(text) as Json)
    if (type === work.type && version === 1 && isStored(value, work)) return value
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof MtlError)) throw error
  }
  throw new MtlError('invalid-document', `${file} is no state of a ${work.noun} of this version`, { file })
}

function isStored<Content>(value: unknown, { isContent }: KeptWork<Content>): value is Stored<Content> {
  const { identity, content } = (value ?? {}) as Partial<Stored<Partial<Content>>>
  return isRecord(identity) && isRecord(content) && isContent(content)
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new MtlError('unreadable-file', `${file} could not be read: ${String(error)}`, { file })
  }
}

/** Keeps work in a file while it runs. */
export interface StateKeeper<Content> {
  /** The work came so far; it is written when it is time. */
  readonly keep: (content: Content) => void
  /** Writes what was not yet. */
  readonly flush: () => void
  /** The work is done: its state is of no more use. */
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
export function keepState<Content>(
  file: string,
  { type }: KeptWork<Content>,
  identity: Identity,
  { after, clock, onFailure }: KeeperOptions,
): StateKeeper<Content> {
  const beside = `${file}.tmp`
  let next = clock() + after
  let unwritten: Content | undefined
  const flush = (): void => {
    if (unwritten === undefined || next === Infinity) return
    const started = clock()
    const value = { identity, content: unwritten }
    unwritten = undefined
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
    keep(content) {
      unwritten = content
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
    const message = `${file} could not be written: ${String(error)}`
    throw new MtlError('unreadable-file', message, { file }, { cause: error })
  }
}
