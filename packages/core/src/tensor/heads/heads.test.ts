import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { createRandom } from '../../random/generator.ts'
import { expectNoLeak } from '../../testing/expect-no-leak.ts'
import { useBackend } from '../backend.ts'
import { forwardPass } from '../forward-pass.ts'
import { disposeAll, distance, ownRows, shapeOf, sharedBottomOf, sharedRows } from '../networks.fixture.ts'
import { adam } from '../optimisers/adam.ts'
import type { DataShape, LabelledBatch, Network, Variables } from '../types.ts'

const x = Array.from({ length: 6 }, (_, i) => [0, 1, 2].map((j) => Math.sin(2 * i + j)))
const labels = x.map((row, i) => [row[0], i % 2, i === 3 ? null : row[1], i % 2 === 0 ? 1 : null])
const shape = shapeOf(['regression', 'binary', 'regression', 'binary'], 3)
const context = { random: createRandom(5), progress: 0 }

/** Variables with no zeros, so that nothing is owned in vain. */
function variablesOf(network: Network): Variables {
  const fresh = network.init(createRandom(1))
  const filled = Object.entries(fresh).map(([name, tensor]): [string, tf.Tensor] => [
    name,
    tf.tidy(() => tf.add(tensor, tf.reshape(tf.sin(tf.range(1, tensor.size + 1)), tensor.shape))),
  ])
  disposeAll(fresh)
  return Object.fromEntries(filled)
}
function lossesAndGradients(network: Network, v: Variables, batch: LabelledBatch) {
  using pass = forwardPass(network, v, batch, context)
  const gradients = pass.gradients({ weights: new Float64Array(batch.present.length).fill(1) })
  const values = Object.fromEntries(
    Object.entries(gradients).map(([name, { value }]) => [name, [...value.dataSync()]]),
  )
  const outputs = pass.outputs.map((output) => [...output.dataSync()])
  tf.dispose(Object.values(gradients).map(({ value }) => value))
  return { outputs, values, rows: gradients }
}

describe('withHeads', () => {
  beforeAll(async () => {
    await useBackend()
  })

  it.each([
    ['shared-plus-own', []],
    ['shared-plus-own', [3]],
    ['own', [3]],
  ] as const)(
    'gives shared rows and own rows the same losses and gradients: %s, towers %j',
    async (sharing, taskLayers) => {
      const network = sharedBottomOf(
        [5],
        { activation: 'tanh' },
        { sharing, taskLayers, penalty: 0.1 },
      ).build(shape)
      const groups = network.groups.map(({ tasks }) => tasks)
      expect(groups).toEqual([
        [0, 2],
        [1, 3],
      ])
      await expectNoLeak(async () => {
        const v = variablesOf(network)
        using shared = sharedRows(x, labels, groups)
        using own = ownRows([x, x, x, x], labels, groups)
        const [one, other] = [lossesAndGradients(network, v, shared), lossesAndGradients(network, v, own)]
        for (const name of Object.keys(v))
          expect(distance(one.values[name], other.values[name]), name).toBeLessThan(1e-5)
        using pass = forwardPass(network, v, shared)
        using same = forwardPass(network, v, own)
        expect(distance(await pass.losses(), await same.losses())).toBeLessThan(1e-5)
        disposeAll(v)
      })
    },
  )

  it('penalises what present tasks own', async () => {
    const groups = [
      [0, 2],
      [1, 3],
    ]
    const gradientsAt = (penalty: number, v?: Variables) => {
      const network = sharedBottomOf([5], {}, { penalty }).build(shape)
      const variables = v ?? variablesOf(network)
      using batch = sharedRows(x, labels, groups)
      return { variables, ...lossesAndGradients(network, variables, batch) }
    }
    await expectNoLeak(() => {
      const { variables, values } = gradientsAt(0)
      const penalised = gradientsAt(0.5, variables).values
      // d/dv of 0.5 |v|^2 is v
      const name = 'tasks:0/head/kernel'
      const expected = values[name].map((value, i) => value + variables[name].dataSync()[i])
      expect(distance(penalised[name], expected)).toBeLessThan(1e-5)
      expect(penalised['shared/head:0/kernel']).toEqual(values['shared/head:0/kernel'])
      disposeAll(variables)
    })
  })

  it('reaches nothing of tasks without labels', async () => {
    const network = sharedBottomOf([5], {}, { taskLayers: [2] }).build(shape)
    await expectNoLeak(() => {
      const v = variablesOf(network)
      using batch = sharedRows(
        x,
        labels.map((row) => [row[0], null, null, null]),
        [
          [0, 2],
          [1, 3],
        ],
      )
      const { rows } = lossesAndGradients(network, v, batch)
      expect(Object.keys(rows).filter((name) => /:1\//.test(name))).toEqual([])
      expect(rows['tasks:0/head/kernel'].rows).toEqual(Int32Array.of(0))
      expect(rows['tasks:0/head/kernel'].value.isDisposed).toBe(true)
      disposeAll(v)
    })
  })

  it('takes a direction in place of the shared gradient, and weights of their own for what tasks own', async () => {
    const network = sharedBottomOf([5], { activation: 'tanh' }).build(shape)
    await expectNoLeak(async () => {
      const v = variablesOf(network)
      using batch = sharedRows(x, labels, [
        [0, 2],
        [1, 3],
      ])
      using pass = forwardPass(network, v, batch, context)
      const weights = Float64Array.of(1, 2, 3, 4)
      const weighted = pass.gradients({ weights, ownWeights: new Float64Array(4).fill(1) })
      const jacobian = await pass.jacobian()
      const direction = Float64Array.from({ length: jacobian.columns }, (_, j) =>
        weights.reduce((sum, weight, i) => sum + weight * jacobian.data[i * jacobian.columns + j], 0),
      )
      const directed = pass.gradients({ direction })
      for (const [name, { value }] of Object.entries(weighted))
        expect(distance(value.dataSync(), directed[name].value.dataSync()), name).toBeLessThan(1e-4)
      // The gradient at the representation carries on to the trunk.
      const at = 'representation'
      const there = await pass.jacobian(at)
      const ones = Float64Array.from({ length: there.columns }, (_, j) =>
        weights.reduce((sum, _, i) => sum + there.data[i * there.columns + j], 0),
      )
      const below = pass.gradients({ direction: ones, at })
      const plain = pass.gradients({ weights: new Float64Array(4).fill(1) })
      for (const [name, { value }] of Object.entries(plain))
        expect(distance(value.dataSync(), below[name].value.dataSync()), name).toBeLessThan(1e-4)
      expect(() => pass.gradients({ direction: new Float64Array(3) })).toThrow('a direction of 3 values')
      for (const each of [weighted, directed, below, plain])
        tf.dispose(Object.values(each).map(({ value }) => value))
      disposeAll(v)
    })
  })

  it('gives an unseen task the shared head, with its descriptor', async () => {
    const described: DataShape = { ...shapeOf(['regression', 'regression'], 3), descriptor: 2 }
    const network = sharedBottomOf([4]).build(described)
    await expectNoLeak(() => {
      const v = variablesOf(network)
      const inputs = [tf.tensor2d(x)]
      const descriptors = tf.tensor2d([
        [1, 2],
        [0, 1],
        [3, -1],
      ])
      const at = (taskOf: number[], own: Variables = v): number[] => {
        const output = tf.tidy(
          () => network.forward(own, { inputs, descriptors, taskOf: Int32Array.from(taskOf) }).outputs[0],
        )
        const values = [...output.dataSync()]
        output.dispose()
        return values
      }
      const nothingOwned = {
        ...v,
        'tasks:0/head/kernel': tf.zeros([2, 4, 1]),
        'tasks:0/head/bias': tf.zeros([2, 1]),
      }
      const unseen = at([2, 2, 2, 2, 2, 2])
      const kernel = v['shared/head:0/descriptor/kernel'].dataSync()
      const seen = at([0, 0, 0, 0, 0, 0], nothingOwned)
      expect(
        distance(
          unseen,
          seen.map((value) => value + 2 * kernel[0] - 3 * kernel[1]),
        ),
      ).toBeLessThan(1e-5)
      tf.dispose([
        ...inputs,
        descriptors,
        nothingOwned['tasks:0/head/kernel'],
        nothingOwned['tasks:0/head/bias'],
      ])
      disposeAll(v)
    })
  })

  it('embeds level ids and brings tables to one width', async () => {
    const tasks = shapeOf(['regression', 'regression'], 1).tasks
    const network = sharedBottomOf([4], {}, { embedding: 3 }).build({
      tables: [
        [0, 5],
        [0, 0],
      ],
      tasks: tasks.map((task, k) => ({ ...task, table: k })),
      descriptor: 0,
    })
    await expectNoLeak(() => {
      const v = network.init(createRandom(1))
      expect(v['shared/input/0/1'].shape).toEqual([6, 3])
      const batch: LabelledBatch = {
        inputs: [
          tf.tensor2d([
            [0.5, 2],
            [1, 5],
          ]),
          tf.tensor2d([[1, 2]]),
        ],
        taskOf: Int32Array.of(0, 0, 1),
        targets: [Float32Array.of(1, 2, 3)],
        weights: [Float32Array.of(1, 1, 1)],
        present: Int32Array.of(0, 1),
        labels: Float64Array.of(2, 1),
        taskShare: Float32Array.of(1, 1),
        [Symbol.dispose]: () => tf.dispose(batch.inputs as tf.Tensor2D[]),
      }
      const { values } = lossesAndGradients(network, v, batch)
      const rows = Array.from({ length: 6 }, (_, i) => values['shared/input/0/1'].slice(3 * i, 3 * i + 3))
      expect(rows.map((row) => row.some((value) => value !== 0))).toEqual([
        false,
        false,
        true,
        false,
        false,
        true,
      ])
      batch[Symbol.dispose]()
      disposeAll(v)
    })
  })

  it('learns by hand without a tensor left over 100 steps', async () => {
    const network = sharedBottomOf([8], { dropout: 0.05, normalise: 'batch' }, { penalty: 1e-3 }).build(shape)
    const optimiser = adam()
    await expectNoLeak(async () => {
      let variables = network.init(createRandom(1))
      let state = optimiser.init(variables)
      const losses: number[] = []
      for (let step = 0; step < 100; step++) {
        using batch = sharedRows(
          x,
          labels,
          network.groups.map(({ tasks }) => tasks),
        )
        using pass = forwardPass(network, variables, batch, {
          random: createRandom(step),
          progress: step / 100,
        })
        losses.push((await pass.losses()).reduce((sum, loss) => sum + loss, 0))
        const gradients = pass.gradients({ weights: new Float64Array(4).fill(1) })
        const next = optimiser.update(gradients, state, variables, () => 0.02)
        tf.dispose(Object.values(gradients).map(({ value }) => value))
        disposeAll(variables, state.tensors)
        ;({ variables, state } = next)
      }
      expect(losses.at(-1)).toBeLessThan(losses[0] / 4)
      disposeAll(variables, state.tensors)
    })
  })

  it('names tasks that are not there, and predicts for no unseen task from own heads', () => {
    expect(() => sharedBottomOf([3], {}, { taskLayers: { nobody: [2] } }).build(shape)).toThrow('"nobody"')
    expect(() => sharedBottomOf([3], {}, { penalty: -1 })).toThrow('heads.penalty must be')
    expect(sharedBottomOf([3], {}, { sharing: 'own' }).capabilities?.unseenTasks).toEqual([])
  })
})
