import { MtlError } from '@mtl/core'
import type { ErrorCode } from '@mtl/core'

/** One fault of what was given; it is printed as a line of its own. */
export interface Problem {
  readonly code: ErrorCode
  readonly message: string
}

/**
 * Throws one error that holds all problems found; nothing where there are none.
 * @throws MtlError with the code of the first; `details.problems` lists them, `details.count` says how many
 */
export function raise(problems: readonly Problem[], count: number = problems.length): void {
  if (problems.length === 0) return
  const [{ code, message }] = problems
  throw new MtlError(code, message, { problems: problems.map((problem) => ({ ...problem })), count })
}

/** Throws what went wrong in several places as one error; the first that is no fault of the data as it is. */
export function raiseTogether(errors: readonly unknown[]): void {
  const problems = errors.flatMap((error) => {
    if (error instanceof MtlError) return problemsOf(error)
    throw error
  })
  raise(problems)
}

/** The problems that an error lists, or itself as the only one. */
export function problemsOf({ code, message, details: { problems } }: MtlError): readonly Problem[] {
  const listed = Array.isArray(problems) ? (problems as { message: string; code?: ErrorCode }[]) : []
  return listed.length === 0 ? [{ code, message }] : listed.map((problem) => ({ code, ...problem }))
}
