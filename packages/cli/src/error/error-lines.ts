import type { MtlError } from '@mtl/core'
import { problemsOf } from './problems.ts'

/** More lines than these help nobody. */
const mostLines = 20

/** What a person reads of an error, a line for each problem; a stack only where it is asked for. */
export function errorLines(error: unknown, debug: boolean): string[] {
  if (!isMtlError(error)) return bugLines(error, debug)
  const problems = problemsOf(error)
  const count = typeof error.details.count === 'number' ? error.details.count : problems.length
  const lines = problems.slice(0, mostLines).map(({ code, message }) => `error [${code}] ${message}`)
  if (count > lines.length) lines.push(`and ${count - lines.length} more like these`)
  return debug ? [...lines, stackOf(error)] : lines
}

/** 1: the data or the options are wrong; 2: the program is. */
export function exitCodeOf(error: unknown): 1 | 2 {
  return isMtlError(error) ? 1 : 2
}

/** By name and not by class: a plugin may have brought another copy of core. */
function isMtlError(error: unknown): error is MtlError {
  return error instanceof Error && error.name === 'MtlError' && 'code' in error && 'details' in error
}

function bugLines(error: unknown, debug: boolean): string[] {
  const message = error instanceof Error ? error.message : String(error)
  const lines = [`error [bug] ${message}`]
  return [...lines, debug ? stackOf(error) : 'This is a fault of mtl, not of your data; --debug shows where.']
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
