import type { Comparison, Estimate, EstimatorSummary } from '@mtl/core'
import { html } from '../dom/element.ts'
import { about, count, interval, percent } from '../text/numbers.ts'
import type { Subject } from './subject.ts'

/** What is compared, the verdict, its evidence, and where the rest of the page is. */
export function header(
  subject: Subject,
  contents: readonly (readonly [id: string, title: string])[],
): HTMLElement {
  const { document } = subject
  return html(
    document,
    'header',
    {},
    top(subject),
    ...verdictOf(subject.comparison, document, 'h1'),
    facts(subject),
    html(
      document,
      'p',
      { class: 'note' },
      html(document, 'b', {}, 'How sure is this?'),
      ` ${certainty(subject)}`,
    ),
    html(
      document,
      'nav',
      { class: 'toc', 'aria-label': 'Sections' },
      ...contents.map(([id, title]) => html(document, 'a', { href: `#${id}` }, title)),
    ),
  )
}

function top({ document, context, nouns }: Subject): HTMLElement {
  const { data, title, rows, date } = context
  const tasks = `${count(data.tasks.length)} tasks${nouns === 'tasks' ? '' : ` (${nouns})`}`
  const targets = [...new Set(data.tasks.map(({ target }) => target))]
  const named = targets.length > 3 ? `${count(targets.length)} targets` : `target: ${targets.join(', ')}`
  return html(
    document,
    'div',
    { class: 'top' },
    html(
      document,
      'span',
      {},
      html(document, 'b', {}, title),
      ` · ${tasks} · ${count(rows ?? rowsOf(data))} rows`,
    ),
    html(document, 'span', {}, date === undefined ? named : `${named} · ${date}`),
  )
}

function rowsOf({ tasks }: Subject['context']['data']): number {
  return tasks.reduce((sum, { targets }) => sum + targets.length, 0)
}

const answers = /(?<=: )(?:yes, but not all|yes|no|not shown)(?=[,.])|^Yes(?=,)|^Too little data to tell/u
const tones: Readonly<Record<Comparison['decision'], string>> = {
  together: 'helps',
  'one-model': 'helps',
  some: 'helps',
  separate: 'hurts',
  undecided: 'even',
  'too-little-data': 'even',
}

/** The first sentence of the verdict as a heading, its answer set off, and the rest under it. */
export function verdictOf(comparison: Comparison, document: Document, heading: 'h1' | 'h2'): HTMLElement[] {
  const { verdict, decision } = comparison
  const [, first, rest] = /^(.*?[.:]) ((?:[A-Z]|one split|\d+ splits).*)$/su.exec(verdict) ?? [
    '',
    verdict,
    '',
  ]
  const title = first.replace(/:$/u, '.')
  const answer = answers.exec(title)
  const [before, word, after] =
    answer === null
      ? [title, '', '']
      : [title.slice(0, answer.index), answer[0], title.slice(answer.index + answer[0].length)]
  return [
    html(
      document,
      heading,
      { class: 'answer' },
      before,
      word === '' ? undefined : html(document, 'em', { class: `v-${tones[decision]}` }, word),
      ...unbroken(after, comparison.recommended, document),
    ),
    ...(rest === ''
      ? []
      : [html(document, 'p', { class: 'lead' }, rest.charAt(0).toUpperCase() + rest.slice(1))]),
  ]
}

/** A method's name never breaks at its hyphen. */
function unbroken(text: string, name: string, document: Document): (Node | string)[] {
  const at = text.indexOf(name)
  if (at < 0) return [text]
  return [text.slice(0, at), html(document, 'span', { class: 'nw' }, name), text.slice(at + name.length)]
}

interface Fact {
  readonly term: string
  readonly value: string
  readonly beside: string
}

/** The evidence as figures: rows alike, tasks alike, single tasks, and the plain way of sharing. */
export function facts(subject: Subject): HTMLElement | undefined {
  const { document, first } = subject
  const summary = first?.summary
  if (first === undefined || summary === undefined) return undefined
  const all = [
    gainFact(`Gain in ${subject.measure} by ${first.method}, all rows together`, summary.overall, subject),
    gainFact(`The same with ${subject.nouns} counted alike`, summary.balanced, subject),
    tasksFact(subject, summary),
    pooledFact(subject),
  ].filter((fact) => fact !== undefined)
  return html(
    document,
    'dl',
    { class: 'facts' },
    ...all.map(({ term, value, beside }) =>
      html(
        document,
        'div',
        {},
        html(document, 'dt', {}, term),
        html(document, 'dd', {}, value, html(document, 'small', {}, beside)),
      ),
    ),
  )
}

function gainFact(term: string, estimate: Estimate, { confidence }: Subject): Fact {
  const range = interval(estimate)
  return {
    term,
    value: percent(estimate.mean),
    beside: range === '' ? 'no interval: fewer than two splits' : `${confidence} interval ${range}`,
  }
}

function tasksFact({ nouns }: Subject, { helpedTasks, hurtTasks, beyond }: EstimatorSummary): Fact {
  const { above, below, expectedByChance } = beyond
  return {
    term: `${nouns.charAt(0).toUpperCase()}${nouns.slice(1)} shown to gain / to be hurt`,
    value: `${count(helpedTasks.length)} / ${count(hurtTasks.length)}`,
    beside: `own interval above / below zero: ${count(above)} / ${count(below)}; by chance about ${about(expectedByChance)} each`,
  }
}

function pooledFact(subject: Subject): Fact | undefined {
  const pooled = subject.standings.find(({ method }) => method === 'pooled')
  if (pooled?.summary === undefined || pooled === subject.first) return undefined
  return gainFact(`Gain by one pooled model instead`, pooled.summary.overall, subject)
}

function certainty({ comparison, confidence, nouns, noun, separate, first }: Subject): string {
  const { splits, tasks } = comparison.scores
  const same = `Every figure compares a method with ${separate} on the same held-out rows, over ${splits} split${splits === 1 ? '' : 's'} into training and test rows; right of zero is better.`
  const beyond = first?.summary?.beyond
  if (beyond === undefined) return same
  const chance = `With ${count(tasks.length)} ${tasks.length === 1 ? noun : nouns}, about ${about(beyond.expectedByChance)} would have an interval below zero by chance alone; which are shown to gain or to be hurt is judged at a false discovery rate of 0.1.`
  return `${same} Intervals are ${confidence} and allow for the overlap of the splits. ${chance}`
}
