import { MtlError } from './mtl-error.ts'
import { nearest } from './nearest.ts'

/** `what`: who has the options, as the sentence begins. @throws MtlError 'invalid-option' for one that is not known */
export function checkKnown(what: string, given: readonly string[], known: readonly string[]): void {
  for (const option of given) {
    if (known.includes(option)) continue
    const near = nearest(option, known)
    const hint = near.length > 0 ? `nearest: ${near.join(', ')}` : `known: ${known.join(', ')}`
    throw new MtlError('invalid-option', `${what} has no option "${option}"; ${hint}`, {
      option,
      nearest: near,
      known,
    })
  }
}
