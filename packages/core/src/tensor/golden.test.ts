import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { createRandom } from '../random/generator.ts'
import { expectNoLeak } from '../testing/expect-no-leak.ts'
import { useBackend } from './backend.ts'
import { forwardPass } from './forward-pass.ts'
import golden from './goldens/shared-bottom.json' with { type: 'json' }
import { disposeAll, distance, ownRows, shapeOf, sharedBottomOf, sharedRows } from './networks.fixture.ts'
import type { TaskShape, Variables } from './types.ts'

/** Values of the file's 'trunk.0.W' for the library's 'shared/trunk/0/kernel', and so on. */
function ofGolden(name: string, values: Readonly<Record<string, unknown>>): number[] {
  const [owner, block, ...rest] = name.split('/')
  const group = owner === 'shared' ? [] : [owner.slice('tasks:'.length)]
  const key = [block, ...group, ...rest.slice(0, -1), rest.at(-1) === 'kernel' ? 'W' : 'b'].join('.')
  return [values[key]].flat(3) as number[]
}

describe.each(['cpu', 'wasm'] as const)('a network on %s', (backend) => {
  beforeAll(async () => {
    await useBackend([backend])
  })

  it.each([0, 1])(
    'has outputs, losses, gradients and Gramian of the golden file, case %i',
    async (number) => {
      const { config, params, inputs, labels, task_weights: weights, expected } = golden.cases[number]
      const architecture = sharedBottomOf(
        config.trunk,
        { activation: config.act as 'tanh' | 'relu' },
        { taskLayers: config.tower, activation: config.act as 'tanh' | 'relu', sharing: 'own' },
      )
      const network = architecture.build(shapeOf(config.kinds as TaskShape['kind'][], config.in))
      await expectNoLeak(async () => {
        const fresh = network.init(createRandom(1))
        const variables: Variables = Object.fromEntries(
          Object.entries(fresh).map(([name, { shape }]) => [name, tf.tensor(ofGolden(name, params), shape)]),
        )
        const groups = network.groups.map(({ tasks }) => tasks)
        using batch =
          number === 0
            ? sharedRows(inputs.x as number[][], labels, groups)
            : ownRows(inputs.x as number[][][], labels, groups)
        using pass = forwardPass(network, variables, batch, { random: createRandom(2), progress: 0 })
        for (const [g, output] of pass.outputs.entries())
          expect(distance(await output.data(), expected.outputs[g].flat())).toBeLessThan(1e-5)
        const losses = await pass.losses()
        expect(distance(losses, expected.task_losses)).toBeLessThan(1e-5)
        const gradients = pass.gradients({ weights: Float64Array.from(weights) })
        expect(Object.keys(gradients).sort()).toEqual(Object.keys(variables).sort())
        for (const [name, { value }] of Object.entries(gradients))
          expect(distance(await value.data(), ofGolden(name, expected.gradients)), name).toBeLessThan(1e-4)
        const gramian = await pass.gramian('')
        expect(distance(gramian.data, expected.full_gramian_all_parameters.flat())).toBeLessThan(1e-4)
        const jacobian = await pass.jacobian('')
        const first = jacobian.data.subarray(0, jacobian.columns)
        expect(first.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(gramian.data[0], 5)
        disposeAll(fresh, variables)
        tf.dispose(Object.values(gradients).map(({ value }) => value))
      })
    },
  )
})
