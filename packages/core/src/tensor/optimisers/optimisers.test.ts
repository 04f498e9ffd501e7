import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectNoLeak } from '../../testing/expect-no-leak.ts'
import { useBackend } from '../backend.ts'
import { disposeAll, distance } from '../networks.fixture.ts'
import type { Gradients, Optimiser, OptimiserState } from '../trainer/types.ts'
import type { Variables } from '../types.ts'
import { loadVariables, readVariables } from '../variables.ts'
import { adam, composedAdam } from './adam.ts'
import { sgd } from './sgd.ts'

const start = {
  'shared/a/kernel': [1, -2],
  'shared/b/bias': [0.5],
  'tasks/c/kernel': [1, 2, 3, 4, 5, 6],
  'state/s': [7],
}
const shapes = { 'shared/a/kernel': [1, 2], 'shared/b/bias': [1], 'tasks/c/kernel': [3, 2], 'state/s': [1] }
type Name = keyof typeof start
const names = Object.keys(start) as Name[]

function variablesOf(): Variables {
  return Object.fromEntries(names.map((name) => [name, tf.tensor(start[name], shapes[name])]))
}

/** Gradients of step t: of the bias in even steps alone, of row t % 3 of what tasks own. */
function gradientsOf(step: number): Gradients {
  const values = (n: number): number[] => Array.from({ length: n }, (_, i) => Math.sin(3 * step + i) + 0.3)
  const row = step % 3
  const own = values(6).map((value, i) => (Math.floor(i / 2) === row ? value : 0))
  return {
    'shared/a/kernel': { value: tf.tensor(values(2), [1, 2]) },
    ...(step % 2 === 0 && { 'shared/b/bias': { value: tf.tensor(values(1), [1]) } }),
    'tasks/c/kernel': { value: tf.tensor(own, [3, 2]), rows: Int32Array.of(row) },
  }
}

interface Stand {
  readonly variables: Variables
  readonly state: OptimiserState
}
function steps(optimiser: Optimiser, from: Stand, first: number, last: number): Stand {
  let stand = from
  for (let step = first; step < last; step++) {
    const gradients = gradientsOf(step)
    const next = optimiser.update(gradients, stand.state, stand.variables, (name) =>
      name.includes('b') ? 0.05 : 0.1,
    )
    tf.dispose(Object.values(gradients).map(({ value }) => value))
    if (stand !== from) disposeAll(stand.variables, stand.state.tensors)
    stand = next
  }
  return stand
}
function initial(optimiser: Optimiser): Stand {
  const variables = variablesOf()
  return { variables, state: optimiser.init(variables) }
}
function dispose(...stands: Stand[]): void {
  for (const { variables, state } of stands) disposeAll(variables, state.tensors)
}

/** Adam of the paper with decoupled decay, in float64, coordinate by coordinate. */
function adamByHand(last: number): Record<string, number[]> {
  const w: Record<string, number[]> = structuredClone(start)
  const moments = new Map<string, { m: number; v: number; t: number }>()
  for (let step = 0; step < last; step++) {
    const gradients = gradientsOf(step)
    for (const [name, { value, rows }] of Object.entries(gradients)) {
      const g = value.dataSync()
      g.forEach((gradient, i) => {
        if (rows && !rows.includes(Math.floor(i / 2))) return
        const old = moments.get(`${name} ${i}`) ?? { m: 0, v: 0, t: 0 }
        const now = {
          m: 0.9 * old.m + 0.1 * gradient,
          v: 0.999 * old.v + 0.001 * gradient ** 2,
          t: old.t + 1,
        }
        moments.set(`${name} ${i}`, now)
        const rate = name.includes('b') ? 0.05 : 0.1
        const decay = name.endsWith('kernel') ? 0.01 : 0
        const spread = Math.sqrt(now.v / (1 - 0.999 ** now.t)) + 1e-8
        w[name][i] -= rate * decay * w[name][i] + (rate * now.m) / (1 - 0.9 ** now.t) / spread
      })
      value.dispose()
    }
  }
  return w
}

describe.each(['cpu', 'wasm'] as const)('optimisers on %s', (backend) => {
  beforeAll(async () => {
    await useBackend([backend])
  })
  const optimisers: [Optimiser][] = [
    [adam({ weightDecay: 0.01 })],
    [sgd()],
    [sgd({ momentum: 0.9, weightDecay: 0.1 })],
  ]

  it('adam is the algorithm of the paper, by row for what tasks own', async () => {
    await expectNoLeak(() => {
      const optimiser = adam({ weightDecay: 0.01 })
      const from = initial(optimiser)
      const end = steps(optimiser, from, 0, 30)
      const expected = adamByHand(30)
      for (const name of names)
        expect(distance(end.variables[name].dataSync(), expected[name]), name).toBeLessThan(2e-6)
      expect(end.state.steps['tasks/c/kernel']).toEqual(Int32Array.of(10, 10, 10))
      expect(end.state.steps['shared/b/bias']).toEqual(Int32Array.of(15))
      dispose(from, end)
    })
  })

  it('sgd steps against the gradient', async () => {
    await expectNoLeak(() => {
      const from = initial(sgd())
      const end = steps(sgd(), from, 0, 1)
      const expected = start['shared/a/kernel'].map((w, i) => w - 0.1 * (Math.sin(i) + 0.3))
      expect(distance(end.variables['shared/a/kernel'].dataSync(), expected)).toBeLessThan(1e-6)
      dispose(from, end)
    })
  })

  it.each(optimisers)('$name keeps what is absent or frozen to the bit', async (optimiser) => {
    await expectNoLeak(() => {
      const from = initial(optimiser)
      const first = steps(optimiser, from, 0, 4)
      const gradients = gradientsOf(4)
      const next = optimiser.update(gradients, first.state, first.variables, (name) =>
        name.includes('/a/') ? 0 : 0.1,
      )
      const bits = (stand: Stand, key: string) => [
        ...(stand.variables[key] ?? stand.state.tensors[key]).dataSync(),
      ]
      for (const key of [
        'shared/a/kernel',
        'state/s',
        ...Object.keys(first.state.tensors).filter((k) => k.includes('/a/')),
      ])
        expect(bits(next, key)).toEqual(bits(first, key))
      for (const key of [
        'tasks/c/kernel',
        ...Object.keys(first.state.tensors).filter((k) => k.includes('/c/')),
      ]) {
        // Step 4 has labels of task 1 alone.
        const [before, after] = [bits(first, key), bits(next, key)]
        expect([...after.slice(0, 2), ...after.slice(4)]).toEqual([...before.slice(0, 2), ...before.slice(4)])
        expect(after.slice(2, 4)).not.toEqual(before.slice(2, 4))
      }
      tf.dispose(Object.values(gradients).map(({ value }) => value))
      dispose(from, first, next)
    })
  })

  it.each(optimisers)('$name goes on from stored state to the same bits', async (optimiser) => {
    await expectNoLeak(async () => {
      const from = initial(optimiser)
      const whole = steps(optimiser, from, 0, 12)
      const half = steps(optimiser, from, 0, 5)
      const restored = {
        variables: loadVariables(await readVariables(half.variables)),
        state: { tensors: loadVariables(await readVariables(half.state.tensors)), steps: half.state.steps },
      }
      const end = steps(optimiser, restored, 5, 12)
      expect(await readVariables(end.variables)).toEqual(await readVariables(whole.variables))
      expect(await readVariables(end.state.tensors)).toEqual(await readVariables(whole.state.tensors))
      dispose(from, whole, half, restored, end)
    })
  })

  it('adam of whole operations is adam of the loop', async () => {
    await expectNoLeak(() => {
      const optimiser = adam()
      const from = initial(optimiser)
      const stand = steps(optimiser, from, 0, 5)
      const gradients = gradientsOf(5)
      const next = optimiser.update(gradients, stand.state, stand.variables, () => 0.1)
      const name = 'tasks/c/kernel'
      const { variable, tensors } = composedAdam(
        { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
        {
          name,
          value: stand.variables[name],
          gradient: gradients[name],
          tensors: ['m', 'v'].map((kind) => stand.state.tensors[`${kind}/${name}`]),
          steps: next.state.steps[name],
          rate: 0.1,
        },
      )
      expect(distance(variable.dataSync(), next.variables[name].dataSync())).toBeLessThan(1e-6)
      tf.dispose([variable, ...tensors, ...Object.values(gradients).map(({ value }) => value)])
      dispose(from, stand, next)
    })
  })
})

describe('optimisers', () => {
  it('refuse options and rates outside their range', () => {
    expect(() => adam({ beta1: 1 })).toThrow('beta1 must be')
    expect(() => sgd({ momentum: -0.1 })).toThrow('momentum must be')
    const from = initial(sgd())
    expect(() => sgd().update({}, from.state, from.variables, () => NaN)).toThrow(
      /learning rate of .* must be/,
    )
    dispose(from)
  })
})
