import { createRandom, dataset, fit, matrix, sampleNormal } from '@mtl/core'
import { selectedGroups, sparseBayesian } from '@mtl/sparse'

const [tasks, rows, features, relevant] = [50, 200, 10_000, 10]

const random = createRandom('large')
const inputs = matrix(rows, features)
for (let at = 0; at < inputs.data.length; at++) inputs.data[at] = sampleNormal(random)
const data = dataset(
  Array.from({ length: tasks }, (_, t) => {
    const stream = random.fork(t)
    const weights = Array.from({ length: relevant }, () => 0.3 + 0.1 * sampleNormal(stream))
    const targets = Float64Array.from({ length: rows }, (__, i) =>
      weights.reduce((sum, w, j) => sum + w * inputs.data[i * features + j], 0.5 * sampleNormal(stream)),
    )
    return { name: `task ${t}`, inputs, targets }
  }),
)

const start = performance.now()
const { parameters, diagnostics } = await fit(sparseBayesian({ maxSteps: 30, ratioStarts: [1] }), data, {
  random: 1,
})
const seconds = (performance.now() - start) / 1000
const gigabytes = (process.resourceUsage().maxRSS * 1024) / 1e9
const known = new Set(Array.from({ length: relevant }, (_, j) => `x${j + 1}`))
const found = selectedGroups(parameters).filter((group) => known.has(group.features[0])).length
console.log(
  JSON.stringify({
    seconds,
    gigabytes,
    steps: diagnostics.steps,
    found,
    selected: selectedGroups(parameters).length,
  }),
)
