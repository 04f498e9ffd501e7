/**
 * A word as the noun of a sentence, where an s makes its plural: of columns such as 'person_id' or 'county' there
 * is none.
 */
export function regularNoun(word: string): string | undefined {
  const noun = word.toLowerCase()
  return /^[a-z]*[a-gi-rt-w]$/.test(noun) ? noun : undefined
}
