import { html } from '../dom/element.ts'
import { longTable } from '../draw/table.ts'
import { interval, percent } from '../text/numbers.ts'
import type { Subject } from './subject.ts'

/** Every way to sum up the gains, behind the table of methods: papers report the last, nothing is judged by it. */
export function gainsTable({ document, standings, nouns, noun }: Subject): HTMLElement {
  const rows = standings.flatMap(({ method, summary }) =>
    summary === undefined
      ? []
      : [
          [
            method,
            ...[summary.overall, summary.balanced, summary.deltaM.perTask].map(
              (estimate) => `${percent(estimate.mean)} ${interval(estimate)}`,
            ),
          ],
        ],
  )
  const columns = [
    'method',
    'all rows together',
    `${nouns} alike`,
    `mean over ${nouns} of relative gains (Δm)`,
  ]
  const caption = `The verdict goes by the first two. Δm is pulled about by every ${noun} whose baseline happens to be near zero; it stands here because papers report it.`
  return html(
    document,
    'details',
    {},
    html(document, 'summary', {}, 'All three ways to sum up the gains'),
    longTable(document, { columns, rows, caption }),
  )
}
