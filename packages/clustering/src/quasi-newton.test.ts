import { describe, expect, it } from 'vitest'
import goldens from '../goldens/fit.json' with { type: 'json' }
import { goldenLayout, goldenProblem, goldenVector } from './golden.fixture.ts'
import { marginalLogLikelihood } from './marginal.ts'
import { noPenalties } from './penalty.ts'
import { quasiNewton } from './quasi-newton.ts'
import { createRandom } from '@mtl/core'

describe('quasiNewton', () => {
  for (const { name, hidden, problem: given, start, expected } of goldens.cases)
    it(`reaches the reference's maximum from its start: ${name}`, () => {
      const problem = goldenProblem(given)
      const layout = goldenLayout(hidden, problem, start)
      const objective = marginalLogLikelihood(problem, layout, noPenalties)
      const x = goldenVector(layout, start)
      expect(objective(x)).toBeCloseTo(expected.objectiveStart, 8)
      const limits = { maxSteps: 3000, gradientTolerance: 1e-9 }
      const descent = quasiNewton({ objective, scale: 1 / problem.total }, x, limits)
      const random = createRandom(1)
      let state = descent.init(random)
      let steps = 0
      for (; steps < limits.maxSteps && descent.done?.(state) !== true; steps++)
        state = descent.step(state, random)
      expect(objective(descent.finish(state))).toBeGreaterThan(expected.objective - 1e-4)
    })
})
