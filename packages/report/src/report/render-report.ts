import type { Comparison } from '@mtl/core'
import { html } from '../dom/element.ts'
import { chartStyles } from '../style/chart-styles.ts'
import { pageStyles } from '../style/page-styles.ts'
import { contentStyles } from '../style/content-styles.ts'
import type { ReportContext } from './context.ts'
import { costSection } from './cost.ts'
import { dataSection } from './data-section.ts'
import { gainsTable } from './delta-table.ts'
import { gainsSection } from './gains.ts'
import { header } from './header.ts'
import { learntSection } from './learnt.ts'
import { methodsSection } from './methods.ts'
import { repeatSection } from './repeat.ts'
import { subjectOf } from './subject.ts'

/**
 * A comparison as one HTML file that needs nothing beside it: no script, no network, no font. The verdict and its
 * evidence, the methods with their intervals, the gain of each task, what was learnt, what it costs, the data, and how
 * to repeat it; light and dark, for screens, phones and paper. It is drawn into the given document (in Node that of
 * `@mtl/report/node`), which it does not change. Names are written as text, whatever they contain.
 */
export function renderReport(comparison: Comparison, context: ReportContext, document: Document): string {
  const subject = subjectOf(comparison, context, document)
  const methods = methodsSection(subject)
  methods.append(gainsTable(subject))
  const sections = [
    { name: 'Methods', part: methods },
    { name: `Gain per ${subject.noun}`, part: gainsSection(subject) },
    { name: 'What was learnt', part: learntSection(subject) },
    { name: 'Cost', part: costSection(subject) },
    { name: 'Data', part: dataSection(subject) },
    { name: 'Repeat it', part: repeatSection(subject) },
  ]
  const parts = sections.map(({ part }) => part).filter((part) => part !== undefined)
  const contents = sections.flatMap(({ name, part }) =>
    part === undefined ? [] : [[part.id, name] as const],
  )
  const page = html(document, 'main', { class: 'page' }, header(subject, contents), ...parts)
  // As text of an element that is not a title: some documents write these unescaped.
  const title = html(document, 'p', {}, `${context.title}: learn these ${subject.nouns} together?`).innerHTML
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    `<title>${title}</title><style>${chartStyles}${contentStyles}${pageStyles}</style></head>`,
    `<body>${page.outerHTML}</body></html>`,
    '',
  ].join('\n')
}
