import type { Comparison } from '@mtl/core'
import { html } from '../dom/element.ts'
import type { ReportContext } from './context.ts'
import { gainsTable } from './delta-table.ts'
import { gainsSection } from './gains.ts'
import { facts, verdictOf } from './header.ts'
import { learntSection } from './learnt.ts'
import { methodsSection } from './methods.ts'
import { subjectOf } from './subject.ts'

/**
 * What a comparison found, for a page that has its own frame: the verdict as a heading of the second level with its
 * evidence, the methods, the gain of each task, and what was learnt. Styled by `chartStyles` and `contentStyles`.
 */
export function comparisonParts(
  comparison: Comparison,
  context: ReportContext,
  document: Document,
): HTMLElement[] {
  const subject = subjectOf(comparison, context, document)
  const methods = methodsSection(subject)
  methods.append(gainsTable(subject))
  const verdict = html(document, 'section', {}, ...verdictOf(comparison, document, 'h2'), facts(subject))
  return [verdict, methods, gainsSection(subject), learntSection(subject)].filter(
    (part) => part !== undefined,
  )
}
