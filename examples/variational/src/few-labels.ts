/**
 * Very few labels. Verbal aggression: would a person scold, or shout, in a situation? 16 such questions are 16 tasks, to be answered from the
 * person's anger, sex and answers about cursing. Of each question 5, 10 or 20 answers yes and as many no are known; those of other persons
 * are predicted. Does a question learn of the others, of which, and does it know when it does not know?
 */
import {
  calibrationError,
  classProbabilities,
  createRandom,
  dataset,
  fit,
  logLoss,
  permutation,
  pooled,
  selectTaskRows,
  singleTask,
} from '@mtl/core'
import type { Dataset, Distribution, Estimator } from '@mtl/core'
import { verbalAggression } from '@mtl/datasets'
import { variational } from '@mtl/variational'

const table = verbalAggression.table()
const items = 24
const persons = table.response.length / items
const isSo = (trait: string, item: number): boolean => Number(table[trait][item]) === 1
const isCurse = (item: number): boolean => !isSo('scold', item) && !isSo('shout', item)
const nameOf = (item: number): string => {
  const where = ['train', 'store', 'operator'].find((place) => isSo(place, item)) ?? 'bus'
  return `${isSo('do', item) ? 'do' : 'want to'} ${isSo('scold', item) ? 'scold' : 'shout'}, ${where}`
}
const answer = (person: number, item: number): number =>
  Number(table.response[person * items + item] === 'yes')
const every = Array.from({ length: items }, (_, item) => item)
const inputs = Array.from({ length: persons }, (_, person) => [
  Number(table.anger[person * items]),
  Number(table.male[person * items]),
  ...every.filter(isCurse).map((item) => answer(person, item)),
])
const data: Dataset = dataset(
  every
    .filter((item) => !isCurse(item))
    .map((item) => ({
      name: nameOf(item),
      kind: 'binary',
      classes: ['no', 'yes'],
      inputs,
      targets: inputs.map((_, person) => answer(person, item)),
    })),
)

/** So many labels of each class train, of each question; as many yes as no of the others are tested. */
function fewLabels(count: number, draw: number): { readonly train: Dataset; readonly test: Dataset } {
  const parts = data.tasks.map((task) => {
    const order = [...permutation(createRandom(draw).fork(task.name), persons)]
    const [no, yes] = [0, 1].map((label) => order.filter((person) => task.targets[person] === label))
    const last = Math.min(no.length, yes.length)
    return {
      train: selectTaskRows(task, [...no.slice(0, count), ...yes.slice(0, count)]),
      test: selectTaskRows(task, [...no.slice(count, last), ...yes.slice(count, last)]),
    }
  })
  return { train: { tasks: parts.map(({ train }) => train) }, test: { tasks: parts.map(({ test }) => test) } }
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** Whether each prediction was right, and how far from even its odds were. */
function judged(prediction: Distribution, targets: Float64Array): { hit: number; sure: number }[] {
  const { data: shares } = classProbabilities(prediction)
  return [...targets].map((y, i) => {
    const yes = shares[2 * i + 1]
    return { hit: Number(Number(yes > 0.5) === y), sure: Math.abs(yes - 0.5) }
  })
}

const methods: Readonly<Record<string, Estimator>> = {
  'single-task': singleTask(),
  pooled: pooled(),
  variational: variational(),
}
const draws = 5

console.log(`${data.tasks.length} questions; means over questions and ${draws} draws of the labels`)
console.log('labels of a class  method       accuracy  log loss  calibration error')
for (const count of [5, 10, 20]) {
  for (const [name, estimator] of Object.entries(methods)) {
    const scores: number[][] = []
    for (let draw = 0; draw < draws; draw++) {
      const { train, test } = fewLabels(count, draw)
      const predictions = await (await fit(estimator, train, { random: draw })).predict(test)
      for (const { name: question, targets } of test.tasks) {
        const prediction = predictions[question]
        scores.push([
          mean(judged(prediction, targets).map(({ hit }) => hit)),
          logLoss.evaluate(prediction, targets),
          calibrationError.evaluate(prediction, targets),
        ])
      }
    }
    const figures = [0, 1, 2].map((k) => mean(scores.map((score) => score[k])))
    const shown = figures.map((figure) => figure.toFixed(3).padStart(9))
    console.log(`${String(count).padStart(17)}  ${name.padEnd(12)}${shown.join(' ')}`)
  }
}

const { train, test } = fewLabels(20, 0)
const model = await fit(variational(), train, { random: 0 })
const { relatedness, priorRule } = model.parameters
console.log(`\nfrom 20 labels of a class, by the rule ${priorRule}:`)
for (const [t, { name }] of data.tasks.entries()) {
  const row = [...relatedness.data.subarray(t * relatedness.columns, (t + 1) * relatedness.columns)]
  const most = row.indexOf(Math.max(...row.slice(0, -1)))
  console.log(`  ${name.padEnd(24)} takes ${row[most].toFixed(2)} from ${data.tasks[most].name}`)
}

const predictions = await model.predict(test)
const rows = test.tasks
  .flatMap(({ name, targets }) => judged(predictions[name], targets))
  .sort((a, b) => b.sure - a.sure)
const quarter = Math.floor(rows.length / 4)
const right = (part: typeof rows): string => mean(part.map(({ hit }) => hit)).toFixed(2)
console.log(
  `right: ${right(rows.slice(0, quarter))} of the surest quarter, ${right(rows.slice(-quarter))} of the least sure`,
)
