import { dataWarnings } from '@mtl/core'
import type { Dataset } from '@mtl/core'
import { html } from '../dom/element.ts'
import { figureFrom } from '../draw/figure.ts'
import { drawHistogram } from '../draw/histogram.ts'
import { longTable, mostRows } from '../draw/table.ts'
import { count } from '../text/numbers.ts'
import { labelsOf } from './gains.ts'
import { section } from './page-parts.ts'
import type { Subject } from './subject.ts'

/** Tasks, rows, labels, and what in them keeps methods from learning. */
export function dataSection(subject: Subject): HTMLElement {
  const { document, context } = subject
  const warnings = [
    ...(context.notes ?? []),
    ...dataWarnings(context.data).map(({ message }) => `${message}.`),
  ]
  return section(
    subject,
    'data',
    'Data',
    sentence(subject, warnings.length),
    warnings.length === 0
      ? undefined
      : html(
          document,
          'ul',
          { class: 'warnings' },
          ...warnings.map((text) => html(document, 'li', {}, text)),
        ),
    sizes(subject),
    tasksTable(subject),
  )
}

const mostNamed = 8

function sentence({ context, nouns, noun }: Subject, warnings: number): string {
  const { data, rows } = context
  const { tasks } = data
  const inputs = [...new Set(tasks.flatMap(({ features }) => features.map(({ name }) => name)))]
  const all = tasks.reduce((sum, { targets }) => sum + targets.length, 0)
  const labels = tasks.reduce((sum, task) => sum + labelsOf(task), 0)
  const missing = all - labels
  const named = inputs.length > 0 && inputs.length <= mostNamed ? ` (${inputs.join(', ')})` : ''
  const known =
    missing === 0 ? 'Every row has its label' : `${count(missing)} of ${count(all)} labels are missing`
  const parts = [
    counted(tasks.length, noun, nouns),
    counted(rows ?? all, 'row', 'rows'),
    `${counted(inputs.length, 'input', 'inputs')}${named}`,
  ]
  return `${parts.join(', ')}. ${known}; ${warnings === 0 ? 'no warnings' : counted(warnings, 'note', 'notes')}.`
}

function counted(value: number, one: string, many: string): string {
  return `${count(value)} ${value === 1 ? one : many}`
}

const fewest = 8

function sizes({ document, context, noun, nouns }: Subject): HTMLElement | undefined {
  const values = context.data.tasks.map(labelsOf)
  if (values.length < fewest) return undefined
  const title = `Labelled rows per ${noun}`
  const titles = { title, across: 'rows', counted: nouns }
  if (drawHistogram(values, titles, 880, document) === undefined) return undefined
  const sorted = values.toSorted((a, b) => a - b)
  return figureFrom(document, {
    title,
    reading: `How many ${nouns} have so many rows: from ${count(sorted[0])} to ${count(sorted[sorted.length - 1])}, median ${count(sorted[Math.floor((sorted.length - 1) / 2)])}.`,
    draw: (width) => drawHistogram(values, titles, width, document) ?? html(document, 'p'),
  })
}

function tasksTable({ document, context, noun, nouns }: Subject): HTMLElement {
  const rows = rowsOf(context.data)
  return html(
    document,
    'details',
    {},
    html(document, 'summary', {}, rows.length > mostRows ? `The first ${mostRows} ${nouns}` : `All ${nouns}`),
    longTable(document, { columns: [noun, 'target', 'kind', 'rows', 'labels'], rows }),
  )
}

function rowsOf({ tasks }: Dataset): (string | number)[][] {
  return tasks.map((task) => [
    task.name,
    task.target,
    task.kind,
    count(task.targets.length),
    count(labelsOf(task)),
  ])
}
