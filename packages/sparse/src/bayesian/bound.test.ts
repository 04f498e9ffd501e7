import { createRandom, fit } from '@mtl/core'
import type { Dataset } from '@mtl/core'
import { relatedTasks } from '@mtl/core/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SparseBayesianOptions } from './options.ts'
import type { GroupPrior } from './priors.ts'
import { sparseBayesian } from './sparse-bayesian.ts'

const priors: readonly GroupPrior[] = [
  { kind: 'student' },
  { kind: 'ard' },
  { kind: 'jeffreys' },
  { kind: 'gaussian' },
  { kind: 'laplace', rate: 2 },
  { kind: 'group-laplace' },
  { kind: 'normal-gamma' },
  { kind: 'normal-inverse-gaussian' },
  { kind: 'generalised-inverse-gaussian', order: -0.3, chi: 0.5, phi: 0.2 },
]

const forms: readonly SparseBayesianOptions[] = [
  {},
  { posterior: 'by-task', noise: 'per-task' },
  { posterior: 'by-group', ratioSets: 'per-group', allowNegative: true },
  { taskCovariance: 'identity', intercept: 'free' },
  { taskCovariance: 'inverse-wishart' },
  { taskCovariance: 'inverse-wishart', posterior: 'by-group', intercept: 'none' },
  { taskCovariance: 'inverse-wishart', posterior: 'by-task', featureCovariance: 'inverse-wishart' },
  { taskCovariance: 'low-rank', featureCovariance: 'inverse-wishart', intercept: 'free' },
]

interface Drawn {
  readonly seed: number
  readonly tasks: number
  readonly rows: number
  readonly features: number
  readonly layout: 'long' | 'wide' | 'partial'
  readonly kind: 'regression' | 'binary'
  readonly prior: GroupPrior
  readonly form: SparseBayesianOptions
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  seed: fc.nat(1e6),
  tasks: fc.integer({ min: 1, max: 5 }),
  rows: fc.integer({ min: 1, max: 12 }),
  features: fc.integer({ min: 1, max: 6 }),
  layout: fc.constantFrom('long' as const, 'wide' as const, 'partial' as const),
  kind: fc.constantFrom('regression' as const, 'binary' as const),
  prior: fc.constantFrom(...priors),
  form: fc.constantFrom(...forms),
})

function dataOf({ seed, tasks, rows, features, layout, kind }: Drawn): Dataset {
  const random = createRandom(seed)
  return relatedTasks({ random, tasks, rows: rows + 3, features, spread: 0.5, noise: 0.5, kind, layout })
}

describe('the bound of the log evidence', () => {
  it('never falls, whatever the prior, the form, the layout and the kind of target', async () => {
    await fc.assert(
      fc.asyncProperty(drawn, async (problem) => {
        const bounds: number[] = []
        const groups = problem.features > 2 ? [['x1', 'x3'], ...othersOf(problem.features)] : 'single'
        await fit(
          sparseBayesian({ ...problem.form, prior: problem.prior, groups, ratioStarts: [1], maxSteps: 12 }),
          dataOf(problem),
          {
            random: 1,
            onEvent: (event) => {
              if (event.type === 'step') bounds.push(-event.objective)
            },
          },
        )
        for (let k = 1; k < bounds.length; k++)
          expect(bounds[k] - bounds[k - 1]).toBeGreaterThan(-1e-9 * (1 + Math.abs(bounds[k])))
      }),
      { numRuns: 100, seed: 5 },
    )
  })

  it('does not change when tasks, features or units are exchanged', async () => {
    const data = dataOf({
      seed: 3,
      tasks: 4,
      rows: 9,
      features: 3,
      layout: 'long',
      kind: 'regression',
      prior: { kind: 'ard' },
      form: {},
    })
    const changed: Dataset = {
      tasks: data.tasks.toReversed().map((task) => ({
        ...task,
        targets: task.targets.map((y) => 1e-4 * y + 7),
        inputs: { ...task.inputs, data: task.inputs.data.map((x) => 1e6 * x - 5) },
      })),
    }
    const [one, other] = await Promise.all(
      [data, changed].map((given) => fit(sparseBayesian(), given, { random: 1 })),
    )
    expect(other.parameters.bound).toBeCloseTo(one.parameters.bound, 6)
    expect(other.diagnostics.steps).toBe(one.diagnostics.steps)
  })
})

function othersOf(features: number): string[][] {
  return Array.from({ length: features }, (_, j) => j + 1)
    .filter((j) => j !== 1 && j !== 3)
    .map((j) => [`x${j}`])
}
