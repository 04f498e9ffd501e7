import { createRandom } from '@mtl/core'
import type { RealDistribution } from '@mtl/core'
import { expectNoLeak, relatedTasks } from '@mtl/core/testing'
import { adam, forwardPass, predictNetwork, trainingData, useBackend } from '@mtl/core/tensor'
import type { NetworkParameters } from '@mtl/core/tensor'
import * as tf from '@tensorflow/tfjs'
import { expect, it } from 'vitest'
import { sharedBottomArchitecture } from './shared-bottom.ts'

const data = relatedTasks({
  random: createRandom(3),
  tasks: 3,
  rows: 40,
  features: 3,
  spread: 0.3,
  noise: 0.2,
})
const architecture = sharedBottomArchitecture({ layers: [8] })

/** The loop of docs/networks.md. */
async function loop(): Promise<{
  readonly parameters: NetworkParameters
  readonly course: readonly number[]
}> {
  const course: number[] = []
  const random = createRandom(7)
  const source = trainingData(data)
  const network = architecture.build(source.shape)
  const optimiser = adam()
  let variables = network.init(random.fork('init'))
  let state = optimiser.init(variables)
  let step = 0
  for (let epoch = 1; epoch <= 20; epoch++) {
    for (const batch of source.epoch(network, { batchSize: 64 }, random.fork(epoch))) {
      const pass = forwardPass(network, variables, batch, {
        random: random.fork(`dropout ${step++}`),
        progress: epoch / 20,
      })
      const losses = await pass.losses()
      const gradients = pass.gradients({ weights: losses.map(() => 1) })
      const next = optimiser.update(gradients, state, variables, () => 0.01)
      tf.dispose([Object.values(gradients).map(({ value }) => value), { ...variables }, { ...state.tensors }])
      pass[Symbol.dispose]()
      batch[Symbol.dispose]()
      ;({ variables, state } = next)
      course.push(losses.reduce((sum, loss) => sum + loss, 0))
    }
  }
  const parameters = await source.parameters(network, variables)
  tf.dispose([{ ...variables }, { ...state.tensors }])
  return { parameters, course }
}

it("a loop of one's own in twenty lines learns, leaks nothing, and gives what predictions need", async () => {
  await useBackend(['cpu'])
  const { parameters, course } = await expectNoLeak(loop)
  expect(course.at(-1)).toBeLessThan(0.3 * course[0])
  const [{ inputs, targets }] = data.tasks
  const [prediction] = await predictNetwork(architecture, parameters, [{ task: 0, inputs }])
  const { mean } = prediction as RealDistribution
  const mse = mean.reduce((sum, value, i) => sum + (value - targets[i]) ** 2, 0) / mean.length
  const level = targets.reduce((sum, y) => sum + y, 0) / targets.length
  expect(mse).toBeLessThan(0.5 * (targets.reduce((sum, y) => sum + (y - level) ** 2, 0) / targets.length))
})
