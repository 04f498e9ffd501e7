import { readFile, readdir } from 'node:fs/promises'
import path from 'node:path'
import { gunzip } from 'node:zlib'
import { MtlError, nearest, parseCsv } from '@mtl/core'
import type { Columns } from '@mtl/core'
import { withDecimalPoints } from './decimal-comma.ts'
import { namingFile } from './name-file.ts'

/** What stands before the decimals; a point where it is not said. */
export type Decimal = ',' | '.'

/** A table and where it came from. */
export interface Table {
  /** As the user wrote it. */
  readonly file: string
  readonly columns: Columns
}

/**
 * The table in a CSV file, which may be compressed by gzip; `decimal` says that its numbers have decimal commas.
 * @throws MtlError 'unreadable-file', 'invalid-data'
 */
export async function readTable(file: string, decimal?: Decimal): Promise<Table> {
  const bytes = await uncompressed(file, await readBytes(file))
  const text = decode(file, bytes)
  const columns = namingFile(file, () => parseCsv(text))
  if (Object.values(columns)[0].length === 0)
    throw new MtlError('invalid-data', `${file} has a header and no rows`, { file })
  return { file, columns: decimal === ',' ? withDecimalPoints(columns) : columns }
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file)
  } catch (error) {
    throw new MtlError('unreadable-file', await whyUnreadable(file, error), { file }, { cause: error })
  }
}

async function whyUnreadable(file: string, error: unknown): Promise<string> {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EISDIR') return `${file} is a directory; give the CSV files in it`
  if (code === 'EACCES' || code === 'EPERM') return `${file} may not be read: permission denied`
  if (code !== 'ENOENT' && code !== 'ENOTDIR') return `${file} could not be read: ${String(error)}`
  const folder = path.dirname(file)
  const beside = await readdir(folder).catch(() => [])
  const meant = nearest(path.basename(file), beside).at(0)
  const hint = meant === undefined ? '' : ` Did you mean ${path.join(folder, meant)}?`
  return `there is no file ${file}.${hint}`
}

const gzipMagic = [0x1f, 0x8b]

async function uncompressed(file: string, bytes: Uint8Array): Promise<Uint8Array> {
  if (!gzipMagic.every((byte, i) => bytes[i] === byte)) return bytes
  return new Promise((resolve, reject) => {
    gunzip(bytes, (error, result) => {
      if (error === null) resolve(result)
      else
        reject(
          new MtlError('unreadable-file', `${file} is not a whole gzip file: ${error.message}`, { file }),
        )
    })
  })
}

function decode(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    const message = `${file} is not text in UTF-8; save it as CSV in UTF-8`
    throw new MtlError('unreadable-file', message, { file }, { cause: error })
  }
}
