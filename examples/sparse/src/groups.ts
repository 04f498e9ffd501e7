/**
 * Which traits of a situation matter? Verbal aggression: 316 persons say of 24 situations whether they would curse, scold or shout. Each
 * person is a task; the columns that code one trait are a group of features, which matters to all persons or to none.
 */
import { fit, holdout, createRandom, logLoss, splitData } from '@mtl/core'
import { verbalAggression } from '@mtl/datasets'
import { selectedGroups, sparseBayesian } from '@mtl/sparse'

const groups = [
  ['train', 'store', 'operator'], // who is to blame: others or oneself
  ['scold', 'shout'], // what one would do, beside cursing
  ['do'], // would do it, or would want to
]
const data = verbalAggression.data()
const { train, test } = splitData(data, holdout(data, { random: createRandom(7), testFraction: 0.25 }))
const model = await fit(sparseBayesian({ groups }), train, { random: 7 })

console.log('relevance: log-odds of yes for one standard deviation of the column')
for (const { features, relevance, relevanceError } of model.parameters.groups)
  console.log(`  ${features.join(' + ').padEnd(26)} ${relevance.toFixed(3)} +- ${relevanceError.toFixed(3)}`)
const names = selectedGroups(model.parameters).map(({ features }) => features.join(' + '))
console.log(`groups that matter: ${names.join('; ')}`)

const { commonEigenvalue, deviationEigenvalue, tasks } = model.parameters.taskCovariance
const ratio = (commonEigenvalue[0] / deviationEigenvalue[0] - 1) / tasks.length
console.log(`correlation of any two persons’ weights: ${(ratio / (1 + ratio)).toFixed(2)}`)

const predictions = await model.predict(test)
const scores = test.tasks.map((task) => logLoss.evaluate(predictions[task.name], task.targets))
console.log(
  `log loss of held-out answers: ${(scores.reduce((sum, s) => sum + s, 0) / scores.length).toFixed(3)}`,
)
