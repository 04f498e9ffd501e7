import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { MtlError, nearest } from '@mtl/core'
import type { z } from 'zod'
import type { Document, LineCounter } from 'yaml'
import { raise } from '../error/problems.ts'
import type { Problem } from '../error/problems.ts'
import type { Settings } from './schema.ts'

/** A configuration and where it stands. */
export interface Config {
  readonly file: string
  /** From which paths and packages in it are found. */
  readonly folder: string
  readonly settings: Settings
}

export const configFiles: readonly string[] = ['mtl.config.yaml', 'mtl.config.yml', 'mtl.config.json']

/**
 * The configuration in a file, or in the one that the working directory has; undefined where it has none.
 * @throws MtlError 'unreadable-file', 'invalid-option' with all that is wrong, each with its line
 */
export async function readConfig(
  given: string | undefined,
  schema: z.ZodType<Settings>,
): Promise<Config | undefined> {
  const found = given === undefined ? await inFolder() : { file: given, text: await textOf(given) }
  if (found === undefined) return undefined
  const { file, text } = found
  const { parseDocument, LineCounter } = await import('yaml')
  const lines = new LineCounter()
  // JSON is YAML too.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  raise(document.errors.map(({ message, pos }) => problem(file, lines.linePos(pos[0]).line, message)))
  const value: unknown = contentOf(file, document) ?? {}
  const { error, data } = schema.safeParse(value)
  if (error === undefined) return { file, folder: path.dirname(path.resolve(file)), settings: data }
  const faults = error.issues.flatMap((issue) => faultsOf(issue, document, lines, namesIn(schema)))
  raise(faults.sort((a, b) => a.line - b.line).map(({ line, message }) => problem(file, line, message)))
  throw error
}

async function inFolder(): Promise<{ readonly file: string; readonly text: string } | undefined> {
  const texts = await Promise.all(
    configFiles.map(async (file) => ({ file, text: await readFile(file, 'utf8').catch(() => undefined) })),
  )
  const found = texts.flatMap(({ file, text }) => (text === undefined ? [] : [{ file, text }]))
  if (found.length > 1) {
    const files = found.map(({ file }) => file).join(' and ')
    const message = `there are ${files}; keep one of them, or name it with --config`
    raise([{ code: 'invalid-option', message }])
  }
  return found.at(0)
}

async function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : String(error)
    throw new MtlError('unreadable-file', `--config ${file}: ${why}`, { file }, { cause: error })
  })
}

function contentOf(file: string, document: Document.Parsed): unknown {
  try {
    return document.toJS()
  } catch (error) {
    // Aliases without end.
    const message = `${file}: ${error instanceof Error ? error.message : String(error)}`
    throw new MtlError('invalid-option', message, { file }, { cause: error })
  }
}

type Names = (where: readonly PropertyKey[]) => readonly string[]

/** The names that may stand at a place. */
function namesIn(schema: z.ZodType): Names {
  return (where) => {
    const { shape = {} } = schema as Partial<z.ZodObject>
    const within = where.reduce<unknown>((at, key) => shapeOf(at)[String(key)], { shape })
    return Object.keys(shapeOf(within))
  }
}

function shapeOf(schema: unknown): Readonly<Record<string, unknown>> {
  const { shape, def } = (schema ?? {}) as { shape?: Record<string, unknown>; def?: { innerType?: unknown } }
  return shape ?? (def?.innerType === undefined ? {} : shapeOf(def.innerType))
}

function faultsOf(
  issue: z.core.$ZodIssue,
  document: Document.Parsed,
  lines: LineCounter,
  names: Names,
): { readonly line: number; readonly message: string }[] {
  const { path: where, message } = issue
  const at = (place: readonly PropertyKey[]): number => lineOf(document, lines, place)
  if (issue.code !== 'unrecognized_keys')
    return [{ line: at(where), message: `${where.length === 0 ? 'the file' : where.join('.')} ${message}` }]
  return issue.keys.map((key) => {
    const known = names(where)
    const meant = nearest(key, known).at(0)
    const hint =
      meant === undefined
        ? `Known: ${known.filter((name) => name !== '$schema').join(', ')}`
        : `Nearest: ${meant}`
    const owner = where.length === 0 ? 'there is no setting' : `${where.join('.')} has no option`
    return { line: at([...where, key]), message: `${owner} "${key}". ${hint}` }
  })
}

/** Where a setting begins: at its name. */
function lineOf(document: Document.Parsed, lines: LineCounter, place: readonly PropertyKey[]): number {
  const parent: unknown = place.length > 1 ? document.getIn(place.slice(0, -1), true) : document.contents
  const { items = [] } = (parent ?? {}) as { items?: readonly { key?: Located }[] }
  const pair = items.find(({ key }) => key?.value === place.at(-1))
  return lines.linePos((pair?.key ?? (parent as Located | null))?.range?.[0] ?? 0).line
}

interface Located {
  readonly value?: unknown
  readonly range?: readonly number[] | null
}

function problem(file: string, line: number, message: string): Problem {
  return { code: 'invalid-option', message: `${file} line ${line}: ${message}` }
}
