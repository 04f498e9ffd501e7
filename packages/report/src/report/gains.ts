import type { BarsView, Dataset, EstimatorSummary, PointsView, Task } from '@mtl/core'
import { barsTable, drawBars } from '../draw/bars.ts'
import type { BarsExtras } from '../draw/bars.ts'
import { html } from '../dom/element.ts'
import { figureFrom } from '../draw/figure.ts'
import { key, toneGlyph } from '../draw/key.ts'
import { drawPoints, pointsTable } from '../draw/points.ts'
import type { Tone } from '../draw/shapes.ts'
import { longTable } from '../draw/table.ts'
import { count } from '../text/numbers.ts'
import { section } from './page-parts.ts'
import type { Subject } from './subject.ts'

/** Which tasks gain: each with its interval, sorted, with its size; and gain against size. */
export function gainsSection(subject: Subject): HTMLElement | undefined {
  const { first, comparison, nouns, reference } = subject
  const summary = first?.summary
  if (first === undefined || summary === undefined || comparison.scores.tasks.length < 2) return undefined
  return section(
    subject,
    'gains',
    `Which ${nouns} gain`,
    `${first.method} against ${reference}, each of the ${count(comparison.scores.tasks.length)} ${nouns} on its own held-out rows.`,
    gainFigure(subject, summary),
    sizeFigure(subject, summary),
  )
}

/** The gain of each task, the largest first: for a page that has its own frame. */
function gainFigure(subject: Subject, summary: EstimatorSummary): HTMLElement {
  const { document, comparison, context, noun, confidence } = subject
  const { gains, helpedTasks, hurtTasks } = summary
  const { tasks } = comparison.scores
  const title = `Gain of each ${noun} in ${unitOf(subject, summary)}, largest first`
  const view: BarsView = {
    kind: 'bars',
    title,
    reading: '',
    labels: tasks,
    values: gains.mean,
    lower: gains.lower,
    upper: gains.upper,
    sorted: true,
  }
  const words = tasks.map((task) =>
    helpedTasks.includes(task) ? 'shown to gain' : hurtTasks.includes(task) ? 'shown to be hurt' : '',
  )
  const extras: BarsExtras = {
    noun,
    tones: tasks.map((_, t) => toneOf(gains.lower[t], gains.upper[t])),
    words: { title: 'shown', values: words },
    sizes: { title: `rows of the ${noun}, same order`, values: sizesOf(context.data, tasks) },
    unit: `gain in ${unitOf(subject, summary)}`,
    finding: findingOf(gains.mean),
  }
  const table = barsTable(view, extras)
  return figureFrom(document, {
    title,
    reading: `Dot: mean over the splits; line: its ${confidence} interval. Above zero, the ${noun} is predicted better together with the others. Some intervals lie on either side by chance alone: see the count above.`,
    key: intervalKey(document),
    draw: (width) =>
      html(
        document,
        'div',
        { class: 'drawing' },
        ...(drawBars(view, width, document, extras) ?? [longTable(document, table)]),
      ),
    table,
  })
}

function toneOf(lower: number, upper: number): Tone {
  return lower > 0 ? 'helps' : upper < 0 ? 'hurts' : 'undecided'
}

function intervalKey(document: Document): HTMLElement {
  return key(document, [
    { glyph: toneGlyph(document, 'helps'), name: 'interval above zero' },
    { glyph: toneGlyph(document, 'hurts'), name: 'interval below zero' },
    { glyph: toneGlyph(document, 'undecided'), name: 'undecided' },
  ])
}

/** 'RMSE (mathach)'; of several targets or metrics their own. */
function unitOf({ context, measure }: Subject, { gains }: EstimatorSummary): string {
  if (new Set(gains.metrics).size > 1) return 'its first metric'
  const targets = new Set(context.data.tasks.map(({ target }) => target))
  const [target] = targets
  return targets.size === 1 ? `${measure} (${target})` : measure
}

function findingOf(means: Float64Array): string {
  const better = means.filter((mean) => mean > 0).length
  const worse = means.filter((mean) => mean < 0).length
  return `mean above zero: ${count(better)}, below: ${count(worse)}`
}

function sizesOf({ tasks }: Dataset, names: readonly string[]): number[] {
  const sizes = new Map(tasks.map((task) => [task.name, labelsOf(task)]))
  return names.map((name) => sizes.get(name) ?? NaN)
}

/** Rows that have a label. */
export function labelsOf({ targets }: Task): number {
  return targets.filter((value) => !Number.isNaN(value)).length
}

const fewest = 12

/** Gain against size, where sizes differ and tasks are many enough to show a course. */
function sizeFigure(subject: Subject, summary: EstimatorSummary): HTMLElement | undefined {
  const { document, comparison, context, noun } = subject
  const { tasks } = comparison.scores
  const sizes = Float64Array.from(sizesOf(context.data, tasks))
  if (tasks.length < fewest || new Set(sizes).size < 3) return undefined
  const title = `Gain by rows of the ${noun}`
  const view: PointsView = {
    kind: 'points',
    title,
    reading: '',
    labels: tasks,
    x: sizes,
    y: summary.gains.mean,
    yErrors: summary.gains.mean.map((mean, t) => summary.gains.upper[t] - mean),
  }
  const axes = {
    xTitle: `labelled rows of the ${noun}`,
    yTitle: `gain in ${unitOf(subject, summary)}`,
    signed: true,
  }
  const drawn = (width: number): readonly (Node | undefined)[] | undefined =>
    drawPoints(view, width, document, axes)
  if (drawn(880) === undefined) return undefined
  return figureFrom(document, {
    title,
    reading: `One point for each ${noun}: a course would say that small or large ones gain more; single points say little, for each has an interval of its own.`,
    draw: (width) =>
      html(
        document,
        'div',
        { class: 'drawing' },
        ...(drawn(width) ?? []).filter((part) => part !== undefined),
      ),
    table: pointsTable(view, axes),
  })
}
