import { row } from '@mtl/core'
import type { Matrix, MatrixView } from '@mtl/core'
import { count } from '../text/numbers.ts'

/** What is drawn of a matrix: all of it, a sample of its tasks, or means of groups. */
export interface Cells {
  readonly rows: readonly string[]
  readonly columns: readonly string[]
  readonly values: Matrix
  /** How it differs from the view. */
  readonly told?: string
  /** Rows and columns are the same things in the same order. */
  readonly square: boolean
}

/** All rows have a label up to here; longer sides are ordered, so that like ones stand together. */
const mostLabelled = 40
const sampled = 24
const groups = 40
/** Of a square matrix so many can be sampled and still stand for all. */
const mostSampled = 160

/** The cells to draw when the long side has room for so many. */
export function cellsOf(view: MatrixView, room: number): Cells {
  const { rows, columns, values } = view
  const square = rows.length === columns.length && rows.every((name, i) => name === columns[i])
  const whole: Cells = { rows, columns, values, square }
  if (square)
    return rows.length <= mostLabelled
      ? whole
      : rows.length <= mostSampled
        ? sampleOf(whole)
        : groupsOf(whole)
  // The long side lies: there is more room across than down.
  const lying = rows.length > mostLabelled && rows.length > columns.length ? transposed(whole) : whole
  const ordered = lying.columns.length > mostLabelled ? orderedColumns(lying) : lying
  const across = ordered.columns.length > room ? grouped(ordered) : ordered
  return across.rows.length > mostLabelled ? transposed(grouped(transposed(across))) : across
}

function transposed({ rows, columns, values, ...rest }: Cells): Cells {
  const data = new Float64Array(values.data.length)
  for (let i = 0; i < values.rows; i++) {
    for (let j = 0; j < values.columns; j++) data[j * values.rows + i] = values.data[i * values.columns + j]
  }
  return {
    ...rest,
    rows: columns,
    columns: rows,
    values: { ...values, rows: values.columns, columns: values.rows, data },
  }
}

function picked(cells: Cells, rows: readonly number[], columns: readonly number[]): Cells {
  const { values } = cells
  const data = Float64Array.from(rows.flatMap((i) => columns.map((j) => values.data[i * values.columns + j])))
  return {
    ...cells,
    rows: rows.map((i) => cells.rows[i]),
    columns: columns.map((j) => cells.columns[j]),
    values: { ...values, rows: rows.length, columns: columns.length, data },
  }
}

function orderedColumns(cells: Cells): Cells {
  const order = orderOf(transposed(cells).values)
  return {
    ...picked(cells, [...cells.rows.keys()], order),
    told: `${count(cells.columns.length)} columns, ordered so that like ones stand together.`,
  }
}

/** Every so many-th in the order of likeness. */
function sampleOf(cells: Cells): Cells {
  const order = orderOf(cells.values)
  const chosen = Array.from(
    { length: sampled },
    (_, k) => order[Math.floor(((k + 0.5) * order.length) / sampled)],
  )
  return {
    ...picked(cells, chosen, chosen),
    told: `${sampled} of ${cells.rows.length}: every ${Math.round(order.length / sampled)}th, ordered so that like ones stand together.`,
  }
}

function groupsOf(cells: Cells): Cells {
  const order = orderOf(cells.values)
  const across = grouped(picked(cells, order, order))
  return {
    ...transposed(grouped(transposed(across))),
    ...(across.told !== undefined && { told: across.told }),
  }
}

/** Columns averaged in groups of neighbours; cells that are none are left out of the means. */
function grouped(cells: Cells): Cells {
  const { values, columns } = cells
  const n = columns.length
  const border = (k: number): number => Math.floor((k * n) / groups)
  const data = new Float64Array(values.rows * groups)
  for (let i = 0; i < values.rows; i++) {
    for (let k = 0; k < groups; k++) {
      const some = row(values, i)
        .subarray(border(k), border(k + 1))
        .filter(Number.isFinite)
      data[i * groups + k] =
        some.length === 0 ? NaN : some.reduce((sum, value) => sum + value / some.length, 0)
    }
  }
  return {
    ...cells,
    columns: Array.from(
      { length: groups },
      (_, k) => `${columns[border(k)]} … ${columns[border(k + 1) - 1]}`,
    ),
    values: { ...values, columns: groups, data },
    told: `Means of ${groups} groups of ${count(n)}, ordered so that like ones stand together.`,
  }
}

const powerSteps = 60

/** Rows by their score on the first principal component: like rows are neighbours. Its sign makes the first row's score low. */
function orderOf({ rows, columns, data }: Matrix): number[] {
  const centred = new Float64Array(rows * columns)
  for (let j = 0; j < columns; j++) {
    let sum = 0
    let defined = 0
    for (let i = 0; i < rows; i++) {
      if (!Number.isFinite(data[i * columns + j])) continue
      sum += data[i * columns + j]
      defined += 1
    }
    const mean = defined === 0 ? 0 : sum / defined
    for (let i = 0; i < rows; i++) {
      const value = data[i * columns + j]
      centred[i * columns + j] = Number.isFinite(value) ? value - mean : 0
    }
  }
  const scores = firstScores(centred, rows, columns)
  const sign = scores[0] > 0 ? -1 : 1
  return [...scores.keys()].sort((a, b) => sign * (scores[a] - scores[b]) || a - b)
}

/** X v for the leading right singular vector v of X, by the power method on X'X. */
function firstScores(x: Float64Array, rows: number, columns: number): Float64Array {
  // No component of a start with irregular entries is likely to be zero.
  const direction = Float64Array.from({ length: columns }, (_, j) => 1 + Math.sin(j + 1) / 2)
  const scores = new Float64Array(rows)
  for (let step = 0; step < powerSteps; step++) {
    for (let i = 0; i < rows; i++) {
      let sum = 0
      for (let j = 0; j < columns; j++) sum += x[i * columns + j] * direction[j]
      scores[i] = sum
    }
    direction.fill(0)
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) direction[j] += x[i * columns + j] * scores[i]
    }
    // Its largest entry is a scale that keeps the powers in range.
    const length = direction.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    if (!(length > 0)) break
    for (let j = 0; j < columns; j++) direction[j] /= length
  }
  return scores
}
