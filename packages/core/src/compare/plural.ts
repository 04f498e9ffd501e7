/** Of an English noun by the rule: city, cities; class, classes; box, boxes; school, schools. Exceptions are not known: person, persons. */
export function pluralOf(noun: string): string {
  if (/[^aeiou]y$/i.test(noun)) return `${noun.slice(0, -1)}ies`
  return /(s|x|z|ch|sh)$/i.test(noun) ? `${noun}es` : `${noun}s`
}
