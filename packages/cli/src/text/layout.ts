/** Lines of at most `width` characters, broken at spaces; thin spaces hold together. */
export function wrap(text: string, width: number, indent = ''): string {
  return wrapParts(text.split(/ +/), ' ', width, indent)
}

/** Parts joined, in lines of at most `width` characters, each part in one line. */
export function wrapParts(parts: readonly string[], joint: string, width: number, indent = ''): string {
  const lines: string[] = []
  let line = ''
  parts.forEach((part, i) => {
    const end = i < parts.length - 1 ? joint.trimEnd() : ''
    if (line !== '' && line.length + joint.length + part.length + end.length > width) {
      lines.push(line + joint.trimEnd())
      line = indent + part
    } else line = i === 0 ? part : line + joint + part
  })
  return [...lines, line].join('\n')
}

/** At most so many characters; what is cut ends in an ellipsis. */
export function truncate(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, Math.max(0, length - 1))}…`
}

export type Align = 'left' | 'right'

/** Rows of equal length, cells below one another, `gap` spaces apart; a column is as wide as its widest cell. */
export function alignCells(
  rows: readonly (readonly string[])[],
  aligns: readonly Align[],
  gap = 2,
): string[] {
  const columns = aligns.slice(0, rows[0]?.length ?? 0)
  const widths = columns.map((_, j) => Math.max(...rows.map((row) => row[j].length)))
  return rows.map((row) =>
    row
      .map((cell, j) => (aligns[j] === 'left' ? cell.padEnd(widths[j]) : cell.padStart(widths[j])))
      .join(' '.repeat(gap))
      .trimEnd(),
  )
}
