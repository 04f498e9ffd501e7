import { describe, expect, it } from 'vitest'
import {
  differenceOf,
  flat,
  goldenOuterSettings,
  goldenRows,
  relatednessRow,
  trainGolden,
} from './golden.fixture.ts'
import goldens from './goldens/fit.json' with { type: 'json' }

describe('the deterministic fit', () => {
  it.each(goldens.runs.map((run, k) => [`${run.task}, ${run.settings.mode}, run ${k + 1}`, run] as const))(
    'agrees with the reference: %s',
    async (_, run) => {
      const { data, X_query: query } = goldens.problems[run.problem]
      const tasks = data.map((task) => goldenRows(run.task, task, query[0].length))
      const { fits } = await trainGolden(tasks, goldenOuterSettings(run.settings))
      const { expected, tolerance_objective: exact, tolerance_parameters: loose } = { ...goldens, ...run }
      expected.trace.forEach((trace, e) => {
        const { states } = fits[e]
        const sum = (of: (state: (typeof states)[number]) => number): number =>
          states.reduce((total, state) => total + of(state), 0)
        expect(
          differenceOf(
            [sum((s) => s.objective), sum((s) => s.logLikelihood - s.divergence)],
            [trace.objective, trace.elbo],
          ),
        ).toBeLessThan(exact)
      })
      const last = fits[fits.length - 1]
      last.states.forEach((state, t) => {
        expect(differenceOf(state.means, flat(expected.mu[t]))).toBeLessThan(loose)
        expect(differenceOf(state.logDeviations.map(Math.exp), flat(expected.sigma[t]))).toBeLessThan(loose)
        expect(differenceOf([state.noiseVariance], [expected.noise[t]])).toBeLessThan(loose)
        expect(differenceOf(relatednessRow(last, t), expected.alpha[t])).toBeLessThan(loose)
      })
    },
  )
})
