import { createRandom, type Dataset } from '@mtl/core'
import { adam, forwardPass, trainingData, type Architecture } from '@mtl/core/tensor'
import * as tf from '@tensorflow/tfjs'

/** A training step of a network: forward, the losses read back, gradients, Adam. Batches are made before, and taken in turns. */
export interface NetworkStep extends Disposable {
  run(): Promise<number>
}

export function networkStep(architecture: Architecture, data: Dataset, batchSize: number): NetworkStep {
  const random = createRandom(1)
  const source = trainingData(data)
  const network = architecture.build(source.shape)
  const optimiser = adam()
  const batches = [...source.epoch(network, { batchSize }, random.fork('order'))].slice(0, 8)
  let variables = network.init(random.fork('start'))
  let state = optimiser.init(variables)
  let step = 0
  return {
    async run() {
      const batch = batches[step++ % batches.length]
      const pass = forwardPass(network, variables, batch, { random: random.fork(step), progress: 0 })
      const losses = await pass.losses()
      const gradients = pass.gradients({ weights: losses.map(() => 1) })
      const next = optimiser.update(gradients, state, variables, () => 1e-3)
      tf.dispose([Object.values(gradients).map(({ value }) => value), { ...variables }, { ...state.tensors }])
      pass[Symbol.dispose]()
      ;({ variables, state } = next)
      return losses.reduce((sum, loss) => sum + loss, 0)
    },
    [Symbol.dispose]() {
      for (const batch of batches) batch[Symbol.dispose]()
      tf.dispose([{ ...variables }, { ...state.tensors }])
    },
  }
}
