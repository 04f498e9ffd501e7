import type { View } from '@mtl/core'
import { html } from '../dom/element.ts'
import { isCourse } from '../draw/course.ts'
import { figureOf } from '../draw/figure.ts'
import type { Learnt } from './context.ts'
import { section } from './page-parts.ts'
import type { Subject } from './subject.ts'

/** Characters of all pictures together: a report stays small enough to be sent. Pictures of later methods are then left out, and named. */
const mostCharacters = 240_000

/** What each method learnt, in the order of the methods. */
export function learntSection(subject: Subject): HTMLElement | undefined {
  const { document } = subject
  const learnt = ordered(subject)
  if (learnt.length === 0) return undefined
  const { parts, leftOut } = withinBudget(learnt, document)
  return section(
    subject,
    'learnt',
    'What the methods learnt',
    'Each method gives its findings as data; this page draws them.',
    ...parts,
    leftOut.length === 0
      ? undefined
      : html(document, 'p', { class: 'note' }, `Not drawn, to keep this page small: ${leftOut.join(', ')}.`),
  )
}

function ordered({ context, comparison, standings }: Subject): Learnt[] {
  const given =
    context.learnt ?? Object.entries(comparison.views).map(([method, views]): Learnt => ({ method, views }))
  const byMethod = new Map(
    given.filter(({ views }) => views.length > 0).map((learnt) => [learnt.method, learnt]),
  )
  return standings.map(({ method }) => byMethod.get(method)).filter((learnt) => learnt !== undefined)
}

/** The objective of a single step tells nothing. */
function tellsMore(view: View): boolean {
  return view.kind !== 'lines' || view.x.length > 1 || !isCourse(view)
}

function withinBudget(
  learnt: readonly Learnt[],
  document: Document,
): { parts: HTMLElement[]; leftOut: string[] } {
  const parts: HTMLElement[] = []
  const leftOut: string[] = []
  let room = mostCharacters
  for (const { method, views, on = 'the training rows of the first split' } of learnt) {
    const figures: HTMLElement[] = []
    let complete = true
    for (const view of views.filter(tellsMore)) {
      const drawn = figureOf(view, document)
      const size = drawn.outerHTML.length
      if (size > room) complete = false
      else {
        room -= size
        figures.push(drawn)
      }
    }
    const title = html(
      document,
      'h3',
      { class: 'method' },
      html(document, 'span', { class: 'nw' }, method),
      html(document, 'small', {}, ` fitted on ${on}`),
    )
    if (figures.length > 0) parts.push(html(document, 'div', { class: 'learnt' }, title, ...figures))
    if (!complete) leftOut.push(figures.length > 0 ? `more of ${method}` : method)
  }
  return { parts, leftOut }
}
