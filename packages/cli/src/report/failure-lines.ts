import type { Comparison } from '@mtl/core'

/** What could not be fitted, and why. */
export interface FailureLine {
  readonly what: string
  readonly code: string
  readonly message: string
}

/** A line for each reason of a method, its splits counted. */
export function failureLines(failures: Comparison['failures']): FailureLine[] {
  const alike = new Map<string, Comparison['failures'][number][]>()
  for (const failure of failures) {
    const { estimator, code, message } = failure
    const reason = JSON.stringify([estimator, code, message])
    alike.set(reason, [...(alike.get(reason) ?? []), failure])
  }
  return [...alike.values()].map((same) => {
    const [{ estimator, split, code, message }] = same
    const which = same.length === 1 ? `split ${(split ?? 0) + 1}` : `${same.length} splits`
    const what = split === undefined ? `${estimator} does not apply` : `${estimator}, ${which} failed`
    return { what, code, message }
  })
}
