/** The sentence of 'not-unique', where a ratio lies outside what mixes both parts. */
export function mixingWarning(
  option: string,
  ratio: number | 'auto',
  low: number,
  high: number,
): string | undefined {
  if (ratio === 'auto' || (ratio > low && ratio < high)) return undefined
  const range = `${low.toPrecision(3)} and ${high.toPrecision(3)}`
  return `${option} = ${ratio}: only a ratio between ${range} mixes the parts; here one of them is 0, or the split is arbitrary`
}
