import { sortedTexts } from './cells.ts'
import { placeOf, type Faults } from './faults.ts'
import type { Table } from './open-table.ts'
import type { TableDescription, TaskInfo, TaskKind } from './types.ts'

/** One label column: its classes, and the label of each row of the table (NaN: none). */
export interface Labels {
  readonly target: string
  readonly kind: TaskKind
  readonly classes: readonly string[]
  readonly values: Float64Array
}

/** The labels of a target; none where new rows (`like` is not empty) have no such column. */
export function labelsOf(
  table: Table,
  target: string,
  description: TableDescription,
  like: readonly TaskInfo[],
  faults: Faults,
): Labels {
  const kind = description.targets[target]
  const absent = like.length > 0 && !table.has(target)
  const none = new Float64Array(absent ? table.rows : 0).fill(NaN)
  if (kind === 'regression')
    return { target, kind, classes: [], values: absent ? none : table.numbers(target) }
  const given = like.find((task) => task.target === target)?.classes ?? description.classes?.[target]
  if (absent) return { target, kind, classes: given ?? ['0', '1'], values: none }
  const classes = given ?? foundClasses(table, target, kind, faults)
  const indices = new Map(classes.map((label, k) => [label, k]))
  const values = Float64Array.from(table.texts(target), (text, i) => {
    const index = indices.get(text)
    if (index === undefined && text !== '') {
      const message = `${placeOf(i, target)}: "${text}" is none of the classes ${quoted(classes)}`
      faults.add({ message, row: i + 1, column: target, cell: text })
    }
    return index ?? NaN
  })
  return { target, kind, classes, values }
}

/** Those in the column, sorted. */
function foundClasses(table: Table, target: string, kind: TaskKind, faults: Faults): readonly string[] {
  const classes = sortedTexts(table.texts(target)).filter((text) => text !== '')
  const wrong = kind === 'binary' ? classes.length !== 2 : classes.length < 2
  if (wrong) {
    const needed = kind === 'binary' ? 'two' : 'at least two'
    const message = `column "${target}" has ${classes.length} labels (${quoted(classes)}), a ${kind} target ${needed}`
    faults.add(
      { message, column: target },
      '; name them in `classes`, or missingMarkers for those that are none',
    )
  }
  return classes
}

function quoted(texts: readonly string[]): string {
  const some = texts.slice(0, 5).map((text) => JSON.stringify(text))
  return [...some, ...(texts.length > some.length ? ['...'] : [])].join(', ')
}
