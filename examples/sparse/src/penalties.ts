/**
 * The same question by penalties: which traits of a situation matter? A path of penalties from none of the columns to all, each judged by
 * folds of every person's answers; the folds run in worker threads.
 */
import { fit, holdout, createRandom, logLoss, splitData } from '@mtl/core'
import { verbalAggression } from '@mtl/datasets'
import { jointFeature, lasso, sparseGroupLasso } from '@mtl/sparse'
import { workerThreadExecutor } from '@mtl/workers/node'

const groups = [['train', 'store', 'operator'], ['scold', 'shout'], ['do']]
const path = { pathLength: 12, rule: 'one-standard-error', tolerance: 1e-5 } as const
const methods = [
  lasso(path), // each person's own columns
  jointFeature(path), // the same columns for all
  sparseGroupLasso({ groups, elementShare: 0, ...path }), // the same traits for all
]
const data = verbalAggression.data()
const { train, test } = splitData(data, holdout(data, { random: createRandom(7), testFraction: 0.25 }))
const executor = workerThreadExecutor({ url: new URL('./worker.ts', import.meta.url), threads: 2 })

for (const method of methods) {
  const model = await fit(method, train, { random: 7, executor })
  const { parameters } = model
  const { data: weights, columns, rows } = parameters.taskWeights
  const predictions = await model.predict(test)
  const scores = test.tasks.map((task) => logLoss.evaluate(predictions[task.name], task.targets))
  console.log(
    `${method.name.padEnd(19)} penalty ${parameters.penalty.toFixed(4)},`,
    `log loss of held-out answers ${(scores.reduce((sum, s) => sum + s, 0) / scores.length).toFixed(3)}`,
  )
  train.tasks[0].features.forEach(({ name }, j) => {
    const own = Array.from({ length: rows }, (_, t) => weights[t * columns + j])
    const size = Math.hypot(...own) / Math.sqrt(rows)
    console.log(`  ${name.padEnd(10)} ${size.toFixed(3)}, 0 for ${own.filter((w) => w === 0).length} persons`)
  })
}
await executor.close()
