import { architecturesPlugin } from '@mtl/architectures'
import { createRandom, createRegistry, fit, type Dataset, type Model, type RealDistribution } from '@mtl/core'
import { correlatedPair } from './correlated-pair.ts'
import { moments } from './explained-variance.ts'
import { referenceErrors } from './synthetic-reference.ts'

/** All of about 12 to 15 thousand numbers; towers of 8 units below heads of each task's own. */
const architectures: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ['neural-single-task', { layers: [57] }],
  ['shared-bottom', { layers: [113] }],
  ['mixture-of-experts', { expertDropout: 0, loadBalance: 0 }],
  ['mmoe', { expertDropout: 0, loadBalance: 0 }],
  ['ple', { sharedExperts: 4, taskExperts: 2 }],
  ['cross-stitch', { layers: [56] }],
  ['sluice', { layers: [32, 32] }],
  ['low-rank-adaptation', { layers: [104] }],
  ['tensor-factorisation', { layers: [64], ranks: [50, 50, 2] }],
  ['group-lasso', { layers: [57], penalty: 0.1 }],
  ['progressive', { layers: [48, 24], adapterUnits: 12 }],
  ['routing', { depths: 1, moduleUnits: 32, router: 'soft' }],
  ['multi-task-attention', {}],
  ['mtan', { layers: [64] }],
]

const heads = { sharing: 'own', taskLayers: [8] }
/** 1,512 steps. */
const trainer = {
  epochs: 24,
  batchSize: 128,
  learningRate: 2e-3,
  validationFraction: 0,
  reduction: 'task',
}
const correlations = [0, 0.5, 0.9, 1]
const size = { inputs: 100, trainRows: 8000, testRows: 2000 }

/**
 * Prints, by architecture and correlation of the tasks, the mean squared error on test rows: mean and, in brackets,
 * deviation over `seeds` of new data and a new start; after a stroke its ratio to the Python reference's.
 */
export async function printSynthetic(names: readonly string[], seeds = 5): Promise<void> {
  const registry = createRegistry(architecturesPlugin)
  console.log(`| architecture | ${correlations.map((c) => `cosine ${c}`).join(' | ')} | seconds a fit |`)
  console.log(`| --- | ${correlations.map(() => '---:').join(' | ')} | ---: |`)
  for (const [name, options] of architectures) {
    if (names.length > 0 && !names.includes(name)) continue
    const estimator = registry.estimator(name, { ...options, heads, trainer })
    const started = performance.now()
    const cells: string[] = []
    for (const [c, correlation] of correlations.entries()) {
      const errors: number[] = []
      for (let seed = 0; seed < seeds; seed++) {
        const random = createRandom(`synthetic ${seed}`)
        const { train, test } = correlatedPair(correlation, size, random)
        errors.push(await testError(await fit(estimator, train, { random }), test))
      }
      const [mean, deviation] = moments(errors)
      const reference = referenceErrors[name]?.[c]
      const ratio = reference === undefined ? '' : ` / ${(mean / reference).toFixed(2)}`
      cells.push(`${mean.toFixed(4)} (${deviation.toFixed(4)})${ratio}`)
    }
    const seconds = (performance.now() - started) / 1000 / correlations.length / seeds
    console.log(`| ${name} | ${cells.join(' | ')} | ${seconds.toFixed(1)} |`)
  }
}

/** Mean over tasks of the mean squared error. */
export async function testError(model: Model, test: Dataset): Promise<number> {
  const predictions = await model.predict(test)
  const errors = test.tasks.map(({ name, targets }) => {
    const { mean } = predictions[name] as RealDistribution
    return mean.reduce((sum, value, i) => sum + (value - targets[i]) ** 2, 0) / mean.length
  })
  return errors.reduce((sum, error) => sum + error, 0) / errors.length
}
