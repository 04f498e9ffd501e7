import { expect } from 'vitest'
import type { Dataset, Feature } from '../../data/types.ts'
import { createRandom } from '../../random/generator.ts'
import { sampleNormal } from '../../random/sample.ts'
import type { LawName } from '../types.ts'
import type { Bench, Law } from './bench.ts'
import { columnsOf, mapColumns, mapTargets, type Column } from './changed.ts'
import { expectClose, expectFinite, finiteOrRefused, outcomeOf } from './outcome.ts'

const isNumeric = ({ kind }: Bench): boolean => kind === 'regression'

export const inputLaws: Readonly<Partial<Record<LawName, Law>>> = {
  'finite for a constant column': finiteOn(
    onColumns((columns) => [{ ...columns[0], value: () => 2.5 }, ...columns.slice(1)]),
  ),
  'finite for the same column twice': finiteOn(
    onColumns((columns) => [...columns, { ...columns[0], feature: featureNamed('twin') }]),
  ),
  'finite for more features than rows': finiteOn(manyFeatures),
  'finite without features': finiteOn(onColumns(() => [])),
  'finite for a single task': finiteOn(({ tasks }) => ({ tasks: tasks.slice(0, 1) })),
  'finite for inputs times 1e8': finiteOn(onColumns(times(1e8))),
  'finite for inputs times 1e-8': finiteOn(onColumns(times(1e-8))),
  'an affine change of the target changes predictions alike': { applies: isNumeric, run: affineTarget },
  'finite for targets shifted by 1e6': finiteOn((data) => mapTargets(data, (y) => y + 1e6), isNumeric),
  'a cell to be filled predicts as its mean does': { run: filledCell },
  'an unknown level predicts': { run: unknownLevel },
}

/** Trains on changed data and predicts its rows. */
function finiteOn(change: (data: Dataset) => Dataset, applies: (bench: Bench) => boolean = () => true): Law {
  return {
    applies,
    run: ({ data, train }) =>
      finiteOrRefused(async () => {
        const changed = change(data)
        return outcomeOf(await train(changed), changed)
      }),
  }
}

function onColumns(change: (columns: readonly Column[]) => readonly Column[]): (data: Dataset) => Dataset {
  return (data) => mapColumns(data, (features) => change(columnsOf(features)))
}

function times(factor: number): (columns: readonly Column[]) => Column[] {
  return (columns) =>
    columns.map((column) => ({ ...column, value: (cells, i) => factor * column.value(cells, i) }))
}

function featureNamed(name: string): Feature {
  return { name, column: name }
}

/** Ten columns of noise besides, and labels in the first rows alone. */
function manyFeatures(data: Dataset): Dataset {
  const noise = Array.from({ length: 10 }, (_, j): Column => {
    const random = createRandom(9).fork(j)
    return { feature: featureNamed(`noise-${j}`), value: (_, i) => sampleNormal(random.fork(i)) }
  })
  return mapTargets(
    mapColumns(data, (features) => [...columnsOf(features), ...noise]),
    (y, i) => (i < 3 ? y : NaN),
  )
}

async function affineTarget({ data, train, course, tolerance }: Bench): Promise<void> {
  const [scale, shift] = [3, 7]
  const changed = await train(mapTargets(data, (y) => shift + scale * y))
  const before = await outcomeOf((await course()).model, data)
  const expected = before.map(([mean, variance]) => [
    mean.map((value) => shift + scale * value),
    variance.map((value) => scale * scale * value),
  ])
  expectClose(await outcomeOf(changed, data), expected, tolerance)
}

/** Of the first column, in every fifth row. */
async function filledCell({ data, train, tolerance }: Bench): Promise<void> {
  const withCells = (empty: (mean: number) => number, means: ReadonlyMap<string, number>): Dataset =>
    mapColumns(data, (features) =>
      columnsOf(features).map((column, j) => {
        if (j > 0) return column
        const mean = means.get(column.feature.name) ?? NaN
        return {
          feature: { ...column.feature, fill: 'mean' },
          value: (cells, i) => (i % 5 === 0 ? empty(mean) : cells[0]),
        }
      }),
    )
  const empty = withCells(() => NaN, new Map())
  const model = await train(empty)
  const found = model.tasks.map(({ features: [{ name, fill }] }) => [name, Number(fill)] as const)
  const filled = withCells((mean) => mean, new Map(found))
  expectFinite(await outcomeOf(model, filled))
  expectClose(await outcomeOf(model, empty), await outcomeOf(model, filled), tolerance)
}

/** A column of three levels beside the others; then a level that no row had. */
async function unknownLevel({ data, train }: Bench): Promise<void> {
  const colour: Feature = { name: 'colour', column: 'colour', vocabulary: ['red', 'green', 'blue'] }
  const withLevels = (id: (i: number) => number): Dataset =>
    mapColumns(data, (features) => [...columnsOf(features), { feature: colour, value: (_, i) => id(i) }])
  const model = await train(withLevels((i) => (i % 3) + 1))
  const prediction = await outcomeOf(
    model,
    withLevels(() => 0),
  )
  expectFinite(prediction)
  expect(prediction).toHaveLength(data.tasks.length)
}
