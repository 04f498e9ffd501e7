/** Names further from each other than this share of the longer one are not alike. */
const farthest = 0.5

/**
 * The known names that are most like a mistyped one, nearest first, three at most and perhaps none: for "did you
 * mean". Upper and lower case count as equal.
 */
export function nearest(name: string, known: readonly string[]): readonly string[] {
  return known
    .map((candidate) => {
      const edits = editDistance(name.toLowerCase(), candidate.toLowerCase())
      return { candidate, share: edits / Math.max(name.length, candidate.length, 1) }
    })
    .filter(({ share }) => share <= farthest)
    .sort((a, b) => a.share - b.share)
    .slice(0, 3)
    .map(({ candidate }) => candidate)
}

/**
 * Insertions, deletions, replacements and swaps of neighbours that turn one text into the other (optimal string
 * alignment; Damerau, 1964).
 */
function editDistance(from: string, to: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: to.length + 1 }, (_, j) => j)
  for (let i = 1; i <= from.length; i++) {
    const current = [i]
    for (let j = 1; j <= to.length; j++) {
      const replaced = previous[j - 1] + Number(from[i - 1] !== to[j - 1])
      const isSwapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
      const swapped = isSwapped ? beforePrevious[j - 2] + 1 : Infinity
      current.push(Math.min(replaced, previous[j] + 1, current[j - 1] + 1, swapped))
    }
    beforePrevious = previous
    previous = current
  }
  return previous[to.length]
}
