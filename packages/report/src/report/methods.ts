import { html } from '../dom/element.ts'
import type { Extent } from '../draw/extent.ts'
import { toneGlyph } from '../draw/key.ts'
import { interval, none, percent } from '../text/numbers.ts'
import { forestAxis, forestDomain, forestRow } from './forest.ts'
import { methodColumns } from './method-columns.ts'
import type { MethodColumn } from './method-columns.ts'
import { capitalised, inWords, section } from './page-parts.ts'
import type { Standing } from './standings.ts'
import type { Subject } from './subject.ts'

/** The methods as rows, each with its interval on one scale and its word. */
export function methodsSection(subject: Subject): HTMLElement {
  const { standings, separate, document } = subject
  const compared = standings.length
  return section(
    subject,
    'methods',
    `${capitalised(inWords(compared))} method${compared === 1 ? '' : 's'}, one comparison`,
    `Right of the line is better than ${separate}. A method helps or hurts only when its whole interval lies on one side.`,
    methodsTable(subject),
    html(document, 'p', { class: 'note' }, notes(subject)),
  )
}

/** The table alone: for a page that has its own frame. */
function methodsTable(subject: Subject): HTMLElement {
  const { document, standings, comparison, context, reference, measure } = subject
  const fitted = standings.filter((standing) => standing.fitted)
  const { columns } = methodColumns(
    comparison,
    context.data,
    fitted.map(({ method }) => method),
  )
  const domain = forestDomain(fitted.map(({ summary }) => summary?.overall))
  const head = (attributes: Record<string, string>, ...children: (Node | string)[]): HTMLElement =>
    html(document, 'th', { scope: 'col', ...attributes }, ...children)
  return html(
    document,
    'table',
    { class: 'methods' },
    html(
      document,
      'thead',
      {},
      html(
        document,
        'tr',
        {},
        head({}, 'Method'),
        ...columns.map(({ title }) => head({ class: 'n' }, title)),
        head(
          { class: 'ax' },
          `Gain in ${measure} over ${reference}, all rows, %`,
          forestAxis(document, domain),
        ),
        head({}, html(document, 'span', { class: 'sr' }, 'Gain and its interval')),
        head({}, 'Verdict'),
      ),
    ),
    html(document, 'tbody', {}, ...standings.map((standing) => row(standing, columns, domain, subject))),
  )
}

function row(
  standing: Standing,
  columns: readonly MethodColumn[],
  domain: Extent,
  subject: Subject,
): HTMLElement {
  const { document } = subject
  const { method, summary, tone, recommended, fitted, failure } = standing
  const name = html(document, 'th', { scope: 'row' }, html(document, 'span', { class: 'nw' }, method))
  if (!fitted) {
    const why = html(
      document,
      'td',
      { class: 'why', colspan: columns.length + 3 },
      failure ?? 'was not fitted',
    )
    return html(document, 'tr', { class: 'failed' }, name, why)
  }
  if (failure !== undefined) name.append(html(document, 'small', {}, failure))
  const cells = columns.map(({ title, cell }) => {
    const { value, spread } = cell(method)
    const beside = spread === undefined ? undefined : html(document, 'span', { class: 'muted' }, ` ${spread}`)
    return html(
      document,
      'td',
      { class: 'n', 'data-l': title, title: value === none ? 'not defined' : undefined },
      value,
      beside,
    )
  })
  return html(
    document,
    'tr',
    { class: recommended ? 'best' : undefined },
    name,
    ...cells,
    html(document, 'td', { class: 'ax' }, forestRow(document, summary?.overall, tone, domain)),
    html(document, 'td', { class: 'fig' }, ...figures(standing, document)),
    html(document, 'td', { class: 'ver' }, verdict(standing, document)),
  )
}

function figures({ summary, tone }: Standing, document: Document): Node[] {
  if (tone === 'baseline') return [html(document, 'span', { class: 'muted' }, 'the baseline')]
  if (summary === undefined || Number.isNaN(summary.overall.mean)) return [document.createTextNode(none)]
  return [
    html(document, 'b', {}, percent(summary.overall.mean)),
    document.createTextNode(' '),
    html(document, 'span', { class: 'muted' }, interval(summary.overall)),
  ]
}

function verdict({ tone, word, summary }: Standing, document: Document): Node | undefined {
  if (word === '' || summary === undefined) return undefined
  return html(document, 'span', { class: `verdict v-${tone}` }, toneGlyph(document, tone), word)
}

function notes({ comparison, context, standings, confidence }: Subject): string {
  const fitted = standings.filter((standing) => standing.fitted).map(({ method }) => method)
  const { columns, leftOut } = methodColumns(comparison, context.data, fitted)
  const spread = columns.some(({ cell }) => fitted.some((method) => cell(method).spread !== undefined))
  const covered = columns.some(({ title }) => title.startsWith('In 90'))
  return [
    `The line is the ${confidence} interval, the marker the mean over the splits.`,
    spread ? '± is the standard deviation over the splits.' : '',
    covered
      ? 'In 90\u202f% interval: the share of held-out values that the predictions’ 90\u202f% intervals hold; 90\u202f% is right.'
      : '',
    leftOut.length > 0 ? `Left out, for most methods do not have it: ${leftOut.join(', ')}.` : '',
    'The recommended method is the best of several: its interval is not corrected for that.',
  ]
    .filter((sentence) => sentence !== '')
    .join(' ')
}
