import { html } from '../dom/element.ts'
import { table } from '../draw/table.ts'
import { count, duration, none, size } from '../text/numbers.ts'
import { section } from './page-parts.ts'
import type { Subject } from './subject.ts'

/** What a fit took, and what it was stated to take. */
export function costSection(subject: Subject): HTMLElement {
  const { document, standings, comparison, context } = subject
  const stated = new Map((context.costs ?? []).map((cost) => [cost.estimator, cost]))
  const known = stated.size > 0
  const rows = standings
    .filter(({ fitted }) => fitted)
    .map(({ method }) => {
      const cost = stated.get(method)
      const parameters = cost?.parameters ?? NaN
      return [
        html(document, 'span', { class: 'nw' }, method),
        duration(comparison.seconds[method] ?? NaN),
        ...(known
          ? [
              duration(cost?.seconds ?? NaN),
              Number.isFinite(parameters) ? count(parameters) : none,
              size(cost?.bytes ?? NaN),
            ]
          : []),
      ]
    })
  const columns = ['method', 'one fit took', ...(known ? ['stated before', 'parameters', 'memory'] : [])]
  return section(
    subject,
    'cost',
    'What learning costs',
    'Seconds of one fit, mean over the splits, on the machine that made this report.',
    html(document, 'figure', { class: 'view' }, table(document, { columns, rows }, 'costs')),
  )
}
