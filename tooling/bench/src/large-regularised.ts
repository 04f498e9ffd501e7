import { createRandom, dataset, fit, matrix, sampleNormal } from '@mtl/core'
import { jointFeature } from '@mtl/sparse'

const [tasks, rows, features, relevant] = [50, 200, 10_000, 10]

const random = createRandom('large')
const data = dataset(
  Array.from({ length: tasks }, (_, t) => {
    const stream = random.fork(t)
    const inputs = matrix(rows, features)
    for (let at = 0; at < inputs.data.length; at++) inputs.data[at] = sampleNormal(stream)
    const weights = Array.from({ length: relevant }, () => 0.3 + 0.1 * sampleNormal(stream))
    const targets = Float64Array.from({ length: rows }, (__, i) =>
      weights.reduce((sum, w, j) => sum + w * inputs.data[i * features + j], 0.5 * sampleNormal(stream)),
    )
    return { name: `task ${t}`, inputs, targets }
  }),
)

let steps = 0
const start = performance.now()
const { parameters } = await fit(jointFeature({ penalty: 1 }), data, {
  random: 1,
  onEvent: (event) => {
    if (event.type === 'step') steps += event.report?.steps ?? 0
  },
})
const seconds = (performance.now() - start) / 1000
const gigabytes = (process.resourceUsage().maxRSS * 1024) / 1e9
const found = parameters.path.nonzero[0]
console.log(JSON.stringify({ seconds, gigabytes, steps, residual: parameters.residual, features: found }))
