import type { Comparison, EstimatorSummary } from '@mtl/core'
import type { Tone } from '../draw/shapes.ts'

/** A method and how it stands against the reference. */
export interface Standing {
  readonly method: string
  /** Against the reference; absent of the reference itself and of what was not fitted beside it. */
  readonly summary?: EstimatorSummary
  readonly tone: Tone
  /** The word of the verdict; empty where nothing is decided. */
  readonly word: string
  readonly recommended: boolean
  /** 'three of 5 splits' is provisional, and why a method failed. */
  readonly failure?: string
  readonly fitted: boolean
}

/** What sharing must beat: single-task, else the first baseline. */
export function referenceOf({ scores, summaries }: Comparison): string {
  return scores.estimators.includes('single-task') ? 'single-task' : (summaries.at(0)?.baseline ?? '')
}

/** All methods, the largest gain over all rows first; the reference stands at zero, what could not be fitted last. */
export function standingsOf(comparison: Comparison): Standing[] {
  const reference = referenceOf(comparison)
  const summaries = new Map(
    comparison.summaries.filter(({ baseline }) => baseline === reference).map((s) => [s.estimator, s]),
  )
  const failed = new Map(comparison.failures.map((failure) => [failure.estimator, failure]))
  const names = [...new Set([...comparison.scores.estimators, ...failed.keys()])]
  const standings = names.map((method): Standing => {
    const summary = summaries.get(method)
    const failure = failed.get(method)
    const fitted = Number.isFinite(comparison.seconds[method] ?? NaN)
    const tone = toneOf(method, summary, comparison, reference)
    return {
      method,
      tone,
      word: wordOf(tone, summary, comparison),
      recommended:
        summary !== undefined &&
        method === comparison.recommended &&
        comparison.decision !== 'too-little-data',
      fitted,
      ...(summary && { summary }),
      ...(failure && { failure: sentenceOf(failure) }),
    }
  })
  const worth = ({ method, summary, fitted }: Standing): number => {
    if (!fitted) return -Infinity
    const mean = summary?.overall.mean ?? (method === reference ? 0 : NaN)
    return Number.isNaN(mean) ? -Number.MAX_VALUE : mean
  }
  return standings.sort((a, b) => worth(b) - worth(a) || 0)
}

function toneOf(
  method: string,
  summary: EstimatorSummary | undefined,
  { decision }: Comparison,
  reference: string,
): Tone {
  if (method === reference) return 'baseline'
  // What decides nothing names no winners and no losers.
  if (summary === undefined || Number.isNaN(summary.overall.mean) || decision === 'too-little-data')
    return 'undecided'
  return summary.verdict
}

function wordOf(tone: Tone, summary: EstimatorSummary | undefined, { decision }: Comparison): string {
  if (tone === 'baseline') return 'baseline'
  const judged =
    summary !== undefined && !Number.isNaN(summary.overall.mean) && decision !== 'too-little-data'
  return judged ? tone : ''
}

function sentenceOf({ split, code, message }: Comparison['failures'][number]): string {
  return split === undefined
    ? `does not apply: ${message}`
    : `failed on split ${split + 1} [${code}]: ${message}`
}

/** The standing that the page speaks of: the recommended method's, else that of the best beside the reference. */
export function foremost(standings: readonly Standing[]): Standing | undefined {
  const compared = standings.filter(
    ({ summary }) => summary !== undefined && Number.isFinite(summary.overall.mean),
  )
  return compared.find(({ recommended }) => recommended) ?? compared.at(0)
}
