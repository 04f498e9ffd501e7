import { check, checkNumber } from '@mtl/core'
import type { SolverOptions } from './solver.ts'
import type { RegularisedOptions } from './types.ts'

/** The options that all families share, defaults filled in. */
export interface Settings extends SolverOptions {
  readonly pathLength: number
  readonly pathEnd: number
  readonly folds: number
  readonly rule: 'lowest' | 'one-standard-error'
  readonly reduction: 'task' | 'label'
  readonly intercept: 'free' | 'none'
}

/** @throws MtlError 'invalid-option' */
export function settingsOf(options: RegularisedOptions): Settings {
  const { rule = 'lowest', reduction = 'task', intercept = 'free' } = options
  checkLiteral('rule', rule, ['lowest', 'one-standard-error'])
  checkLiteral('reduction', reduction, ['task', 'label'])
  checkLiteral('intercept', intercept, ['free', 'none'])
  return {
    pathLength: checkNumber('pathLength', options.pathLength ?? 50, { min: 2, max: 10_000, integer: true }),
    pathEnd: checkNumber('pathEnd', options.pathEnd ?? 0.01, { above: 0, below: 1 }),
    folds: checkNumber('folds', options.folds ?? 5, { min: 2, max: 1000, integer: true }),
    rule,
    reduction,
    intercept,
    maxSteps: checkNumber('maxSteps', options.maxSteps ?? 10_000, { min: 1, max: 1e9, integer: true }),
    tolerance: checkNumber('tolerance', options.tolerance ?? 1e-6, { above: 0, below: Infinity }),
  }
}

/** A strength: 'auto', or >= 0. @throws MtlError 'invalid-option' */
export function checkStrength(option: string, value: number | 'auto'): number | 'auto' {
  return value === 'auto' ? value : checkPenalty(option, value)
}

/** >= 0 and finite. @throws MtlError 'invalid-option' */
export function checkPenalty(option: string, value: number): number {
  return checkNumber(option, value, { min: 0, max: Number.MAX_VALUE })
}

/** A ratio: 'auto', or > 0. @throws MtlError 'invalid-option' */
export function checkRatio(option: string, value: number | 'auto'): number | 'auto' {
  return value === 'auto' ? value : checkNumber(option, value, { above: 0, max: Number.MAX_VALUE })
}

/** A share of a whole. @throws MtlError 'invalid-option' */
export function checkShare(
  option: string,
  value: number,
  limits: { readonly min?: number; readonly above?: number; readonly max: number },
): number {
  return checkNumber(option, value, limits)
}

function checkLiteral(option: string, value: string, known: readonly string[]): void {
  const text = `${option} must be one of ${known.map((name) => `'${name}'`).join(', ')}, got ${JSON.stringify(value)}`
  check(known.includes(value), 'invalid-option', text, { option, known })
}
