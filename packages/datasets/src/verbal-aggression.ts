import { parseCsv, type Cell, type Columns } from '@mtl/core'
import { exampleData } from './example-data.ts'
import { aggressionItems, aggressionPersons } from './tables/verbal-aggression.ts'
import type { ExampleData } from './types.ts'

/** 316 persons, asked of 24 situations whether they would curse, scold or shout. */
export const verbalAggression: ExampleData = /* @__PURE__ */ exampleData({
  name: 'verbagg',
  title: 'Verbal aggression',
  source: 'K. Vansteelandt, University of Leuven; R package lme4 (VerbAgg)',
  citation: 'De Boeck and Wilson (2004), Explanatory Item Response Models, Springer',
  licence: 'GPL-2.0-or-later',
  taskNoun: 'person',
  units: {
    response: 'yes = would react so, at least perhaps',
    train: '1 = misses a train (all three 0: a bus does not stop)',
    store: '1 = the store closes',
    operator: '1 = the operator disconnects',
    scold: '1 = scold (both 0: curse)',
    shout: '1 = shout',
    do: '1 = would do it, 0 = would want to',
    anger: 'trait anger, points',
    male: '1 = male',
  },
  description: {
    task: 'person',
    targets: { response: 'binary' },
    inputs: ['train', 'store', 'operator', 'scold', 'shout', 'do'],
    descriptor: ['anger', 'male'],
  },
  table: () => crossed(parseCsv(aggressionPersons), parseCsv(aggressionItems)),
})

/** A row for each person and item; answers are kept as one text for each person, '1' for yes. */
function crossed({ answers, ...persons }: Columns, items: Columns): Columns {
  const given = Array.from(answers, String)
  const repeated = (cells: ArrayLike<Cell>): Cell[] =>
    Array.from(cells).flatMap((cell, i) => Array.from(given[i], () => cell))
  const response = given.flatMap((text) => Array.from(text, (answer) => (answer === '1' ? 'yes' : 'no')))
  const perPerson = Object.entries(persons).map(([name, cells]): Column => [name, repeated(cells)])
  const perItem = Object.entries(items).map(
    ([name, cells]): Column => [name, given.flatMap(() => Array.from(cells))],
  )
  return Object.fromEntries<ArrayLike<Cell>>([...perPerson, ['response', response], ...perItem])
}

type Column = readonly [string, readonly Cell[]]
