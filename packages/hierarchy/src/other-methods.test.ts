import { describeEstimator } from '@mtl/core/testing'
import { describe, expect, it } from 'vitest'
import { augmentation, featureAugmentation } from './feature-augmentation.ts'
import { fitProblem } from './fit/fit-problem.ts'
import { toEnd } from './fit/run.ts'
import { distance, flat, goldenProblem } from './golden.fixture.ts'
import golden from './goldens/baselines.json' with { type: 'json' }
import { latentScaleHierarchy } from './latent-scale-hierarchy.ts'
import { settingsOf } from './options.ts'

describeEstimator('featureAugmentation', featureAugmentation, { tolerance: 1e-5 })

describeEstimator('latentScaleHierarchy', () => latentScaleHierarchy({ maxSteps: 1, warmUpSteps: 1 }), {
  tolerance: 1e-4,
  except: { 'order of tasks does not matter': 'of trees that are equally probable the first is kept' },
})

describe('feature augmentation', () => {
  const fit = fitProblem(goldenProblem(golden), settingsOf({ covariance: 'scalar' }), true)

  it('ends where the reference does', () => {
    const em = augmentation(fit, 100)
    const { state } = toEnd(em)
    em.posterior(state)
    const { feda } = golden.expected
    expect(distance(fit.inference.leafMeans(), flat(feda.leafMean))).toBeLessThan(1e-6)
    expect(distance([-state.objective], [feda.trace[1]])).toBeLessThan(1e-6)
  })

  it('is ridge on inputs that are copied for each task', () => {
    const { ridge } = golden.expected.fedaFixed
    const noise = new Float64Array(6).fill(0.25)
    augmentation(fit, 0).posterior({ weightVariance: 0.5, noise, leaves: new Float64Array(18) })
    const copies = flat(ridge.specific).map((value, at) => value + ridge.general[at % 3])
    expect(distance(fit.inference.leafMeans(), copies)).toBeLessThan(1e-9)
  })
})
