import { groupLasso } from '@mtl/architectures'
import { createRandom, fit } from '@mtl/core'
import { correlatedPair } from './correlated-pair.ts'
import { testError } from './synthetic.ts'

const size = { inputs: 50, relevant: 10, trainRows: 1000, testRows: 2000 }
const penalties = [0, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 2]
const trainer = {
  epochs: 100,
  learningRate: { base: 3e-3, decay: 'cosine' },
  validationFraction: 0,
} as const

/**
 * Prints, by penalty, how many of the inputs that matter and of those that do not have a weight that is not 0, the norms
 * of the largest and the least of those that matter, and the mean squared error on test rows.
 */
export async function printGroupLassoPath(): Promise<void> {
  const { train, test } = correlatedPair(0.5, size, createRandom('group lasso'))
  const { relevant, inputs } = size
  console.log(
    `| penalty | of ${relevant} that matter | of ${inputs - relevant} others | norms | test error |`,
  )
  console.log('| ---: | ---: | ---: | --- | ---: |')
  for (const penalty of penalties) {
    const model = await fit(groupLasso({ penalty, trainer }), train, { random: 1 })
    const view = model.views().find(({ title }) => title.startsWith('Inputs by the norm'))
    if (view?.kind !== 'bars') throw new Error('no picture of the inputs')
    const [own, others] = [view.values.subarray(0, relevant), view.values.subarray(relevant)]
    const used = (norms: Float64Array): number => norms.filter((norm) => norm > 0).length
    const norms = `${Math.max(...own).toFixed(3)} to ${Math.min(...own).toFixed(3)}, others to ${Math.max(...others).toFixed(3)}`
    const error = await testError(model, test)
    console.log(`| ${penalty} | ${used(own)} | ${used(others)} | ${norms} | ${error.toFixed(4)} |`)
  }
}
