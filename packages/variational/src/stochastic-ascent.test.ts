import { createRandom, iterate } from '@mtl/core'
import type { Trained } from '@mtl/core'
import { describe, expect, it } from 'vitest'
import { differenceOf, flat, goldenRows, goldenRules, type GoldenRule } from './golden.fixture.ts'
import goldens from './goldens/adam.json' with { type: 'json' }
import schedule from './goldens/schedule.json' with { type: 'json' }
import {
  stochasticAscent,
  temperatureAt,
  type Draws,
  type StochasticOptions,
  type StochasticState,
} from './stochastic-ascent.ts'
import type { TaskRows } from './task-rows.ts'

async function run(
  tasks: readonly TaskRows[],
  options: StochasticOptions,
  draws?: (step: number, task: number) => Draws,
): Promise<Trained<StochasticState>> {
  const training = iterate(stochasticAscent(tasks, options, draws), { random: createRandom(3) })
  for (;;) {
    const { done, value } = await training.next()
    if (done) return value
  }
}

function goldenTasks({ task, data, mu }: (typeof goldens.runs)[number]): TaskRows[] {
  const classes = task === 'multiclass' ? [...mu[0].keys()] : null
  return data.map((own) => goldenRows(task, { ...own, classes }, own.X[0].length))
}

describe('the stochastic ascent', () => {
  it.each(goldens.runs.map((golden) => [`${golden.task}, ${golden.settings.mode}`, golden] as const))(
    'agrees with the reference draw for draw: %s',
    async (_, golden) => {
      const { settings } = golden
      const options: StochasticOptions = {
        priorRule: goldenRules[settings.mode as GoldenRule],
        maxSteps: settings.steps,
        learningRate: settings.lr,
        divergenceWarmUp: settings.warm,
        temperatureStart: settings.tau0,
        temperatureEnd: settings.tau_min,
        temperatureRate: settings.tau_rate,
        ownSteps: settings.first,
        refreshEvery: settings.refresh,
        priorVariance: settings.prior_variance,
        firstLogDeviation: settings.init_rho,
        logitDecay: settings.logit_decay,
        noiseVariance: settings.noise_var,
      }
      const { parameters, diagnostics } = await run(goldenTasks(golden), options, (step, t) => ({
        gumbel: Float64Array.from(golden.gumbel[step][t]),
        activations: flat(golden.activation_noise[t][step]),
      }))
      expect(
        differenceOf(
          diagnostics.objective.map((value) => -value),
          golden.trace,
        ),
      ).toBeLessThan(1e-8)
      parameters.tasks.forEach(({ values }, t) => {
        const expected = [...flat(golden.mu[t]), ...flat(golden.rho[t]), ...golden.logits[t]]
        expect(differenceOf(values, expected)).toBeLessThan(1e-8)
      })
    },
  )

  it('lowers the temperature as the reference does', () => {
    for (const [step, usual, steep] of schedule) {
      const of = (temperatureEnd: number, temperatureRate: number): number =>
        temperatureAt(step, { temperatureStart: 1, temperatureEnd, temperatureRate })
      expect(differenceOf([of(0.5, 3e-5), of(0.1, 1e-3)], [usual, steep])).toBeLessThan(1e-12)
    }
  })

  it('runs by its defaults, twice alike, and climbs', async () => {
    const tasks = goldenTasks(goldens.runs[0])
    const [first, second] = [await run(tasks, { maxSteps: 600 }), await run(tasks, { maxSteps: 600 })]
    expect(first).toEqual(second)
    const mean = (from: number, to: number): number =>
      first.diagnostics.objective.slice(from, to).reduce((sum, value) => sum + value, 0) / (to - from)
    // From the whole weight of the divergence on.
    expect(mean(500, 600)).toBeLessThan(mean(100, 200))
  })

  it('stops by itself where no noise moves it', async () => {
    // Numbers: weights of classes that a line parts would grow for ever.
    const tasks = goldenTasks(goldens.runs[2])
    const { diagnostics } = await run(tasks, {}, (_, t) => ({
      gumbel: new Float64Array(2),
      activations: new Float64Array(tasks[t].targets.length),
    }))
    expect(diagnostics.converged).toBe(true)
    expect(diagnostics.steps % 50).toBe(0)
  })

  it('does not let a slope reach the tasks behind a prior', async () => {
    const [own, other, third] = goldenTasks(goldens.runs[0])
    // Within a snapshot's life, what another task learns moves nothing.
    const options = { refreshEvery: 100, ownSteps: 5, maxSteps: 30 }
    const alike = await run([own, other, third], options)
    // The same rows until the snapshot would need a different history: labels of the other task change what it learns.
    const changed = { ...other, weights: other.weights.map(() => 0) }
    const state = (await run([own, other, third], { ...options, maxSteps: 6 })).parameters
    const iteration = stochasticAscent([own, changed, third], options)
    let moved = state
    for (let step = 7; step <= 30; step++) moved = iteration.step(moved, createRandom(3).fork(step))
    expect(moved.tasks[0]).toEqual(alike.parameters.tasks[0])
    expect(moved.tasks[1]).not.toEqual(alike.parameters.tasks[1])
  })

  it('stops where the bound diverges, with the step and the remedy, and ends in no result', async () => {
    const diverging = { learningRate: 300, maxSteps: 50 }
    const objectives: number[] = []
    let result: unknown
    const follow = async (): Promise<void> => {
      const training = iterate(stochasticAscent(goldenTasks(goldens.runs[2]), diverging), {
        random: createRandom(1),
        checkpointEvery: 1,
      })
      for (;;) {
        const { done, value } = await training.next()
        if (done) result = value
        if (done) return
        if (value.type === 'step') objectives.push(value.objective)
      }
    }
    await expect(follow()).rejects.toMatchObject({
      code: 'not-finite',
      message: expect.stringMatching(/in step \d+: lower learningRate \(now 300\)/) as string,
    })
    // What was told before, and could be stored, was finite.
    expect(objectives.every(Number.isFinite)).toBe(true)
    expect(result).toBeUndefined()
  })

  it('refuses temperatures and sample counts outside their range', () => {
    const tasks = goldenTasks(goldens.runs[0])
    expect(() => stochasticAscent(tasks, { temperatureEnd: 0 })).toThrow(
      'temperatureEnd must be a finite number > 0',
    )
    expect(() => stochasticAscent(tasks, { samples: 0 })).toThrow('samples must be an integer >= 1')
  })
})
