import { describe, expect, it } from 'vitest'
import { goldenWeights, worst } from './golden-predictions.fixture.ts'
import { goldenFamily, goldenProblem, runFamily } from './golden-run.fixture.ts'
import type { GoldenOptions } from './golden-run.fixture.ts'
import goldens from './goldens/recovery.json' with { type: 'json' }

describe('groups of features that matter', () => {
  for (const { name, groups, tasks, Wtrue, iterations, results } of goldens.cases)
    it(`are found as often, and weights as well, as by an independent program: ${name}`, () => {
      const truth = Wtrue.flat()
      const features = groups.flat().length
      for (const [setting, expected] of Object.entries(results)) {
        const options = { ...expected.options, standardise: true } as unknown as GoldenOptions
        const golden = goldenProblem(tasks, groups, options)
        const { state } = runFamily(
          golden.problem,
          goldenFamily(golden.problem, options),
          options,
          iterations,
        )
        const weights = goldenWeights(golden, state)
        const size = (values: readonly number[]): number => Math.hypot(...values)
        const error = size(weights.map((w, at) => w - truth[at])) / size(truth)
        const norms = groups.map((group) => size(weights.filter((_, at) => group.includes(at % features))))
        const largest = Math.max(...norms)
        const selected = [...norms.keys()].filter((i) => norms[i] > 0.1 * largest)
        expect(selected, setting).toEqual(expected.selected)
        expect(worst([error], [expected.relError]), setting).toBeLessThan(1e-4)
        expect(worst([state.bound], [expected.elbo]), setting).toBeLessThan(1e-6)
      }
    })
})
