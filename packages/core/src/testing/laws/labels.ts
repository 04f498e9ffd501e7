import type { Dataset, Task } from '../../data/types.ts'
import { selectTaskRows } from '../../data/rows.ts'
import type { LawName } from '../types.ts'
import type { Bench, Law } from './bench.ts'
import { mapRows, mapTargets, shortened, withWeights } from './changed.ts'
import { expectClose, finiteOrRefused, outcomeOf } from './outcome.ts'

const isWeighted = ({ make }: Bench): boolean => make().capabilities.weights
const isNumeric = ({ kind }: Bench): boolean => kind === 'regression'
const hasClasses = ({ kind }: Bench): boolean => kind !== 'regression'
const ownRows = ({ make }: Bench): boolean => make().capabilities.inputs !== 'same-rows'

export const labelLaws: Readonly<Partial<Record<LawName, Law>>> = {
  'a missing target is an absent row': { run: missingTarget },
  'weight 2 is a row given twice': { applies: isWeighted, run: weightTwo },
  'rows given twice at half weight change nothing': { applies: isWeighted, run: halfWeight },
  'weight 0 is an absent row': { applies: isWeighted, run: weightZero },
  'a task without rows disturbs no other': { applies: ownRows, run: withoutRows },
  'a task without labels disturbs no other': { run: withoutLabels },
  'finite for a task of one row': finiteFor(({ data }) => shortened(data, 0, 1)),
  'finite for a task without rows': finiteFor(({ data }) => shortened(data, 0, 0)),
  'finite when no label is observed': finiteFor(({ data }) => mapTargets(data, () => NaN)),
  'finite for a constant target': finiteFor(({ data }) => mapTargets(data, constant(3)), isNumeric),
  'finite for a single class': finiteFor(({ data }) => mapTargets(data, constant(0)), hasClasses),
  'finite for a class that a task lacks': finiteFor(
    ({ data }) => mapTargets(data, (y, _, k) => (k === 0 && y > 0 ? y - 1 : y)),
    hasClasses,
  ),
}

/** Trains on changed data, and predicts the rows of the bench's own. */
function finiteFor(change: (bench: Bench) => Dataset, applies: (bench: Bench) => boolean = () => true): Law {
  return {
    applies,
    run: (bench) => finiteOrRefused(async () => outcomeOf(await bench.train(change(bench)), bench.data)),
  }
}

function constant(value: number): (y: number) => number {
  return (y) => (Number.isNaN(y) ? NaN : value)
}

/** Both trainings predict the rows of the bench's data alike. */
async function expectAlike({ train, data, tolerance }: Bench, one: Dataset, other: Dataset): Promise<void> {
  const [actual, expected] = [await train(one), await train(other)]
  expectClose(await outcomeOf(actual, data), await outcomeOf(expected, data), tolerance)
}

const isKept = (i: number): boolean => i % 3 !== 0
const keptRows = (rows: number): number[] => [...Array(rows).keys()].filter(isKept)

function missingTarget(bench: Bench): Promise<void> {
  const marked = mapTargets(bench.data, (y, i) => (isKept(i) ? y : NaN))
  return expectAlike(bench, marked, mapRows(bench.data, keptRows))
}

function weightTwo(bench: Bench): Promise<void> {
  const weighted = withWeights(bench.data, (i) => (i < 2 ? 2 : 1))
  return expectAlike(
    bench,
    weighted,
    mapRows(bench.data, (rows) => [0, 1, ...Array(rows).keys()]),
  )
}

function halfWeight(bench: Bench): Promise<void> {
  const twice = mapRows(bench.data, (rows) => [...Array(rows).keys()].flatMap((i) => [i, i]))
  return expectAlike(
    bench,
    withWeights(twice, () => 0.5),
    bench.data,
  )
}

function weightZero(bench: Bench): Promise<void> {
  const weighted = withWeights(bench.data, (i) => (isKept(i) ? 1 : 0))
  return expectAlike(bench, weighted, mapRows(bench.data, keptRows))
}

async function withoutRows(bench: Bench): Promise<void> {
  const [first] = bench.data.tasks
  await expectUndisturbed(bench, { ...selectTaskRows(first, []), name: 'without rows' })
}

async function withoutLabels(bench: Bench): Promise<void> {
  const [first] = bench.data.tasks
  await expectUndisturbed(bench, { ...first, targets: first.targets.map(() => NaN), name: 'without labels' })
}

async function expectUndisturbed({ train, data, course, tolerance }: Bench, guest: Task): Promise<void> {
  const model = await train({ tasks: [...data.tasks, guest] })
  expectClose(await outcomeOf(model, data), await outcomeOf((await course()).model, data), tolerance)
}
