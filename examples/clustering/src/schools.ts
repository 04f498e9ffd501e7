// Are there kinds of schools? 160 schools, pupils' mathematics by their socio-economic status; sector and mean status of the
// school, which are known before a pupil is tested, say which kind is likely.
import { taskClustering } from '@mtl/clustering'
import { datasetFromTable, encodeInputs, fit, interval, isReal, parseCsv } from '@mtl/core'
import { highSchoolAndBeyond } from '@mtl/datasets'

const data = datasetFromTable(highSchoolAndBeyond.table(), {
  ...highSchoolAndBeyond.description,
  inputs: ['ses'],
  descriptor: ['sector', 'mean_ses'],
})
const estimator = taskClustering({ activation: 'identity', clusters: [1, 2, 3], gating: 'descriptor' })
const model = await fit(estimator, data, { random: 7 })

const { choice, outputs } = model.parameters
for (const { clusters, bic } of choice.candidates) console.log(`${clusters} clusters: BIC ${bic.toFixed(1)}`)

// The same table that `mtl inspect` prints and a report draws.
const [table] = model.views()
if (table.kind === 'table') {
  console.log(`\n${table.title}`)
  for (const cells of [table.columns, ...table.rows])
    console.log(cells.map((cell) => String(cell).padEnd(16)).join(''))
}

// Which schools are these?
const [{ responsibilities }] = outputs
const { columns, data: shares } = responsibilities
const labels = data.tasks.map((_, i) => {
  const own = shares.subarray(i * columns, (i + 1) * columns)
  return own.indexOf(Math.max(...own))
})
for (let a = 0; a < columns; a++) {
  const members = data.tasks.filter((_, i) => labels[i] === a)
  const mean = (trait: number): number =>
    members.reduce((sum, { descriptor }) => sum + (descriptor?.[trait] ?? 0), 0) / members.length
  console.log(
    `cluster ${a + 1}: ${(100 * mean(0)).toFixed(0)} % Catholic, mean status ${mean(1).toFixed(2)}, such as ${members
      .slice(0, 3)
      .map(({ name }) => name)
      .join(', ')}`,
  )
}

// A Catholic school in a poor quarter that nobody has tested yet, and what a pupil of mean status may expect there.
const pupils = encodeInputs(parseCsv('ses\n0'), model.tasks[0].features)
const unseen = await model.predictTask({ descriptor: Float64Array.of(1, -0.6) }, pupils)
if (isReal(unseen)) {
  const { lower, upper } = interval(unseen, 0.9)
  console.log(
    `\na school never seen: ${unseen.mean[0].toFixed(1)} points, 90 % between ${lower[0].toFixed(1)} and ${upper[0].toFixed(1)}`,
  )
}
