import { createRandom, dataset, fit } from '@mtl/core'
import type { Dataset, RandomGenerator } from '@mtl/core'
import { forwardPass, trainingData, useBackend } from '@mtl/core/tensor'
import type { Activation, Weights } from '@mtl/core/tensor'
import { expectNoLeak, relatedTasks } from '@mtl/core/testing'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { parameterCounts, freshWeights, outputsOf, shapeOf } from './columns.fixture.ts'
import { goldenRuns, differences, type Naming } from './golden.fixture.ts'
import blocks from './goldens/reinforce.json' with { type: 'json' }
import goldens from './goldens/routing.json' with { type: 'json' }
import { gumbelNoise, largest, straightThrough } from './hard-choices.ts'
import { policyLoss } from './policy-gradient.ts'
import { routing, routingArchitecture } from './routing.ts'
import { sharedBottomArchitecture } from './shared-bottom.ts'

interface Config {
  readonly act: Activation
  readonly tasks: number
  readonly in: number
  readonly modules: number
  readonly hidden: readonly number[]
  readonly tower: number[]
  readonly temperature: number
  readonly mode: string
}

const architectureOf = (config: Config): ReturnType<typeof routingArchitecture> =>
  routingArchitecture({
    depths: config.hidden.length,
    modules: config.modules,
    moduleUnits: config.hidden[0],
    router: config.mode === 'soft' ? 'soft' : 'gumbel',
    routerTemperatureStart: config.temperature,
    routerTemperatureEnd: config.temperature,
    entropyBonus: 0,
    activation: config.act,
    heads: { sharing: 'own', taskLayers: config.tower, activation: config.act },
  })

const namingOf =
  ({ modules, tasks }: Config): Naming =>
  (theirs) => {
    const [block, first, part, row] = theirs.split('.')
    const kind = theirs.endsWith('.W') ? 'kernel' : 'bias'
    if (block === 'state') return { name: 'state/router/temperature' }
    if (block === 'head') return { name: `tasks:${first}/head/${kind}` }
    if (part === 'router') return { name: `tasks/router/${first}` }
    return { name: `shared/modules/${first}/${kind}`, row: Number(row), rows: modules || tasks }
  }

/** Gives u such that -log(-log u) are the numbers of a file, by depth, task and choice. */
function replayed(noise: readonly (readonly (readonly number[])[])[]): RandomGenerator {
  const ofTask = (task: number): RandomGenerator => {
    const left = noise.flatMap((depth) => depth[task])
    return { ...createRandom(1), next: () => Math.exp(-Math.exp(-(left.shift() ?? 0))) }
  }
  const fork = (label: string | number): RandomGenerator =>
    label === 'routes' ? generator : ofTask(Number(label))
  const generator: RandomGenerator = { ...createRandom(1), fork }
  return generator
}

describe('routing on goldens', () => {
  it.each(
    goldenRuns(goldens.cases, (golden, config: Config) => {
      const { gumbel_noise: noise } = golden.inputs as { readonly gumbel_noise?: number[][][] }
      const given =
        config.mode === 'soft'
          ? { ...golden, params: { ...golden.params, 'state.temperature': [config.temperature] } }
          : golden
      return differences(
        architectureOf(config),
        given,
        namingOf(config),
        noise ? { random: replayed(noise) } : {},
      )
    }),
  )('$title: outputs, losses and gradients', async ({ run }) => {
    expect(await run()).toEqual([])
  })
})

describe.each(['cpu', 'wasm'] as const)('policies, %s', (backend) => {
  beforeAll(async () => {
    await useBackend([backend])
  })

  it('the loss of a policy and its gradient are those of another program', async () => {
    const { logits, actions, rewards, baseline, entropy_weight: bonus, expected } = blocks
    await expectNoLeak(() =>
      tf.tidy(() => {
        const drawn = tf.cast(tf.oneHot(tf.tensor1d(actions, 'int32'), 4), 'float32') as tf.Tensor2D
        const advantage = Float64Array.from(rewards, (reward) => reward - baseline)
        const { value, grad } = tf.valueAndGrad((x) =>
          policyLoss([x as tf.Tensor2D], { drawn: [drawn], advantage }, new Float64Array(3).fill(1), bonus),
        )(tf.tensor2d(logits))
        expect(value.dataSync()[0]).toBeCloseTo(expected.loss, 5)
        grad.dataSync().forEach((each, i) => expect(each).toBeCloseTo(expected.gradient.flat()[i], 5))
      }),
    )
  })

  it('a choice is one and its gradient that of the probabilities', () => {
    const x = tf.tensor2d([[0.2, 0.5, 0.3]])
    const { value, grad } = tf.valueAndGrad((p) =>
      tf.sum<tf.Scalar>(tf.mul(straightThrough(p as tf.Tensor2D), tf.tensor2d([[1, 2, 3]]))),
    )(x)
    expect(straightThrough(x).arraySync()).toEqual([[0, 1, 0]])
    expect(value.dataSync()[0]).toBe(2)
    expect([...grad.dataSync()]).toEqual([1, 2, 3])
  })
})

const shape = shapeOf(3)
const routers = ['soft', 'gumbel', 'reinforce'] as const

/** All tasks sure of the first module. */
const onFirst = (weights: Weights): Weights =>
  Object.fromEntries(
    Object.entries(weights).map(([name, { shape: size, values }]) => [
      name,
      name.startsWith('tasks/router')
        ? { shape: size, values: values.map((_, at) => (at % size[1] === 0 ? 100 : 0)) }
        : { shape: size, values },
    ]),
  )

/** Two tasks that want different things of the same inputs, and a twin of each. */
function opposed(): Dataset {
  const random = createRandom(4)
  const tasks = Array.from({ length: 4 }, (_, k) => {
    const inputs = Array.from({ length: 40 }, () => [2 * random.next() - 1, 2 * random.next() - 1])
    return {
      name: `task-${k}`,
      inputs,
      targets: inputs.map(([a, b]) => (k < 2 ? Math.sin(3 * a) : Math.abs(3 * b) - a)),
    }
  })
  return dataset(tasks)
}

describe('routing', () => {
  beforeAll(async () => {
    await useBackend()
  })

  it.each(routers)('with all tasks on one module at each depth is a shared bottom, %s', async (router) => {
    const architecture = routingArchitecture({ moduleUnits: 5, router })
    const weights = onFirst(await freshWeights(architecture, shape))
    const first = (name: string): Weights[string] => {
      const { shape: size, values } = weights[name]
      return { shape: size.slice(1), values: values.slice(0, values.length / size[0]) }
    }
    const theirs = Object.fromEntries([
      ...Object.entries(weights).filter(([name]) => name.includes('head')),
      ...[0, 1].flatMap((d) =>
        ['kernel', 'bias'].map((part) => [`shared/trunk/${d}/${part}`, first(`shared/modules/${d}/${part}`)]),
      ),
    ]) as Weights
    expect(outputsOf(architecture, shape, weights)).toEqual(
      outputsOf(sharedBottomArchitecture({ layers: [5, 5] }), shape, theirs),
    )
  })

  it('with one module and one depth is a shared bottom', async () => {
    const architecture = routingArchitecture({ depths: 1, modules: 1, moduleUnits: 5 })
    const weights = await freshWeights(architecture, shape)
    const theirs = Object.fromEntries(
      Object.entries(weights)
        .filter(([name]) => !name.startsWith('tasks/router'))
        .map(([name, value]) => [
          name.replace('modules', 'trunk'),
          name.includes('modules') ? { ...value, shape: value.shape.slice(1) } : value,
        ]),
    )
    expect(outputsOf(architecture, shape, weights)).toEqual(
      outputsOf(sharedBottomArchitecture({ layers: [5] }), shape, theirs),
    )
  })

  it.each(routers)(
    'gives a row of a task the same whether tasks share their rows or own them, %s',
    async (router) => {
      const architecture = routingArchitecture({ moduleUnits: 3, router })
      const weights = await freshWeights(architecture, shape)
      const turned = Object.fromEntries(
        Object.entries(weights).map(([name, { shape: size, values }]) => [
          name,
          name.startsWith('tasks/router')
            ? { shape: size, values: values.map((_, at) => Math.sin(at)) }
            : { shape: size, values },
        ]),
      )
      const [shared, own] = (['shared', 'own'] as const).map((form) =>
        outputsOf(architecture, shape, turned, form),
      )
      own.flat().forEach((value, i) => expect(value).toBeCloseTo(shared.flat()[i], 5))
    },
  )

  it('has as many parameters as the golden file says', async () => {
    const { expected, found } = await parameterCounts('routing', architectureOf)
    expect(expected).toHaveLength(1)
    expect(found).toEqual(expected)
  })

  it.each(routers)('keeps more than one module alive on tasks that differ, %s', async (router) => {
    const trainer = { epochs: 60, batchSize: 40, learningRate: 0.02, validationFraction: 0 }
    // What `reinforce` pays for sharing is left out: with it, two of eight seeds end on one module.
    const options = {
      depths: 1,
      modules: 3,
      moduleUnits: 4,
      router,
      routerRate: 3,
      collaboration: 0,
      trainer,
    }
    for (const seed of [1, 2, 3]) {
      const [routes] = (await fit(routing(options), opposed(), { random: seed })).views()
      const taken = new Set(routes.kind === 'table' ? routes.rows.map(([, module]) => module) : [])
      expect(taken.size).toBeGreaterThan(1)
    }
  })

  it('draws choices as the policies say', () => {
    const probabilities = [0.5, 0.3, 0.2]
    const draws = 100_000
    const logits = tf.tensor2d([probabilities.map(Math.log)])
    const counts = [0, 0, 0]
    for (let part = 0; part < 100; part++) {
      const drawn = tf.tidy(() => {
        const [noise] = gumbelNoise(draws / 100, [3], createRandom(part))
        return tf.sum(largest(tf.add(logits, noise)), 0).dataSync()
      })
      drawn.forEach((count, choice) => (counts[choice] += count))
    }
    probabilities.forEach((p, choice) =>
      // Four standard errors
      expect(Math.abs(counts[choice] / draws - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / draws)),
    )
  })

  it("rewards a task by its own observed cells: the first baseline is minus the task's mean loss", async () => {
    const data = relatedTasks({
      random: createRandom(3),
      tasks: 3,
      rows: 30,
      features: 2,
      spread: 0.5,
      noise: 0.3,
      layout: 'partial',
    })
    await expectNoLeak(async () => {
      const source = trainingData(data)
      const network = routingArchitecture({ router: 'reinforce', collaboration: 0 }).build(source.shape)
      const variables = network.init(createRandom(1))
      for (const batch of source.epoch(network, { batchSize: 30 }, createRandom(2))) {
        using pass = forwardPass(network, variables, batch, { random: createRandom(3), progress: 0 })
        const weights = new Float64Array(3)
        batch.weights[0].forEach((weight, cell) => (weights[batch.taskOf?.[cell] ?? cell % 3] += weight))
        const losses = await pass.losses()
        const baseline = await pass.state['state/router/baseline'].data()
        batch.present.forEach((task, i) => expect(baseline[task]).toBeCloseTo(-losses[i] / weights[task], 4))
        batch[Symbol.dispose]()
      }
      tf.dispose({ ...variables })
    })
  })

  it('shows routes, policies by depth, their entropies and the similarity of tasks', async () => {
    const data = opposed()
    const estimator = routing({ modules: 3, trainer: { epochs: 2, learningRate: 0.01 } })
    const model = await fit(estimator, data, { random: 1 })
    const [routes, first, second, entropy, similarity] = model.views()
    expect([routes, first, second, entropy, similarity].map(({ title }) => title)).toEqual([
      'Routes',
      'Choices at depth 1',
      'Choices at depth 2',
      'Entropy of the policies',
      'Similarity of tasks',
    ])
    if (second.kind !== 'matrix' || entropy.kind !== 'bars') throw new Error('no pictures of the routers')
    expect(second.columns).toEqual(['module 1', 'module 2', 'module 3', 'skip'])
    for (let t = 0; t < 4; t++)
      expect(second.values.data.slice(4 * t, 4 * t + 4).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5)
    // Nearly even after one epoch
    expect(entropy.values[1]).toBeCloseTo(Math.log(4), 1)
  })

  it.each([
    [{ router: 'hard' }, 'router'],
    [{ depths: 0 }, 'depths'],
    [{ modules: 1.5 }, 'modules'],
    [{ moduleUnits: 0 }, 'moduleUnits'],
    [{ routerTemperatureEnd: 0 }, 'routerTemperatureEnd'],
    [{ collaboration: -1 }, 'collaboration'],
    [{ entropyBonus: -1 }, 'entropyBonus'],
    [{ routerRate: -1 }, 'routerRate'],
    [{ layers: [3] }, 'layers'],
  ])('refuses %j and names %s', (options, name) => {
    expect(() => routing(options as never)).toThrow(
      expect.objectContaining({ code: 'invalid-option', message: expect.stringContaining(name) as string }),
    )
  })
})
