import type { PointsView } from '@mtl/core'
import { truncate, wrap } from '../text/layout.ts'
import { figure } from '../text/numbers.ts'
import type { Style } from '../text/style.ts'

const columns = 60
const lines = 16
const mostNamed = 12
const widestName = 24
const letters = 'abcdefghijklmnopqrstuvwxyz'

/** Points in a field of characters, a letter for each group; several in one place are one. */
export function drawPoints({ x, y, groups }: PointsView, { symbols, width }: Style): string[] {
  const [left, right] = bounds(x)
  const [bottom, top] = bounds(y)
  if (left > right || bottom > top) return ['no points']
  const names = [...new Set(groups ?? [])]
  const field = Array.from({ length: lines }, () => new Array<string>(columns).fill(' '))
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(x[i]) || !Number.isFinite(y[i])) continue
    const column = cellOf(x[i], left, right, columns)
    const line = lines - 1 - cellOf(y[i], bottom, top, lines)
    field[line][column] = groups === undefined ? symbols.undecided : letterOf(names.indexOf(groups[i]))
  }
  const named = names.slice(0, mostNamed).map((name, g) => `${letterOf(g)} ${truncate(name, widestName)}`)
  const legend = named.join(', ') + (names.length > mostNamed ? ` and ${names.length - mostNamed} more` : '')
  return [
    ...field.map((row) => symbols.axis + row.join('')),
    `x from ${figure(left, symbols)} to ${figure(right, symbols)}, y from ${figure(bottom, symbols)} to ${figure(top, symbols)}`,
    ...(names.length === 0 ? [] : wrap(legend, width - 2).split('\n')),
  ]
}

function letterOf(group: number): string {
  return letters[group] ?? '*'
}

function cellOf(value: number, low: number, high: number, cells: number): number {
  return high > low ? Math.round(((value - low) / (high - low)) * (cells - 1)) : Math.floor(cells / 2)
}

function bounds(values: Float64Array): readonly [number, number] {
  const finite = values.filter((value) => Number.isFinite(value))
  return [
    finite.reduce((least, value) => Math.min(least, value), Infinity),
    finite.reduce((most, value) => Math.max(most, value), -Infinity),
  ]
}
