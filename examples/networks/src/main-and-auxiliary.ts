// Who will buy? Few of the customers were asked (the main task, two classes), but of all of them it is known how long they looked at
// the page (the auxiliary task, a number that depends on the same things). Does the second help the first?
import { mmoe, neuralSingleTask, sharedBottom } from '@mtl/architectures'
import { createRandom, dataset, fit, logLoss, sampleNormal } from '@mtl/core'
import type { Dataset, Estimator } from '@mtl/core'

const [inputs, asked, customers, tested] = [10, 100, 1000, 2000] as const
const random = createRandom('customers')
const draw = (count: number): number[] => Array.from({ length: count }, () => sampleNormal(random))
const interest = [draw(inputs), draw(inputs)].map((w) => w.map((value) => value / Math.sqrt(inputs)))

/** Interest is a function of the inputs that is not linear; buying and looking both depend on it. */
function customersOf(rows: number, isAsked: (row: number) => boolean): Dataset {
  const x = Array.from({ length: rows }, () => draw(inputs))
  const hidden = x.map((row) => {
    const [a, b] = interest.map((w) => row.reduce((sum, value, j) => sum + value * w[j], 0))
    return a + Math.abs(b)
  })
  return dataset([
    {
      name: 'buys',
      kind: 'binary',
      classes: ['no', 'yes'],
      inputs: x,
      // Not asked: missing.
      targets: hidden.map((h, row) => (isAsked(row) ? Number(2 * h - 2 + sampleNormal(random) > 0) : NaN)),
    },
    { name: 'seconds', inputs: x, targets: hidden.map((h) => 30 + 20 * h + 5 * sampleNormal(random)) },
  ])
}

const train = customersOf(customers, (row) => row < asked)
const test = customersOf(tested, () => true)

const trainer = { epochs: 40, learningRate: 5e-3 } as const
const methods: Readonly<Record<string, Estimator>> = {
  'a network for each task alone': neuralSingleTask({ trainer }),
  'shared bottom': sharedBottom({ trainer }),
  'shared bottom, auxiliary weight 0.3': sharedBottom({
    trainer: { ...trainer, schedule: { 1: { lossWeights: { seconds: 0.3 } } } },
  }),
  mmoe: mmoe({ experts: 4, trainer }),
}

console.log(
  `${asked} of ${customers} customers were asked; log loss on ${tested} others (smaller is better):`,
)
for (const [name, estimator] of Object.entries(methods)) {
  const model = await fit(estimator, train, { random: 7 })
  const [buys] = test.tasks
  const prediction = await model.predictTask('buys', buys.inputs)
  console.log(`${name.padEnd(38)} ${logLoss.evaluate(prediction, buys.targets).toFixed(3)}`)
}
