/**
 * A stack of task kernels W [tasks, in, out] as a product of small factors, in float64. Ranks are given, or the smallest
 * that each cut needs so that all cuts together leave a relative error of at most `error`.
 *
 *   Tucker        W_tij = sum_abk core_abk U1_ia U2_jb U3_tk      by truncated singular vectors of the three unfoldings
 *   tensor train  W_tij = sum_ab G1_ia G2_ajb G3_tb               by one unfolding after the other
 *   matrix        W_tij = sum_k L_ijk S_tk                        by the unfolding over tasks
 *
 * De Lathauwer, De Moor and Vandewalle (2000), A multilinear singular value decomposition, SIAM J. Matrix Anal. Appl. 21
 * (error at most sqrt(3) times the least possible); Oseledets (2011), Tensor-train decomposition, SIAM J. Sci. Comput. 33.
 */
import { matrix, multiply, row, selectRows, svd, transpose } from '@mtl/core'
import type { Matrix } from '@mtl/core'

export type TensorForm = 'tucker' | 'tensor-train' | 'matrix'

/** Kernels of all tasks for one layer; element (t, i, j) is `data[(t * inputs + i) * units + j]`. */
export interface KernelStack {
  readonly tasks: number
  readonly inputs: number
  readonly units: number
  readonly data: Float64Array
}

/** By name of the factor. */
export type Factors = Readonly<
  Record<string, { readonly shape: readonly number[]; readonly values: Float64Array }>
>

/** How far each cut goes: to these ranks, or to this relative error of the whole. */
export type Cut = { readonly ranks: readonly number[] } | { readonly error: number }

/** @throws MtlError 'not-finite' */
export function factorise(form: TensorForm, stack: KernelStack, cut: Cut): Factors {
  return { tucker: tuckerFactors, 'tensor-train': trainFactors, matrix: matrixFactors }[form](stack, cut)
}

function tuckerFactors(stack: KernelStack, cut: Cut): Factors {
  const { tasks, inputs, units } = stack
  const unfoldings = [byInput(stack), byUnit(stack), byTask(stack)]
  const [u1, u2, u3] = unfoldings.map((unfolding, n) => {
    const { u, values } = svd(unfolding)
    return firstRows(transpose(u), rankOf(values, cut, n, 3))
  })
  const [a, b, k] = [u1.rows, u2.rows, u3.rows]
  const ofDirections = multiply(u3, byTask(stack))
  const core = new Float64Array(a * b * k)
  for (let d = 0; d < k; d++) {
    const slice = matrix(inputs, units, row(ofDirections, d))
    multiply(multiply(u1, slice), transpose(u2)).data.forEach((value, at) => (core[at * k + d] = value))
  }
  return {
    core: { shape: [a, b, k], values: core },
    U1: { shape: [inputs, a], values: transpose(u1).data },
    U2: { shape: [units, b], values: transpose(u2).data },
    U3: { shape: [tasks, k], values: transpose(u3).data },
  }
}

function trainFactors(stack: KernelStack, cut: Cut): Factors {
  const { tasks, inputs, units } = stack
  const first = svd(byInput(stack))
  const a = rankOf(first.values, cut, 0, 2)
  const rest = firstRows(scaledRows(transpose(first.v), first.values), a)
  const limit = norm(first.values)
  const second = svd(matrix(a * units, tasks, rest.data))
  const b = rankOf(second.values, cut, 1, 2, limit)
  return {
    G1: { shape: [inputs, a], values: transpose(firstRows(transpose(first.u), a)).data },
    G2: { shape: [a, units, b], values: transpose(firstRows(transpose(second.u), b)).data },
    G3: {
      shape: [tasks, b],
      values: transpose(firstRows(scaledRows(transpose(second.v), second.values), b)).data,
    },
  }
}

function matrixFactors(stack: KernelStack, cut: Cut): Factors {
  const { tasks, inputs, units } = stack
  const { u, values, v } = svd(byTask(stack))
  const k = rankOf(values, cut, 0, 1)
  // The size of a direction goes to both sides alike, so that steps of one size suit both.
  const roots = values.map(Math.sqrt)
  return {
    L: {
      shape: [inputs, units, k],
      values: transpose(firstRows(scaledRows(transpose(v), roots), k)).data,
    },
    S: { shape: [tasks, k], values: transpose(firstRows(scaledRows(transpose(u), roots), k)).data },
  }
}

/** The given rank, or the smallest whose rest is at most error / sqrt(cuts) of the whole; at least 1. */
function rankOf(values: Float64Array, cut: Cut, n: number, cuts: number, whole = norm(values)): number {
  if ('ranks' in cut) return Math.max(1, Math.min(values.length, cut.ranks[n]))
  const most = (cut.error * whole) ** 2 / cuts
  let rank = values.length
  for (let rest = 0; rank > 1; rank--) {
    rest += values[rank - 1] ** 2
    if (rest > most) break
  }
  return rank
}

/** [in, out tasks]: the last axis runs over tasks within units. */
function byInput({ tasks, inputs, units, data }: KernelStack): Matrix {
  const result = matrix(inputs, units * tasks)
  for (let t = 0; t < tasks; t++)
    for (let i = 0; i < inputs; i++)
      for (let j = 0; j < units; j++)
        result.data[(i * units + j) * tasks + t] = data[(t * inputs + i) * units + j]
  return result
}

/** [out, in tasks] */
function byUnit({ tasks, inputs, units, data }: KernelStack): Matrix {
  return transpose(matrix(tasks * inputs, units, data))
}

/** [tasks, in out] */
export function byTask({ tasks, inputs, units, data }: KernelStack): Matrix {
  return matrix(tasks, inputs * units, data)
}

/** Singular values of the unfoldings by input, by unit and by task. @throws MtlError 'not-finite' */
export function unfoldingSpectra(stack: KernelStack): readonly Float64Array[] {
  return [byInput, byUnit, byTask].map((unfold) => svd(unfold(stack)).values)
}

function firstRows(a: Matrix, count: number): Matrix {
  return selectRows(
    a,
    Array.from({ length: count }, (_, i) => i),
  )
}

function scaledRows(a: Matrix, factors: Float64Array): Matrix {
  return { ...a, data: a.data.map((value, at) => value * factors[Math.floor(at / a.columns)]) }
}

function norm(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0))
}
