import type { Matrix } from '../linalg/types.ts'
import { hasDecimalComma, sortedTexts } from './cells.ts'
import { collectFaults, placeOf, type Faults } from './faults.ts'
import { groupBy } from './group-by.ts'
import { openTable, type Table } from './open-table.ts'
import { mostLevels } from './prepare.ts'
import type { Columns, Feature, InputColumn } from './types.ts'

/**
 * Rows of a table in the given features: an unknown level gives zeros or id 0, an empty cell its fill. Blanks
 * around a cell's text do not count.
 * @throws MtlError 'unknown-column', 'invalid-data' (a cell that is no number, an empty one without fill)
 */
export function encodeInputs(columns: Columns, features: readonly Feature[]): Matrix {
  const faults = collectFaults()
  const needed = features.map(({ column }) => column)
  const table = openTable(columns, needed, [], faults)
  const inputs = encoderOf(table, features, faults)(Array.from({ length: table.rows }, (_, i) => i))
  faults.report()
  return inputs
}

/**
 * The features of a column as description and cells give them: of its cells nothing is learnt but names of
 * levels. Empty cells are faults, or with 'mean' a level of their own and, of numbers, to be filled.
 */
export function featuresOf(
  { column, as }: InputColumn,
  table: Table,
  missing: 'refuse' | 'mean',
  faults: Faults,
): readonly Feature[] {
  const kind = as ?? kindOf(column, table, faults)
  if (kind === 'number') {
    if (missing === 'refuse') return [{ name: column, column }]
    const empty = table.numbers(column).includes(NaN) ? [levelOf(column, '')] : []
    return [{ name: column, column, fill: 'mean' }, ...empty]
  }
  const texts = table.texts(column)
  const levels = sortedTexts(texts).filter((text) => missing === 'mean' || text !== '')
  if (levels.length === 0 && texts.length > 0)
    faults.add({ message: `column "${column}" has no cell that is not empty`, column })
  if (kind === 'ids') return [{ name: column, column, vocabulary: levels }]
  if (levels.length > mostLevels) {
    const message = `column "${column}" has ${levels.length} levels, more than ${mostLevels}`
    faults.add({ message, column }, "; take it as 'ids', for methods that embed")
  }
  return levels.map((level) => levelOf(column, level))
}

function levelOf(column: string, level: string): Feature {
  return { name: `${column}=${level}`, column, level }
}

/** 'levels' if no cell is a number, else 'number'. */
function kindOf(column: string, table: Table, faults: Faults): 'number' | 'levels' {
  if (table.hasNumber(column)) return 'number'
  const texts = table.texts(column)
  const i = texts.findIndex(hasDecimalComma)
  if (i >= 0) {
    const message = `${placeOf(i, column)}: "${texts[i]}" has a decimal comma`
    faults.add({ message, row: i + 1, column }, "; write a decimal point, or take the column as 'levels'")
  }
  return 'levels'
}

/** Empty cells of level columns are faults, unless the empty cell is a level. Of numbers the encoder tells. */
export function refuseEmptyLevels(table: Table, features: readonly Feature[], faults: Faults): void {
  const levels = features.filter(({ level, vocabulary }) => level !== undefined || vocabulary !== undefined)
  for (const [column, group] of groupBy(levels, (feature) => feature.column)) {
    if (group.some(({ level, vocabulary }) => level === '' || vocabulary?.includes(''))) continue
    table.texts(column).forEach((text, i) => {
      if (text === '') addEmpty(i, column, faults)
    })
  }
}

export type Encoder = (rows: ArrayLike<number>) => Matrix

/** Writes its columns of the rows, which stand at these positions in the table. */
type Writer = (data: Float64Array, rows: ArrayLike<number>) => void

/** Encodes rows of the table, by position, in the given features. */
export function encoderOf(table: Table, features: readonly Feature[], faults: Faults): Encoder {
  const writers = writersOf(table, features, faults)
  const columns = features.length
  return (rows) => {
    const data = new Float64Array(rows.length * columns)
    for (const write of writers) write(data, rows)
    return { rows: rows.length, columns, data }
  }
}

function writersOf(table: Table, features: readonly Feature[], faults: Faults): readonly Writer[] {
  const stride = features.length
  const writers: Writer[] = []
  const levels = new Map<string, Map<string, number>>()
  features.forEach((feature, j) => {
    const { column, level, vocabulary } = feature
    if (vocabulary !== undefined) writers.push(idWriter(table.texts(column), vocabulary, j, stride))
    else if (level === undefined) writers.push(numberWriter(table, feature, j, stride, faults))
    else levels.set(column, (levels.get(column) ?? new Map<string, number>()).set(level, j))
  })
  // All indicators of a column in one pass: a cell sets one of them, or none.
  for (const [column, positions] of levels) writers.push(levelWriter(table.texts(column), positions, stride))
  return writers
}

function numberWriter(
  table: Table,
  { column, fill }: Feature,
  j: number,
  stride: number,
  faults: Faults,
): Writer {
  const values = table.numbers(column)
  const filled = typeof fill === 'number' ? fill : NaN
  return (data, rows) => {
    for (let i = 0; i < rows.length; i++) {
      const value = values[rows[i]]
      data[i * stride + j] = Number.isNaN(value) ? filled : value
      if (fill === undefined && Number.isNaN(value) && table.isEmpty(column, rows[i]))
        addEmpty(rows[i], column, faults)
    }
  }
}

function idWriter(
  texts: readonly string[],
  vocabulary: readonly string[],
  j: number,
  stride: number,
): Writer {
  const ids = new Map(vocabulary.map((text, k) => [text, k + 1]))
  return (data, rows) => {
    for (let i = 0; i < rows.length; i++) data[i * stride + j] = ids.get(texts[rows[i]]) ?? 0
  }
}

function levelWriter(
  texts: readonly string[],
  positions: ReadonlyMap<string, number>,
  stride: number,
): Writer {
  return (data, rows) => {
    for (let i = 0; i < rows.length; i++) {
      const j = positions.get(texts[rows[i]])
      if (j !== undefined) data[i * stride + j] = 1
    }
  }
}

export function addEmpty(position: number, column: string, faults: Faults): void {
  const message = `${placeOf(position, column)} is empty`
  faults.add({ message, row: position + 1, column }, "; missing: 'mean' takes such cells")
}
