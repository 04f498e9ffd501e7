import { closeSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { MtlError } from '@mtl/core'

/** A stream that text is written to, as far as this needs one. */
export interface Sink {
  write(text: string): boolean
  once(event: 'drain', listener: () => void): unknown
}

/** Pieces are gathered to about this many characters before they are written. */
const blockLength = 65_536

/** Writes the pieces in order, and waits whenever the reader is slower. */
export async function writeAll(sink: Sink, pieces: Iterable<string>): Promise<void> {
  for (const block of blocksOf(pieces)) await written(sink, block)
}

function* blocksOf(pieces: Iterable<string>): Generator<string> {
  let block = ''
  for (const piece of pieces) {
    block += piece
    if (block.length < blockLength) continue
    yield block
    block = ''
  }
  if (block !== '') yield block
}

async function written(sink: Sink, block: string): Promise<void> {
  if (!sink.write(block)) await new Promise<void>((resolve) => sink.once('drain', resolve))
}

/**
 * Writes a file whole: beside, then renamed, so that at any moment it is the former one or this.
 * @throws MtlError 'unreadable-file' where it cannot be written
 */
export function writeFileWhole(file: string, pieces: Iterable<string>): void {
  const beside = `${file}.tmp`
  try {
    const open = openSync(beside, 'w')
    try {
      for (const block of blocksOf(pieces)) writeFileSync(open, block)
    } finally {
      closeSync(open)
    }
    renameSync(beside, file)
  } catch (error) {
    rmSync(beside, { force: true })
    if (error instanceof MtlError) throw error
    const message = `${file} could not be written: ${error instanceof Error ? error.message : String(error)}`
    throw new MtlError('unreadable-file', message, { file }, { cause: error })
  }
}
