import { svd } from '@mtl/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  byTask,
  factorise,
  unfoldingSpectra,
  type Factors,
  type KernelStack,
  type TensorForm,
} from './factorise.ts'
import blocks from './goldens/blocks.json' with { type: 'json' }

/** The product written out as it is defined, element by element. */
function composed(form: TensorForm, factors: Factors, { tasks, inputs, units }: KernelStack): Float64Array {
  const at = (name: string, ...place: number[]): number => {
    const { shape, values } = factors[name]
    return values[place.reduce((sum, index, axis) => sum * shape[axis] + index, 0)]
  }
  const sum = (count: number, term: (k: number) => number): number =>
    Array.from({ length: count }, (_, k) => term(k)).reduce((total, value) => total + value, 0)
  const entry = (t: number, i: number, j: number): number => {
    if (form === 'matrix') return sum(factors.S.shape[1], (k) => at('L', i, j, k) * at('S', t, k))
    if (form === 'tensor-train')
      return sum(factors.G1.shape[1], (a) =>
        sum(factors.G3.shape[1], (b) => at('G1', i, a) * at('G2', a, j, b) * at('G3', t, b)),
      )
    const [a, b, c] = factors.core.shape
    return sum(a, (p) =>
      sum(b, (q) => sum(c, (k) => at('core', p, q, k) * at('U1', i, p) * at('U2', j, q) * at('U3', t, k))),
    )
  }
  return Float64Array.from({ length: tasks * inputs * units }, (_, place) =>
    entry(Math.floor(place / (inputs * units)), Math.floor(place / units) % inputs, place % units),
  )
}

const distance = (a: Float64Array, b: ArrayLike<number>): number =>
  Math.hypot(...a.map((value, at) => value - b[at]))

/** The file's tensors are [in, out, tasks]. */
const stackOf = (kernels: number[][][]): KernelStack => {
  const [inputs, units, tasks] = [kernels.length, kernels[0].length, kernels[0][0].length]
  const data = Float64Array.from(
    kernels[0][0].flatMap((_, t) => kernels.flatMap((row) => row.map((unit) => unit[t]))),
  )
  return { tasks, inputs, units, data }
}

const { W, expected } = blocks.factorise
const golden = stackOf(W)

const forms: readonly TensorForm[] = ['tucker', 'tensor-train', 'matrix']

const stacks = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 4 }))
  .chain(([tasks, inputs, units]) =>
    fc
      .array(fc.double({ min: -3, max: 3, noNaN: true }), {
        minLength: tasks * inputs * units,
        maxLength: tasks * inputs * units,
      })
      .map((values): KernelStack => ({ tasks, inputs, units, data: Float64Array.from(values) })),
  )

describe('factors of a stack of kernels', () => {
  it.each([
    ['tucker', expected.hosvd.ranks, expected.hosvd],
    ['tensor-train', expected.tt_svd.ranks, expected.tt_svd],
    ['matrix', [expected.laf_svd.rank], expected.laf_svd],
  ] as const)('make the reconstruction of the golden file: %s', (form, ranks, { reconstruction }) => {
    const made = composed(form, factorise(form, golden, { ranks }), golden)
    expect(distance(made, stackOf(reconstruction).data)).toBeLessThan(1e-10)
  })

  it.each(forms)('of full rank are the stack itself: %s', (form) => {
    fc.assert(
      fc.property(stacks, (stack) => {
        const full = factorise(form, stack, { error: 0 })
        expect(distance(composed(form, full, stack), stack.data)).toBeLessThan(1e-10)
      }),
    )
  })

  it.each(forms)('lose at most what they may, and have no rank that they could do without: %s', (form) => {
    fc.assert(
      fc.property(stacks, fc.constantFrom(0.1, 0.5), (stack, error) => {
        const whole = Math.hypot(...stack.data)
        const cut = factorise(form, stack, { error })
        // float64
        expect(distance(composed(form, cut, stack), stack.data)).toBeLessThanOrEqual(error * whole + 1e-9)
        if (form !== 'matrix') return
        const rank = cut.S.shape[1]
        const rest = svd(byTask(stack)).values.slice(rank - 1)
        if (rank > 1) expect(Math.hypot(...rest)).toBeGreaterThan(error * whole - 1e-9)
      }),
    )
  })

  it('of Tucker form lose at most sqrt(3) times the least possible', () => {
    fc.assert(
      fc.property(
        stacks,
        fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: 1, max: 3 }))),
        (stack, ranks) => {
          const lost = distance(composed('tucker', factorise('tucker', stack, { ranks }), stack), stack.data)
          // No product of these ranks is nearer than the worst of the three unfoldings allows.
          const least = Math.max(
            ...unfoldingSpectra(stack).map((values, n) => Math.hypot(...values.slice(ranks[n]))),
          )
          expect(lost).toBeLessThanOrEqual(Math.sqrt(3) * least + 1e-9)
        },
      ),
    )
  })

  it('of kernels that are all 0 have rank 1', () => {
    const zeros = { tasks: 3, inputs: 2, units: 2, data: new Float64Array(12) }
    for (const form of forms)
      expect(composed(form, factorise(form, zeros, { error: 0.1 }), zeros)).toEqual(zeros.data)
    expect(factorise('matrix', zeros, { error: 0.1 }).S.shape).toEqual([3, 1])
  })
})
