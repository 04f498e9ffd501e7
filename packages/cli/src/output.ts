/** A stream that text is written to, as far as this needs one. */
export interface Sink {
  write(text: string): boolean
  once(event: 'drain', listener: () => void): unknown
}

/** Pieces are gathered to about this many characters before they are written. */
const blockLength = 65_536

/** Writes the pieces in order, and waits whenever the reader is slower. */
export async function writeAll(sink: Sink, pieces: Iterable<string>): Promise<void> {
  let block = ''
  for (const piece of pieces) {
    block += piece
    if (block.length < blockLength) continue
    await written(sink, block)
    block = ''
  }
  if (block !== '') await written(sink, block)
}

async function written(sink: Sink, block: string): Promise<void> {
  if (!sink.write(block)) await new Promise<void>((resolve) => sink.once('drain', resolve))
}
