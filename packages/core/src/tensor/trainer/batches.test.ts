import * as tf from '@tensorflow/tfjs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dataset } from '../../data/dataset.ts'
import type { Dataset } from '../../data/types.ts'
import { createRandom } from '../../random/generator.ts'
import type { DataShape, LabelledBatch, Network } from '../types.ts'
import { balancedWeights } from './class-weights.ts'
import { encodeData } from './encode.ts'
import { taskProbabilities } from './plan.ts'
import { trainingData, type EpochOptions } from './training-data.ts'

const rowsOf = (n: number, from = 0): number[][] =>
  Array.from({ length: n }, (_, i) => [from + i, (i * i) % 5])

/** Tasks that own their rows, of 3, 50 and 0 labels; the second has weights. */
const long = dataset([
  { name: 'small', inputs: rowsOf(4), targets: [1, 2, 4, NaN], target: 'y' },
  {
    name: 'large',
    inputs: rowsOf(50, 7),
    targets: rowsOf(50).map(([i]) => 3 * i),
    weights: rowsOf(50).map(([i]) => (i === 0 ? 0 : 2)),
    target: 'y',
  },
  { name: 'empty', inputs: rowsOf(2), targets: [NaN, NaN], target: 'y' },
])

/** Tasks of two kinds on the same rows, with labels missing; row 5 has none. */
const shared = rowsOf(12)
const wide = ((): Dataset => {
  const [first, second] = dataset([
    { name: 'number', inputs: shared, targets: shared.map(([i]) => (i % 3 === 2 ? NaN : i)) },
    {
      name: 'class',
      kind: 'binary',
      inputs: shared,
      targets: shared.map(([i]) => (i === 5 ? NaN : Number(i > 8))),
    },
  ]).tasks
  return { tasks: [first, { ...second, inputs: first.inputs }] }
})()

/** All that a batch asks of a network. */
function groupedByKind({ tasks }: DataShape): Network {
  const kinds = [...new Set(tasks.map(({ kind }) => kind))]
  const groups = kinds.map((of) => ({ tasks: [...tasks.keys()].filter((k) => tasks[k].kind === of) }))
  return { groups } as unknown as Network
}

function batchesOf(data: Dataset, options: EpochOptions, seed = 1): LabelledBatch[] {
  const source = trainingData(data)
  return [...source.epoch(groupedByKind(source.shape), options, createRandom(seed))]
}

function dispose(batches: readonly LabelledBatch[]): void {
  for (const batch of batches) batch[Symbol.dispose]()
}

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0)

describe('batches of rows that tasks own', () => {
  it('hold each labelled row of positive weight once in an epoch, scaled', () => {
    const batches = batchesOf(long, { batchSize: 16 })
    expect(batches.map(({ taskOf }) => taskOf?.length)).toEqual([16, 16, 16, 4])
    const { inputs, targets } = encodeData(long).scaling
    const seen = batches.flatMap(({ inputs: [x], taskOf, targets: [y] }) => {
      const values = x.arraySync()
      return values.map(([a], i) => [
        taskOf?.[i],
        Math.round(a * inputs[0].deviations[0] + inputs[0].means[0]),
        Math.round(y[i] * targets.deviations[0] + targets.means[0]),
      ])
    })
    const expected = [
      ...[1, 2, 4].map((y, i) => [0, i, y]),
      ...Array.from({ length: 49 }, (_, i) => [1, 8 + i, 3 * (i + 1)]),
    ]
    expect(seen.map(String).sort()).toEqual(expected.map(String).sort())
    dispose(batches)
  })

  it('count labels alike by default, and tasks alike where told', () => {
    for (const [reduction, total] of [
      ['label', () => 1],
      ['task', (batch: LabelledBatch) => batch.present.length],
    ] as const) {
      const batches = batchesOf(long, { batchSize: 16, ...(reduction === 'task' && { reduction }) })
      for (const batch of batches) expect(sum(batch.weights[0])).toBeCloseTo(total(batch), 5)
      dispose(batches)
    }
  })

  it('say who is present with which weight of labels', () => {
    const [batch] = batchesOf(long, { batchSize: 100 })
    expect(batch.present).toEqual(Int32Array.of(0, 1))
    expect(batch.labels).toEqual(Float64Array.of(3, 98))
    dispose([batch])
  })

  it('give each task a share of 1 / N on average over the steps', () => {
    for (const size of [1, 7, 16, 64]) {
      const batches = batchesOf(long, { batchSize: size })
      for (const k of [0, 1])
        expect(sum(batches.map(({ taskShare }) => taskShare[k])) / batches.length).toBeCloseTo(1 / 52, 6)
      expect(batches.every(({ taskShare }) => taskShare[2] === 0)).toBe(true)
      dispose(batches)
    }
  })

  it('leave out tasks that are not active, and multiply losses by their weights', () => {
    const batches = batchesOf(long, { batchSize: 2, tasks: ['small'], lossWeights: { small: 3 } })
    expect(batches.map(({ taskOf }) => [...(taskOf ?? [])])).toEqual([[0, 0], [0]])
    expect(batches.map(({ weights: [w] }) => sum(w))).toEqual([3, 3])
    dispose(batches)
  })

  it('depend on the generator alone', () => {
    const order = (seed: number): unknown => {
      const batches = batchesOf(long, { batchSize: 8 }, seed)
      const rows = batches.map(({ inputs: [x] }) => x.arraySync())
      dispose(batches)
      return rows
    }
    expect(order(3)).toEqual(order(3))
    expect(order(3)).not.toEqual(order(4))
  })
})

describe('batches of rows that all tasks share', () => {
  it('have a cell for each row and task of a group, weighed 0 where no label is', () => {
    const batches = batchesOf(wide, { batchSize: 5 })
    expect(batches.map(({ inputs: [x] }) => x.shape[0])).toEqual([5, 5, 1]) // row 5 has no label
    for (const { targets, weights, taskOf } of batches) {
      expect(taskOf).toBeUndefined()
      expect(targets.map(({ length }) => length)).toEqual(weights.map(({ length }) => length))
      expect([...targets.flatMap((group) => [...group])].every(Number.isFinite)).toBe(true)
    }
    expect(sum(batches.map(({ labels, present }) => labels[present.indexOf(0)] ?? 0))).toBe(8)
    dispose(batches)
  })

  it('count tasks alike by default', () => {
    const batches = batchesOf(wide, { batchSize: 12 })
    expect(batches[0].weights.map(sum).map((total) => Math.round(1e6 * total) / 1e6)).toEqual([1, 1])
    dispose(batches)
  })

  it('weigh classes by n / (K n_k) where they are to be balanced', () => {
    const [batch] = batchesOf(wide, { batchSize: 12, classWeights: 'balanced' })
    const [zero, one] = balancedWeights([8, 3])
    const [, targets] = batch.targets
    const weights = [...batch.weights[1]].map((weight) => weight * batch.labels[1])
    targets.forEach((y, i) => {
      if (weights[i] > 0) expect(weights[i]).toBeCloseTo(y === 1 ? one : zero, 5)
    })
    expect(batch.labels[1]).toBeCloseTo(11, 10)
    dispose([batch])
  })
})

describe('the alternating regime', () => {
  it.each([
    [1, [0.9009, 0.0901, 0.009]],
    [2, [0.7061, 0.2233, 0.0706]],
    [5, [0.4928, 0.311, 0.1962]],
    [1e9, [1 / 3, 1 / 3, 1 / 3]],
  ])('draws tasks of 1000, 100 and 10 rows in proportion to rows^(1 / %d)', (temperature, expected) => {
    const labelled = [1000, 100, 10].map((n) => ({ labelled: new Int32Array(n) }))
    const data = { tasks: labelled } as unknown as Parameters<typeof taskProbabilities>[0]
    const found = taskProbabilities(data, { active: [0, 1, 2], temperature })
    found.forEach((p, k) => expect(Math.abs(p - expected[k])).toBeLessThan(5e-5))
  })

  it('has one task a step, on shared rows too, and passes over its rows before it begins anew', () => {
    const batches = batchesOf(wide, { batchSize: 4, regime: 'alternating', temperature: 1e9 })
    for (const { taskOf, present, weights } of batches) {
      expect(new Set(taskOf).size).toBe(1)
      expect([...present]).toEqual([taskOf?.[0]])
      expect(weights.map(({ length }) => length).filter((n) => n > 0)).toHaveLength(1)
    }
    const first = batches.filter(({ taskOf }) => taskOf?.[0] === 0).slice(0, 2)
    const seen = first.flatMap(({ inputs: [x] }) => x.arraySync().map(String))
    expect(new Set(seen).size).toBe(seen.length)
    dispose(batches)
  })

  it('draws as often as its probabilities say', () => {
    const source = trainingData(long)
    const network = groupedByKind(source.shape)
    let large = 0
    const steps = 4000
    for (let epoch = 0; epoch < steps / 4; epoch++) {
      const options = { batchSize: 13, regime: 'alternating', temperature: 2 } as const
      for (const batch of source.epoch(network, options, createRandom(5).fork(epoch))) {
        large += Number(batch.present[0] === 1)
        batch[Symbol.dispose]()
      }
    }
    const p = Math.sqrt(49) / (Math.sqrt(49) + Math.sqrt(3))
    expect(Math.abs(large / steps - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / steps)) // 4 se
  })
})

describe('tables of different features', () => {
  it('stand one after the other in a batch', () => {
    const data = dataset([
      { name: 'a', inputs: rowsOf(6), targets: rowsOf(6).map(([i]) => i) },
      { name: 'b', inputs: rowsOf(6).map(([i]) => [i]), targets: rowsOf(6).map(([i]) => i), features: ['z'] },
      { name: 'c', inputs: rowsOf(6), targets: rowsOf(6).map(([i]) => i) },
    ])
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 20 }), (seed, batchSize) => {
        const source = trainingData(data)
        const network = groupedByKind(source.shape)
        for (const batch of source.epoch(network, { batchSize }, createRandom(seed))) {
          const tables = [...(batch.taskOf ?? [])].map((k) => source.shape.tasks[k].table)
          expect(tables).toEqual(tables.toSorted())
          expect(batch.inputs.map(({ shape: [rows] }) => rows)).toEqual(
            [0, 1].map((table) => tables.filter((of) => of === table).length),
          )
          batch[Symbol.dispose]()
        }
      }),
      { numRuns: 20 },
    )
  })
})

describe('a batch', () => {
  it('frees its tensors when disposed', () => {
    const before = tf.memory().numTensors
    const batches = batchesOf(long, {})
    expect(tf.memory().numTensors).toBeGreaterThan(before)
    dispose(batches)
    expect(tf.memory().numTensors).toBe(before)
  })

  it('refuses tasks that the data lacks, by name', () => {
    for (const options of [{ tasks: ['smal'] }, { lossWeights: { smal: 1 } }])
      expect(() => batchesOf(long, options)).toThrow(
        expect.objectContaining({
          code: 'unknown-name',
          message: expect.stringContaining('small') as string,
        }),
      )
  })
})
