import { singleTask } from '@mtl/core'
import type { Estimator } from '@mtl/core'
import { describe, expect, it } from 'vitest'
import {
  differenceOf,
  flat,
  goldenOuterSettings,
  goldenRows,
  relatednessRow,
  trainGolden,
} from './golden.fixture.ts'
import golden from './goldens/recovery.json' with { type: 'json' }
import type { VariationalParameters } from './parameters.ts'
import { groupWeights, scoresOf, twoGroups, type Scores } from './two-groups.fixture.ts'
import { variational } from './variational.ts'

const seeds = Array.from({ length: 10 }, (_, seed) => seed)
type Found = Scores & { readonly parameters: unknown }

async function overSeeds(estimator: Estimator, rows: number): Promise<readonly Found[]> {
  const found: Found[] = []
  for (const seed of seeds) found.push(await scoresOf(estimator, twoGroups(seed, rows)))
  return found
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Mean of the differences and its standard error. */
function paired(
  ours: readonly Found[],
  theirs: readonly Found[],
  key: keyof Scores,
): { gain: number; error: number } {
  const differences = ours.map((own, s) => own[key] - theirs[s][key])
  const gain = mean(differences)
  const squares = mean(differences.map((value) => (value - gain) ** 2))
  return { gain, error: Math.sqrt(squares / (differences.length - 1)) }
}

describe('tasks in two groups', () => {
  it('agree with the reference on a whole data set', async () => {
    const tasks = golden.train.map((task) => goldenRows('binary', task, task.X[0].length))
    const { fits } = await trainGolden(tasks, goldenOuterSettings({}))
    const last = fits[fits.length - 1]
    last.states.forEach((state, t) => {
      expect(differenceOf(state.means, flat(golden.expected.mu[t]))).toBeLessThan(1e-4)
      expect(differenceOf(state.logDeviations.map(Math.exp), flat(golden.expected.sigma[t]))).toBeLessThan(
        1e-4,
      )
      expect(differenceOf(relatednessRow(last, t), golden.expected.alpha[t])).toBeLessThan(1e-4)
    })
    const objective = last.states.reduce((sum, state) => sum + state.objective, 0)
    // The reference stopped at 1e-12 of its objective there.
    expect(differenceOf([objective], [golden.expected.objective])).toBeLessThan(1e-6)
  })

  it('are told apart, and gain, at the bands of the reference: 20 rows a task, 10 seeds', async () => {
    const options = { tolerance: 1e-6, maxSteps: 60 }
    const ours = await overSeeds(variational({ ...options, priorRule: 'match' }), 20)
    const alone = await overSeeds(variational({ ...options, outerSteps: 1 }), 20)
    const weights = ours.map(({ parameters }) =>
      groupWeights((parameters as VariationalParameters).relatedness),
    )
    expect(weights.filter(({ same, other }) => same > other).length).toBeGreaterThanOrEqual(9)
    expect(mean(weights.map(({ same }) => same))).toBeGreaterThan(0.33)
    expect(mean(weights.map(({ other }) => other))).toBeLessThan(0.09)
    expect(ours.filter(({ logLoss }, s) => logLoss < alone[s].logLoss).length).toBeGreaterThanOrEqual(9)
    const accuracy = paired(ours, alone, 'accuracy').gain
    expect(accuracy).toBeGreaterThan(0.02)
    expect(accuracy).toBeLessThan(0.07)
    const logLoss = -paired(ours, alone, 'logLoss').gain
    expect(logLoss).toBeGreaterThan(0.04)
    expect(logLoss).toBeLessThan(0.11)
    // As well calibrated as logistic regression of each task: alike within two standard errors of the difference.
    const logistic = await overSeeds(singleTask(), 20)
    const calibration = paired(ours, logistic, 'calibration')
    expect(calibration.gain).toBeLessThan(2 * calibration.error)
  })

  it('with 5 rows a task are no worse calibrated than by logistic regression of each task, and likelier', async () => {
    const ours = await overSeeds(variational(), 5)
    const logistic = await overSeeds(singleTask(), 5)
    const calibration = paired(ours, logistic, 'calibration')
    expect(calibration.gain).toBeLessThan(0)
    expect(paired(ours, logistic, 'logLoss').gain).toBeLessThan(0)
  })
})
