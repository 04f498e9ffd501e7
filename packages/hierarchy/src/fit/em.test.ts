import baselines from '../goldens/baselines.json' with { type: 'json' }
import logistic from '../goldens/logistic.json' with { type: 'json' }
import regression from '../goldens/regression.json' with { type: 'json' }
import { describe, expect, it } from 'vitest'
import { distance, flat, goldenProblem, proposalNames, treeOf } from '../golden.fixture.ts'
import type { GoldenRun } from '../golden.fixture.ts'
import { congruent, metricOf, transformed } from '../messages/metric.ts'
import { settingsOf, type LatentHierarchyOptions } from '../options.ts'
import { starTree } from '../tree/task-tree.ts'
import { all, fixed, learnt } from './em.fixture.ts'
import { climb, firstPlace, type FitState } from './em.ts'
import { fitProblem, type FitProblem } from './fit-problem.ts'

function expectRun(fit: FitProblem, state: FitState, run: GoldenRun, tolerance: number): void {
  const { size, tasks } = fit.problem
  climb(fit, state, all).settle(state)
  const { lower } = metricOf(state.diffusion, size)
  expect(distance([-state.objective], [run.trace.at(-1) as number])).toBeLessThan(tolerance)
  expect(distance([state.logEvidence], [run.logEvidence])).toBeLessThan(tolerance)
  expect([...state.tree.children]).toEqual(run.tree.children.flat())
  expect(distance(state.tree.ages, treeOf(run.tree).ages)).toBeLessThan(tolerance)
  expect(distance([state.tree.tipLength], [run.tree.tip as number])).toBeLessThan(tolerance)
  expect(distance(state.diffusion, flat(run.lambda_))).toBeLessThan(tolerance)
  const { means, covariances } = fit.inference.pass
  expect(distance(transformed(lower, means, size), flat(run.nodeMean))).toBeLessThan(tolerance)
  const leaves = congruent(lower, covariances.subarray(0, tasks * size * size), size)
  expect(distance(leaves, flat(run.leafCov))).toBeLessThan(tolerance)
}

const optionsOf = ({ covariance, noise }: { covariance?: string; noise?: string }): LatentHierarchyOptions =>
  ({ covariance, noise: noise === 'perTask' ? 'per-task' : undefined }) as LatentHierarchyOptions

describe('EM on regression', () => {
  const given = regression
  const problem = goldenProblem(given)

  for (const { settings, oneIteration, run } of given.cases)
    it(`ends where the reference does, with ${JSON.stringify(settings)}`, () => {
      const fit = fitProblem(problem, settingsOf(optionsOf(settings)), true)
      const once = learnt(fit, 1)
      expect(once.accepted).toEqual(proposalNames(oneIteration.accepted))
      expectRun(fit, once, oneIteration, 1e-8)
      const end = learnt(fit, 100)
      expect(end.accepted).toEqual(proposalNames(run.accepted))
      expect(distance(end.noise, run.rho2)).toBeLessThan(1e-6)
      expectRun(fit, end, run, 1e-6)
    })

  it('ends where the reference does on a given tree', () => {
    const fit = fitProblem(problem, settingsOf({}), true)
    const { tree, run } = given.givenTree
    // The tree of a given hierarchy has no term in the objective.
    const end = fixed(fit, { ...treeOf(tree), tipLength: 0.5 }, 100)
    expectRun(fit, end, run, 1e-6)
  })

  it('never lowers the objective, whatever the options', () => {
    for (const covariance of ['full', 'diagonal', 'scalar'] as const)
      for (const tipLength of [0.5, 0]) {
        const fit = fitProblem(problem, settingsOf({ covariance, noise: 'per-task' }), true)
        const steps = climb(fit, firstPlace(fit, starTree(7, 1, tipLength)), { ...all, maxSteps: 30 })
        let state = steps.init({} as never)
        for (let step = 0; step < 30; step++) {
          const next = steps.step(state, {} as never)
          expect(next.objective).toBeLessThan(state.objective + 1e-9 * (1 + Math.abs(state.objective)))
          state = next
        }
      }
  })
})

describe('EM on classes', () => {
  const given = logistic
  const problem = goldenProblem(given)

  it('has the mode, the covariances and the evidence of Laplace of the reference', () => {
    const fit = fitProblem(problem, settingsOf({}), false)
    const { inference } = fit
    const metric = inference.at(flat(given.lambda_), new Float64Array(6))
    const evidence = inference.posterior(treeOf(given.tree), new Float64Array(18))
    expect(distance([evidence], [given.laplace.logEvidence])).toBeLessThan(1e-6)
    const { means, covariances } = inference.pass
    expect(distance(transformed(metric.lower, means, 3), flat(given.laplace.nodeMean))).toBeLessThan(1e-6)
    expect(distance(congruent(metric.lower, covariances, 3), flat(given.laplace.nodeCov))).toBeLessThan(1e-6)
  })

  it('ends where the reference does', () => {
    const fit = fitProblem(problem, settingsOf({ diffusionStart: 0.5, diffusionScale: 0.5 }), false)
    const end = learnt(fit, 30)
    expect(end.accepted).toEqual(proposalNames(given.run.accepted))
    expectRun(fit, end, given.run, 1e-5)
    const own = fitProblem(problem, settingsOf({ diffusionStart: 0.5 }), false)
    expectRun(own, fixed(own, { ...treeOf(given.tree), tipLength: 0.5 }, 30), given.givenTreeRun, 1e-5)
  })
})

describe('the limits in which the tree is a known model', () => {
  const given = baselines
  const problem = goldenProblem(given)

  it('is that of alike tasks on a star without tips', () => {
    const fit = fitProblem(problem, settingsOf({ tipLength: 0 }), true)
    const end = fixed(fit, starTree(6, 1, 0), 100)
    climb(fit, end, all).settle(end)
    expect(distance(fit.inference.leafMeans(), flat(given.expected.flat.leafMean))).toBeLessThan(1e-6)
    expect(distance([-end.objective], [given.expected.flat.trace[1]])).toBeLessThan(1e-6)
    expect(distance(end.diffusion, flat(given.expected.flat.lambda_))).toBeLessThan(1e-6)
  })

  it('is that of tasks without anything in common where the root is 0', () => {
    const settings = settingsOf({ covariance: 'scalar', diffusionStart: 1, tipLength: 0 })
    const fit = fitProblem(problem, { ...settings, rootVariance: 0 }, true)
    const end = fixed(fit, starTree(6, 1, 0), 100)
    climb(fit, end, all).settle(end)
    const { indep } = given.expected
    expect(distance(fit.inference.leafMeans(), flat(indep.leafMean))).toBeLessThan(1e-6)
    expect(distance([-end.objective], [indep.trace[1]])).toBeLessThan(1e-6)
    expect(distance([end.logEvidence], [indep.logEvidence])).toBeLessThan(1e-6)
    expect(distance(end.diffusion, flat(indep.lambda_))).toBeLessThan(1e-6)
    expect(distance(end.noise, indep.rho2)).toBeLessThan(1e-6)
  })

  it('pools all tasks where no branch has a length', () => {
    const fit = fitProblem(problem, settingsOf({}), true)
    const { tree, diffusion } = firstPlace(fit, starTree(6, 0, 0))
    fit.inference.at(diffusion, new Float64Array(6).fill(2.0058347027))
    fit.inference.posterior(tree, new Float64Array(18))
    expect(distance(fit.inference.leafMeans(), flat(given.expected.pool.leafMean))).toBeLessThan(1e-6)
  })
})
