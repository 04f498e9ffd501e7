/** An option's name as it is typed: '--train-fraction' of 'trainFraction'. */
export function flagOf(camelCase: string): string {
  return `--${camelCase.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}
