import * as tf from '@tensorflow/tfjs'
import type { TaskKind } from '@mtl/core'
import { useBackend } from '@mtl/core/tensor'
import type { Variables } from '@mtl/core/tensor'
import { expectNoLeak } from '@mtl/core/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import goldens from '../goldens/tensor.json' with { type: 'json' }
import { goldenRules, type GoldenRule } from '../golden.fixture.ts'
import { activationLoss } from './activation-loss.ts'
import {
  drawnActivations,
  latentDivergence,
  weightDivergence,
  type Cells,
  type Noise,
} from './bound-terms.ts'
import { encoder } from './encoder.ts'
import { mixingOf, outsiders } from './mixing-weights.ts'
import { representatives, type Representatives } from './representatives.ts'

type Golden = (typeof goldens.cases)[number]
type Nested = number | readonly Nested[]

/** Of single precision: the file's own is of double. */
const tolerance = 1e-4

const [tasks, inputs, hidden, units, rows] = [3, 4, 4, 3, 5]
const flat = (values: Nested): number[] => (typeof values === 'number' ? [values] : values.flatMap(flat))
/** The file's weights are outputs x latent numbers, ours the other way round. */
const turned = (matrices: readonly (readonly (readonly number[])[])[]): tf.Tensor =>
  tf.transpose(tf.tensor3d(matrices as number[][][]), [0, 2, 1])

/** By the names of the file. */
function parametersOf({
  parameters: p,
  logits_w: weights,
  logits_z: latents,
}: Golden): Record<string, tf.Tensor> {
  const matrices = Object.fromEntries(
    (['A0', 'A1', 'A2'] as const).map((name) => [name, tf.tensor2d(p[name])]),
  )
  const vectors = Object.fromEntries(
    (['a0', 'a1', 'a2'] as const).map((name) => [name, tf.tensor1d(p[name])]),
  )
  return {
    ...matrices,
    ...vectors,
    mu: turned(p.mu),
    rho: turned(p.rho),
    logits_w: tf.tensor1d(weights),
    logits_z: tf.tensor1d(latents),
  }
}

function variablesOf(p: Record<string, tf.Tensor>): Variables {
  // Task 0 alone has logits in the file, of the other two.
  const all = (logits: tf.Tensor, columns: number): tf.Tensor =>
    tf.pad(tf.reshape(logits, [1, 2]), [
      [0, 2],
      [1, columns - 3],
    ])
  return {
    'shared/encoder/0/kernel': p.A0,
    'shared/encoder/0/bias': p.a0,
    'shared/latent/mean/kernel': p.A1,
    'shared/latent/mean/bias': p.a1,
    'shared/latent/logVariance/kernel': p.A2,
    'shared/latent/logVariance/bias': p.a2,
    'tasks/head/mean': p.mu,
    'tasks/head/logDeviation': p.rho,
    'shared/mixing/weights': all(p.logits_w, 4),
    'shared/mixing/latents': all(p.logits_z, 3),
  }
}

function othersOf({ data, task }: Golden): Representatives {
  const all = data.flatMap(({ X }) => X).flat()
  return representatives({
    inputs: Float32Array.from(all),
    columns: inputs,
    tasks,
    rowOf: Int32Array.from({ length: tasks * rows }, (_, r) => r),
    taskOf: Int32Array.from({ length: tasks * rows }, (_, r) => Math.floor(r / rows)),
    classOf: Int32Array.from(data.flatMap(({ y }) => (task === 'regression' ? y.map(() => 0) : y))),
    isLabelled: new Uint8Array(tasks * rows).fill(1),
  })
}

interface Terms {
  readonly loglik: tf.Scalar
  readonly kl_z: tf.Scalar
  readonly kl_w: tf.Scalar
  readonly elbo: tf.Scalar
}

/** The bound of task 0, whose rows stand first. */
function termsOf(golden: Golden, p: Record<string, tf.Tensor>): Terms {
  const v = variablesOf(p)
  const kind = golden.task as TaskKind
  const outputs = golden.parameters.mu[0].length
  const encode = encoder(inputs, [hidden], units)
  const taskOf = Int32Array.from({ length: tasks * rows }, (_, r) => Math.floor(r / rows))
  const cells: Cells = {
    x: tf.tensor2d(golden.data.flatMap(({ X }) => X)),
    taskOfRow: taskOf,
    taskOfCell: taskOf,
    rowOfCell: taskOf.map((_, r) => r),
  }
  /** Of task 0, and zeros for the rows of the others. */
  const ofFirst = (draw: readonly (readonly number[])[]): tf.Tensor2D =>
    tf.pad(tf.tensor2d(draw as number[][]), [
      [0, (tasks - 1) * rows],
      [0, 0],
    ])
  const gumbel = (values: readonly number[], columns: number): tf.Tensor2D =>
    tf.pad(tf.tensor2d([[...values]]), [
      [0, 2],
      [1, columns - 3],
    ])
  const noise: Noise = {
    latents: golden.z_noise.map(ofFirst),
    activations: golden.activation_noise.map(ofFirst),
    weights: gumbel(golden.gumbel_w, 4),
    latentMixing: gumbel(golden.gumbel_z, 3),
  }
  const settings = {
    priorRule: goldenRules[golden.mode as GoldenRule],
    anchor: 'none',
    priorVariance: 1,
  } as const
  const latents = encode.apply(v, cells.x)
  const draws = drawnActivations(v, latents, cells, noise)
  const loss = activationLoss(kind, outputs, 32)
  const columns = draws.flatMap((draw) => [
    draw,
    tf.zerosLike(draw),
    ...(kind === 'regression' ? [tf.fill([tasks * rows, 1], Math.log(golden.noise_variance))] : []),
  ])
  const losses = loss.cellLosses(
    tf.concat(columns, 1) as tf.Tensor2D,
    tf.tensor1d(golden.data.flatMap(({ y }) => y)),
  )
  const before = (values: readonly (readonly (readonly number[])[])[]): tf.Tensor =>
    tf.pad(turned(values), [
      [1, 0],
      [0, 0],
      [0, 0],
    ])
  const snapshot = {
    mean: before(golden.previous_mean),
    logVariance: tf.log(tf.add(before(golden.previous_variance), 1e-30)),
  }
  const mixing = (of: 'weights' | 'latents', drawn: tf.Tensor2D, anchor: 'none' | undefined) =>
    mixingOf(
      v[`shared/mixing/${of}`] as tf.Tensor2D,
      drawn,
      golden.tau,
      outsiders(new Float32Array(tasks).fill(1), anchor),
    )
  const ofWeights = weightDivergence(v, snapshot, mixing('weights', noise.weights, 'none'), settings)
  const prior = {
    mixing: mixing('latents', noise.latentMixing, undefined),
    others: othersOf(golden),
    encoder: encode,
  }
  const ofLatents = latentDivergence(v, latents, cells, prior, settings)
  const first = (values: tf.Tensor1D, count: number): tf.Scalar => tf.sum(tf.slice(values, [0], [count]))
  const loglik = tf.neg<tf.Scalar>(first(losses, rows))
  const [kl_z, kl_w] = [first(ofLatents, rows), first(ofWeights, 1)]
  const divergences = tf.add(tf.mul(golden.beta_z, kl_z), tf.mul(golden.beta_w, kl_w))
  return { loglik, kl_z, kl_w, elbo: tf.sub(loglik, divergences) }
}

function expectClose(found: ArrayLike<number>, expected: Nested, what: string): void {
  const values = flat(expected)
  expect(found.length, what).toBe(values.length)
  values.forEach((value, i) =>
    expect(Math.abs(found[i] - value), `${what}, ${i}`).toBeLessThan(tolerance * (1 + Math.abs(value))),
  )
}

describe.each(['wasm', 'cpu'] as const)('the bound of the network on %s', (backend) => {
  beforeAll(async () => {
    await useBackend([backend])
  })

  it.each(goldens.cases.map((golden) => [`${golden.task}, ${golden.mode}`, golden] as const))(
    'and its slopes are those of the reference: %s',
    async (_, golden) => {
      await expectNoLeak(() => {
        tf.tidy(() => {
          const p = parametersOf(golden)
          const names = Object.keys(p)
          const { elbo, ...terms } = termsOf(golden, p)
          expectClose(elbo.dataSync(), golden.elbo, 'elbo')
          for (const [name, term] of Object.entries(terms))
            expectClose((term as tf.Tensor).dataSync(), golden[name as 'loglik'], name)
          const slopes = tf.grads(
            (...values: tf.Tensor[]) =>
              termsOf(golden, Object.fromEntries(names.map((name, i) => [name, values[i]]))).elbo,
          )(Object.values(p))
          const expected: Readonly<Record<string, Nested>> = golden.gradients
          slopes.forEach((slope, i) => {
            const name = names[i]
            const found = slope.rank === 3 ? tf.transpose(slope, [0, 2, 1]) : slope
            expectClose(found.dataSync(), expected[name], `slope of ${name}`)
          })
        })
      })
    },
  )

  it('takes the rows of other tasks that the reference attends to', () => {
    for (const golden of goldens.cases) {
      const { inputs: found, isKnown } = othersOf(golden)
      golden.attention.forEach((other, i) =>
        other.rows.forEach((row, n) => {
          const at = n * tasks + i + 1
          expectClose(found.subarray(at * inputs, (at + 1) * inputs), row, 'row')
          expect(isKnown[at]).toBe(other.ok[n])
        }),
      )
    }
  })
})
