import type { SharedBottomOptions } from '@mtl/architectures'
import { createRandom, dataset, sampleNormal } from '@mtl/core'
import type { Dataset } from '@mtl/core'

export const options: SharedBottomOptions = {
  layers: [16, 8],
  trainer: { epochs: 5, validationFraction: 0, refit: false },
}

/** Three tasks of forty rows: y = tanh(x_1 + x_2) + a level of the task's own, and noise. */
export function related(): Dataset {
  const random = createRandom(1)
  return dataset(
    ['first', 'second', 'third'].map((name, level) => {
      const inputs = Array.from({ length: 40 }, () => [sampleNormal(random), sampleNormal(random)])
      const targets = inputs.map(([a, b]) => Math.tanh(a + b) + level + 0.1 * sampleNormal(random))
      return { name, inputs, targets }
    }),
  )
}
