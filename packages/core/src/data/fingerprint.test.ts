import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matrix } from '../linalg/matrix.ts'
import { dataset } from './dataset.ts'
import { fingerprint } from './fingerprint.ts'
import type { Dataset, Task } from './types.ts'

const inputs = matrix(2, 2, Float64Array.of(1, 0, NaN, 4))
const features = [
  { name: 'x', column: 'x', fill: 'mean' },
  { name: 'y', column: 'y' },
] as const
const make = (): Dataset =>
  dataset([
    { name: 'a', inputs, targets: [1, NaN], features, weights: [1, 2], rows: [3, 4], descriptor: [5] },
    { name: 'b', kind: 'binary', inputs, targets: [0, 1], features, descriptor: [6] },
  ])

describe('fingerprint', () => {
  it('is the same in every place and release', () => {
    expect(fingerprint(make())).toBe('d007d4a30de45e26')
  })

  it('sees content, not identity, order of keys or which zero or NaN', () => {
    const copy = structuredClone(make())
    const [a, b] = copy.tasks
    const bits = new Float64Array(Uint32Array.of(1, 0x7ff80001).buffer)
    const data = Float64Array.of(1, -0, bits[0], 4)
    const turned = features.map((feature) => Object.fromEntries(Object.entries(feature).reverse()))
    const other = { ...a, inputs: { ...inputs, data }, features: turned as unknown as Task['features'] }
    expect(fingerprint({ tasks: [other, b] })).toBe(fingerprint(make()))
  })

  it('changes with any part', () => {
    const [a, b] = make().tasks
    const changed: Dataset[] = [
      { tasks: [b, a] },
      { tasks: [a] },
      ...[
        { name: 'c' },
        { kind: 'multiclass' as const },
        { target: 'other' },
        { classes: ['0'] },
        { features: [features[1], features[0]] },
        { inputs: matrix(1, 4, inputs.data) },
        { inputs: matrix(2, 2, Float64Array.of(1, 0, NaN, 4 + 2 ** -50)) },
        { targets: Float64Array.of(NaN, 1) },
        { weights: undefined },
        { rows: Int32Array.of(4, 3) },
        { descriptor: Float64Array.of(5.5) },
        { descriptorFeatures: [features[0]] },
      ].map((part) => ({ tasks: [{ ...a, ...part }, b] })),
    ]
    const prints = [make(), ...changed].map(fingerprint)
    expect(new Set(prints).size).toBe(prints.length)
  })

  it('tells random data apart in all digits', () => {
    const print = (values: readonly number[]): string =>
      fingerprint(dataset([{ name: 'a', inputs: values.map(() => []), targets: values }]))
    const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), {
      minLength: 1,
      maxLength: 5,
    })
    fc.assert(
      fc.property(values, fc.nat(4), (list, at) => {
        const i = at % list.length
        const other = list.with(i, list[i] === 0 ? 1 : list[i] / 2 + 1)
        if (list[i] !== other[i]) expect(print(other)).not.toBe(print(list))
      }),
    )
    const firsts = new Set(Array.from({ length: 500 }, (_, i) => print([i]).slice(0, 8)))
    const lasts = new Set(Array.from({ length: 500 }, (_, i) => print([i]).slice(8)))
    expect([firsts.size, lasts.size]).toEqual([500, 500])
  })
})
