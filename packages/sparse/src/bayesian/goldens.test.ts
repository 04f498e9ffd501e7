import { matrixFromRows } from '@mtl/core'
import { describe, expect, it } from 'vitest'
import { ascent, firstState } from './ascent.ts'
import { kroneckerPosterior } from './correlated-tasks.ts'
import { fitPrecisionLaw } from './fit-precision-law.ts'
import {
  flat,
  goldenExamples,
  goldenInputs,
  goldenParameters,
  goldenWeights,
  listed,
  predictionError,
  worst,
} from './golden-predictions.fixture.ts'
import {
  goldenAscentOptions,
  goldenExchangeable,
  goldenFamily,
  goldenPrior,
  goldenProblem,
  runFamily,
  sweeps,
} from './golden-run.fixture.ts'
import type { GoldenOptions, GoldenTask } from './golden-run.fixture.ts'
import mean from './goldens/exact-and-mean-field.json' with { type: 'json' }
import exchangeable from './goldens/exchangeable.json' with { type: 'json' }
import learnt from './goldens/learnt-prior.json' with { type: 'json' }
import logistic from './goldens/logistic.json' with { type: 'json' }
import oneStep from './goldens/one-step.json' with { type: 'json' }
import partial from './goldens/partial.json' with { type: 'json' }
import runs from './goldens/runs.json' with { type: 'json' }
import { precisionLaw, priorLogNormaliser } from './priors.ts'
import { layoutOf } from './problem.ts'
import type { Problem } from './problem.ts'
import { maximiseRatio, ratioBox, ratioProfile } from './ratio.ts'
import { createScratch, layoutFor } from './weights.ts'
import type { Factors } from './types.ts'

interface GoldenRun {
  readonly name: string
  readonly options: unknown
  readonly iterations: number
  readonly elbo: readonly number[]
  readonly W: readonly (readonly number[])[]
  readonly Egamma: readonly number[]
}

/** The files' own tolerance is 1e-9; both programs do the same arithmetic in another order. */
const tolerance = 1e-9

function expectRun(
  run: GoldenRun,
  tasks: readonly GoldenTask[],
  groups: readonly (readonly number[])[],
  weightScale = 1,
): void {
  const options = run.options as GoldenOptions
  const golden = goldenProblem(tasks, groups, options)
  const { state, bounds } = runFamily(
    golden.problem,
    goldenFamily(golden.problem, options),
    options,
    run.iterations,
  )
  expect(worst(listed(bounds, run.elbo), run.elbo), run.name).toBeLessThan(tolerance)
  const weights = goldenWeights(golden, state).map((weight) => weight / weightScale)
  expect(
    worst(
      weights,
      flat(run.W).map((weight) => weight / weightScale),
    ),
    run.name,
  ).toBeLessThan(tolerance)
  expect(worst(state.factors.precision, run.Egamma), run.name).toBeLessThan(tolerance)
}

describe('sweeps of the variational ascent are those of an independent program', () => {
  it('after one step of each form, with each term of the bound', () => {
    for (const run of oneStep.runs) {
      const options = run.options as unknown as GoldenOptions
      const { problem } = goldenProblem(oneStep.tasks, oneStep.groups, options)
      const { state } = runFamily(problem, goldenFamily(problem, options), options, 1)
      expect(worst(state.means.data, flat(run.state.M)), run.name).toBeLessThan(tolerance)
      expect(worst(state.factors.precision, run.state.Egamma), run.name).toBeLessThan(tolerance)
      expect(worst(state.precisions.meanLog, run.state.ElogGamma), run.name).toBeLessThan(tolerance)
      expect(worst(state.noise.rate, run.state.noiseB), run.name).toBeLessThan(tolerance)
      for (const [term, value] of Object.entries(run.state.elboTerms))
        expect(worst([state.terms[term]], [value]), `${run.name} ${term}`).toBeLessThan(tolerance)
    }
  })

  it('after many, for every prior and form, and predicts with its variances', () => {
    for (const run of runs.runs) {
      expectRun(run, runs.tasks, runs.groups)
      const options = run.options as unknown as GoldenOptions
      const golden = goldenProblem(runs.tasks, runs.groups, options)
      const family = goldenFamily(golden.problem, options)
      const { state } = runFamily(golden.problem, family, options, run.iterations)
      const parameters = goldenParameters(golden, family, state, options)
      const inputs = goldenInputs(golden, runs.Xnew)
      run.predict.forEach((expected, task) =>
        expect(predictionError(golden, parameters, { task, inputs }, expected), run.name).toBeLessThan(
          tolerance,
        ),
      )
    }
  })

  it('for partial labels, empty tasks, constant columns, and more features or tasks than rows', () => {
    for (const { run, tasks, groups } of partial.cases)
      expectRun(run, tasks, groups, Math.max(...flat(run.W).map(Math.abs)))
  })

  it('for classes by the logistic bound', () => {
    for (const run of logistic.runs) expectRun(run, logistic.tasks, logistic.groups)
  })

  it('where the whole prior is learnt', () => {
    const options = learnt.run.options as unknown as GoldenOptions
    const golden = goldenProblem(learnt.tasks, learnt.groups, options)
    const { state, bounds } = runFamily(golden.problem, goldenFamily(golden.problem, options), options, 25)
    // The optimum of a flat likelihood: the file's tolerances.
    expect(worst(bounds, learnt.run.elbo)).toBeLessThan(1e-5)
    expect(worst(goldenWeights(golden, state), flat(learnt.run.W))).toBeLessThan(1e-4)
  })
})

function tasksOf(name: string): readonly GoldenTask[] {
  const { tasks, partialTasks, logisticTasks } = exchangeable
  if (name.includes('partial')) return partialTasks
  if (name.includes('logistic')) return logisticTasks
  if (name.includes('one task')) return tasks.slice(0, 1)
  return name.includes('free intercepts') ? [tasks[0], tasks[1], tasks[4]] : tasks
}

describe('an exchangeable task covariance', () => {
  it('takes the step of an independent program in each posterior', () => {
    for (const run of exchangeable.oneStep) {
      const options = run.options as unknown as GoldenOptions
      const { problem } = goldenProblem(exchangeable.tasks, exchangeable.groups, options)
      const { state } = runFamily(problem, goldenExchangeable(problem, options, 2), options, 1)
      expect(worst(state.means.data, flat(run.state.M)), run.name).toBeLessThan(tolerance)
      expect(worst(state.factors.precision, run.state.Egamma), run.name).toBeLessThan(tolerance)
      for (const [term, value] of Object.entries(run.state.elboTerms))
        expect(worst([state.terms[term]], [value]), `${run.name} ${term}`).toBeLessThan(tolerance)
    }
  })

  it('runs, learns its ratio and predicts known and unseen tasks as that program does', () => {
    for (const run of exchangeable.runs) {
      const options = run.options as unknown as GoldenOptions
      const tasks = tasksOf(run.name)
      const golden = goldenProblem(tasks, exchangeable.groups, options)
      const { problem } = golden
      const starts = options.ratio_start ?? [0.1, 1, 10]
      const short =
        options.task_cov === 'exchangeable' && starts.length > 1 && tasks.length > 1
          ? starts.map(
              (start) =>
                runFamily(problem, goldenExchangeable(problem, options, start), options, 20).bounds[19],
            )
          : []
      if ('startBounds' in run) expect(worst(short, flat(run.startBounds)), run.name).toBeLessThan(tolerance)
      const start = short.length > 0 ? starts[short.indexOf(Math.max(...short))] : starts[0]
      const family =
        options.task_cov === 'exchangeable'
          ? goldenExchangeable(problem, options, start)
          : goldenFamily(problem, options)
      const { state, bounds } = runFamily(problem, family, options, run.iterations)
      expect(worst(listed(bounds, run.elbo), run.elbo), run.name).toBeLessThan(tolerance)
      expect(worst(goldenWeights(golden, state), flat(run.W)), run.name).toBeLessThan(1e-7)
      const parameters = goldenParameters(golden, family, state, options)
      const inputs = goldenInputs(golden, exchangeable.Xnew)
      run.predict.forEach((expected, task) =>
        expect(predictionError(golden, parameters, { task, inputs }, expected), run.name).toBeLessThan(1e-7),
      )
      if (run.unseen === undefined) continue
      const { X, y } = problem.kind === 'binary' ? exchangeable.logisticNewTask : exchangeable.newTask
      const examples = goldenExamples(golden, X, y)
      const { noRows, withRows } = run.unseen
      expect(predictionError(golden, parameters, { task: {}, inputs }, noRows), run.name).toBeLessThan(1e-7)
      expect(
        predictionError(golden, parameters, { task: { examples }, inputs }, withRows),
        `${run.name} with rows`,
      ).toBeLessThan(1e-7)
    }
  })

  it('has the profile of the ratio, and its maximum', () => {
    for (const { prior, tasks, groupSizes, a, b, grid, maximiser } of exchangeable.ratioProfile) {
      const terms = groupSizes.map((size, i) => ({
        size,
        common: a[i],
        deviation: b[i],
        prior: precisionLaw(goldenPrior(prior), tasks * size),
        held: 1,
      }))
      const profile = ratioProfile(terms, tasks)
      const [first, ...others] = grid
      // Without the Bessel function F is defined up to a constant.
      const shift = profile(first.u).value - first.F
      for (const { u, F } of others) expect(worst([profile(u).value - shift], [F])).toBeLessThan(tolerance)
      const u = maximiseRatio(terms, tasks, Math.log1p(tasks), ratioBox(tasks, 1e4, false))
      expect(Math.abs(u - maximiser.u)).toBeLessThan(1e-6)
    }
  })

  it('has the evidence and the posterior of one normal of all weights where precisions are 1', () => {
    for (const { r, weights, logEvidence, unseenMean, unseenCovariance } of exchangeable.denseGaussian) {
      const options: GoldenOptions = {
        prior: { kind: 'gaussian' },
        task_cov: 'exchangeable',
        learn_ratio: false,
        intercept: 'group',
        noise: 'fixed',
        noise_precision: 3,
      }
      const golden = goldenProblem(exchangeable.tasks, exchangeable.groups, options)
      const family = goldenExchangeable(golden.problem, options, r)
      const { state, bounds } = runFamily(golden.problem, family, options, 2)
      expect(worst(state.means.data, flat(weights))).toBeLessThan(tolerance)
      expect(worst([bounds[1]], [logEvidence])).toBeLessThan(tolerance)
      const { unseen } = goldenParameters(golden, family, state, options)
      expect(worst(unseen.mean, unseenMean)).toBeLessThan(tolerance)
      expect(worst(unseen.covariance, flat(unseenCovariance))).toBeLessThan(tolerance)
    }
  })
})

describe('mean fields', () => {
  const { tasks, groups, Sigma, prior, noisePrecision } = mean
  const posteriors = { exact: 'exact', byTask: 'byTask', byGroup: 'byGroup' } as const

  it('bound the evidence less tightly than the exact posterior, as that program says', () => {
    for (const run of mean.runs) {
      const options: GoldenOptions = {
        prior,
        posterior: posteriors[run.posterior as keyof typeof posteriors],
        task_cov: Sigma,
        noise: 'fixed',
        noise_precision: noisePrecision,
      }
      const { problem } = goldenProblem(tasks, groups, options)
      const family = goldenFamily(problem, options)
      const start = firstState(problem, family, goldenAscentOptions(options))
      const { state, bounds } = sweeps(
        ascent(problem, family, goldenAscentOptions(options), start),
        start,
        400,
        1e-13,
      )
      expect(worst(bounds.slice(-1), [run.elbo]), run.posterior).toBeLessThan(1e-7)
      expect(worst(state.means.data, flat(run.M)), run.posterior).toBeLessThan(1e-7)
      expect(state.bound).toBeLessThanOrEqual(mean.runs[0].elbo + 1e-7)
    }
  })

  it('are not needed for shared rows: the Kronecker form is exact', () => {
    const { A, B, G, noisePrecision: precisions, h, mean: expected, logDetCov, covBlocks } = mean.kron
    const [count, width] = [A.length, B.length]
    const groupsOfAll = layoutOf([Int32Array.from(B.keys())])
    const none = {
      columns: matrixFromRows(B.map(() => [])),
      targets: new Float64Array(0),
      weights: new Float64Array(0),
    }
    const problem: Problem = {
      kind: 'regression',
      tasks: A.map(() => none),
      width,
      groups: groupsOfAll,
      freeIntercept: false,
      labels: new Float64Array(count),
      logIntercepts: 0,
      priors: [undefined],
      rowStarts: new Int32Array(count + 1),
    }
    const scratch = createScratch(problem, layoutFor(problem, 'kronecker'))
    for (let t = 0; t < count; t++) scratch.grams.set(flat(G), t * width * width)
    scratch.moments.set(h.flatMap((row, t) => row.map((value) => value / precisions[t])))
    const factors = {
      noisePrecision: Float64Array.from(precisions),
      precision: Float64Array.of(1),
      featurePrecision: Float64Array.from(flat(B)),
    } as unknown as Factors
    kroneckerPosterior(problem).updateInPlace(factors, matrixFromRows(A), scratch)
    expect(worst(scratch.means, flat(expected))).toBeLessThan(tolerance)
    expect(worst(scratch.covariances, flat(covBlocks))).toBeLessThan(tolerance)
    expect(worst([scratch.logDeterminant], [logDetCov])).toBeLessThan(tolerance)
  })
})

describe('the prior of precisions by maximum likelihood', () => {
  it('is what another optimiser finds', () => {
    for (const { mean: first, meanInverse, meanLog, objective } of learnt.fits) {
      const law = fitPrecisionLaw(first, meanInverse, meanLog, { order: 0.5, chi: 1, phi: 1 })
      const terms =
        (law.order - 1) * meanLog - 0.5 * (law.chi * meanInverse + law.phi * first) - priorLogNormaliser(law)
      expect(Math.abs(terms - objective)).toBeLessThan(1e-7 * (1 + Math.abs(objective)))
    }
  })
})
