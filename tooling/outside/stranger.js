// A program of somebody who installed core alone: trains, stores, loads by name, predicts.
import console from 'node:console'
import process from 'node:process'
import { createRegistry, dataset, fit, fromJson, pooled, toJson } from '@mtl/core'

const tasks = ['north', 'south'].map((name, k) => {
  const inputs = Array.from({ length: 20 }, (_, i) => [i / 20])
  return { name, inputs, targets: inputs.map(([x]) => 3 * x + k) }
})
const data = dataset(tasks)
const model = await fit(pooled(), data, { random: 1 })
const loaded = createRegistry().load(fromJson(JSON.parse(JSON.stringify(toJson(model.toDocument())))))
const [before, after] = await Promise.all([model, loaded].map((each) => each.predict(data)))
const equal = tasks.every(({ name }) =>
  before[name].point.every((value, i) => value === after[name].point[i]),
)
if (!equal) throw new Error('the loaded model predicts otherwise')
console.log(`core trains, stores and loads on Node ${process.versions.node}`)
