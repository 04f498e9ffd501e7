import { pluralOf } from '@mtl/core'
import type { LoadedData } from '../data/loaded-data.ts'
import { count } from '../text/numbers.ts'
import { wrapParts } from '../text/layout.ts'
import type { Style } from '../text/style.ts'

/** So many targets or inputs are named; of more, the count. */
const mostNamed = 4

/** What the data is: 'pupils.csv · 160 tasks (schools) · 7,185 rows · target mathach (regression) · 3 inputs'. */
export function dataLine(loaded: LoadedData, { symbols, width }: Style): string {
  const { title, data, layout, taskNoun, rows, inputs, descriptors } = loaded
  const labels = data.tasks.reduce(
    (sum, { targets }) => sum + targets.filter((y) => !Number.isNaN(y)).length,
    0,
  )
  const word = taskNoun === 'task' ? { long: '', wide: 'targets', list: 'files' }[layout] : pluralOf(taskNoun)
  const targetsPerRow = layout === 'wide' ? data.tasks.length : 1
  const parts = [
    title,
    counted(data.tasks.length, 'task') + (word === '' ? '' : ` (${word})`),
    counted(rows, 'row'),
    ...(labels < rows * targetsPerRow ? [`${count(labels)} labels`] : []),
    targetPart(loaded),
    counted(inputs.length, 'input') + named(inputs),
    ...(descriptors.length > 0 ? [counted(descriptors.length, 'descriptor') + named(descriptors)] : []),
  ]
  return wrapParts(parts, ` ${symbols.dot} `, width, '  ')
}

function targetPart({ data }: LoadedData): string {
  const kinds = new Map(data.tasks.map(({ target, kind }) => [target, kind]))
  if (kinds.size > mostNamed) {
    const all = [...kinds.values()]
    const byKind = [...new Set(all)].map((kind) => `${kind}: ${all.filter((other) => other === kind).length}`)
    return `${kinds.size} targets (${byKind.join(', ')})`
  }
  const [first, ...others] = kinds.values()
  const names = [...kinds.keys()]
  const told = others.every((kind) => kind === first)
    ? `${names.join(', ')} (${first})`
    : [...kinds].map(([target, kind]) => `${target} (${kind})`).join(', ')
  return `target${names.length === 1 ? '' : 's'} ${told}`
}

function named(names: readonly string[]): string {
  return names.length === 0 || names.length > mostNamed ? '' : ` (${names.join(', ')})`
}

function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`
}
