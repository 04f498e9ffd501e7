import { pluralOf } from '@mtl/core'
import type { Comparison } from '@mtl/core'
import type { ReportContext } from './context.ts'
import { foremost, referenceOf, standingsOf } from './standings.ts'
import type { Standing } from './standings.ts'

/** All that the sections of a report speak of. */
export interface Subject {
  readonly document: Document
  readonly comparison: Comparison
  readonly context: ReportContext
  readonly standings: readonly Standing[]
  /** Whom the page speaks of first. */
  readonly first?: Standing
  readonly reference: string
  /** What separate models are called: 'one model per school', or the reference's name. */
  readonly separate: string
  readonly noun: string
  readonly nouns: string
  /** 'RMSE'; 'error' where tasks have several first metrics. */
  readonly measure: string
  /** '95 %'. */
  readonly confidence: string
}

export function subjectOf(comparison: Comparison, context: ReportContext, document: Document): Subject {
  const standings = standingsOf(comparison)
  const reference = referenceOf(comparison)
  const noun = context.taskNoun ?? 'task'
  const first = foremost(standings)
  return {
    document,
    comparison,
    context,
    standings,
    ...(first && { first }),
    reference,
    separate: reference === 'single-task' ? `one model per ${noun}` : reference,
    noun,
    nouns: pluralOf(noun),
    measure: measureOf(first),
    confidence: `${Math.round(100 * (context.confidence ?? 0.95))}\u202f%`,
  }
}

const known: Readonly<Record<string, string>> = { rmse: 'RMSE', 'log-loss': 'log loss', auc: 'AUC' }

/** How a metric is called in sentences. */
function metricWord(name: string): string {
  return known[name] ?? name.replaceAll('-', ' ')
}

function measureOf(standing: Standing | undefined): string {
  const names = new Set(standing?.summary?.gains.metrics ?? [])
  const [name] = names
  return names.size === 1 ? metricWord(name) : 'the first metric'
}
