import { describe, expect, it } from 'vitest'
import { distance, flat, goldenProblem, proposalNames, treeOf } from '../golden.fixture.ts'
import golden from '../goldens/scales.json' with { type: 'json' }
import { emptyFactors } from '../messages/factors.ts'
import { applyTo } from '../messages/kernels.ts'
import { scaleSettingsOf } from '../options.ts'
import { starTree } from '../tree/task-tree.ts'
import { toEnd } from './run.ts'
import { firstScalePlace, scaleClimb, scaleProblem, type ScaleState } from './scale-em.ts'
import { scaleLikelihood } from './scale-likelihood.ts'

const numbers = goldenProblem(golden)
const classes = goldenProblem({ X: golden.X, y: golden.yBinary })

function learnt(problem: typeof numbers, numeric: boolean, maxSteps: number): ScaleState {
  const fit = scaleProblem(problem, scaleSettingsOf({}), numeric)
  const begin = firstScalePlace(fit, starTree(problem.tasks, 1, 0.5))
  const warm = scaleClimb(fit, begin, { tree: false, tip: false, maxSteps: 3 })
  const { state } = toEnd({ ...warm, done: () => false })
  return toEnd(scaleClimb(fit, warm.firstTree(state), { tree: true, tip: true, maxSteps })).state
}

describe('the evidence of a task by the scales of its weights', () => {
  const likelihood = scaleLikelihood(numbers, true)
  likelihood.correlate(flat(golden.R))
  const scales = flat(golden.s)
  const noise = Float64Array.from(golden.rho2)
  const factors = emptyFactors(6, 3)

  it('has the value, slope, information and weights of the reference', () => {
    const value = likelihood.expand(scales, noise, factors)
    const { scaleLeaves } = golden
    expect(
      distance([value, likelihood.value(scales, noise)], [scaleLeaves.taskEvidenceSum, value]),
    ).toBeLessThan(1e-8)
    expect(distance(factors.precision, flat(scaleLeaves.information))).toBeLessThan(1e-8)
    const curved = new Float64Array(18)
    for (let k = 0; k < 6; k++) applyTo(curved, 3 * k, factors.precision, 9 * k, scales, 3 * k, 3)
    const slope = factors.shift.map((h, at) => h - curved[at])
    expect(distance(slope, flat(scaleLeaves.gradient))).toBeLessThan(1e-8)
    expect(distance(likelihood.weights, flat(scaleLeaves.weightMean))).toBeLessThan(1e-8)
    expect(distance(likelihood.covariances, flat(scaleLeaves.weightCov))).toBeLessThan(1e-8)
  })

  it('has the slope of its differences', () => {
    likelihood.expand(scales, noise, factors)
    const curved = new Float64Array(18)
    for (let k = 0; k < 6; k++) applyTo(curved, 3 * k, factors.precision, 9 * k, scales, 3 * k, 3)
    scales.forEach((_, at) => {
      const moved = (by: number) => scales.map((s, i) => (i === at ? s + by : s))
      const slope = (likelihood.value(moved(1e-5), noise) - likelihood.value(moved(-1e-5), noise)) / 2e-5
      // Differences of 1e-5 leave an error of about 1e-8.
      expect(distance([factors.shift[at] - curved[at]], [slope])).toBeLessThan(1e-6)
    })
  })
})

describe('EM with scales on the tree', () => {
  for (const [name, run, problem, numeric, steps] of [
    ['numbers', golden.run, numbers, true, 15],
    ['classes', golden.runLogistic, classes, false, 6],
  ] as const)
    it(`ends where the reference does, of ${name}`, () => {
      const end = learnt(problem, numeric, steps)
      expect(end.accepted).toEqual(proposalNames(run.accepted))
      expect(distance([-end.objective], [run.trace.at(-1) as number])).toBeLessThan(1e-4)
      expect(distance(end.tree.ages, treeOf(run.tree).ages)).toBeLessThan(1e-4)
      expect(distance(end.diffusion, flat(run.lambda_))).toBeLessThan(1e-4)
      expect(distance(end.correlation, flat(run.R))).toBeLessThan(1e-4)
      if (numeric) expect(distance(end.noise, run.rho2)).toBeLessThan(1e-4)
    })
})
