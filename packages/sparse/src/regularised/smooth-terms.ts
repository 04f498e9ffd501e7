import { matrix, symmetricEigen } from '@mtl/core'
import type { Matrix } from '@mtl/core'
import { squareSum } from './norms.ts'
import type { SmoothTerm } from './types.ts'

/** ridgePenalty |W|^2 / 2, whatever the penalty; none where that is 0. */
export function ridgeTerm(ridgePenalty: number): { readonly smooth?: SmoothTerm } {
  if (ridgePenalty === 0) return {}
  return {
    smooth: {
      addGradient(weights, _, gradient) {
        for (let at = 0; at < gradient.data.length; at++) gradient.data[at] += ridgePenalty * weights.data[at]
        return (ridgePenalty * squareSum(weights)) / 2
      },
      curvature: () => ridgePenalty,
    },
  }
}

/** tr(W'(coupling L + ridgePenalty I) W) / 2, L a T x T Laplacian, `coupling` by penalty. */
export function laplacianTerm(
  laplacian: Matrix,
  coupling: (penalty: number) => number,
  ridgePenalty: number,
): SmoothTerm {
  const size = laplacian.rows
  const steepest = size === 0 ? 0 : symmetricEigen(laplacian).values[size - 1]
  return {
    addGradient(weights, penalty, gradient) {
      const { columns, data } = weights
      const strength = coupling(penalty)
      let value = 0
      for (let t = 0; t < size; t++) {
        for (let s = 0; s < size; s++) {
          const share = strength * laplacian.data[t * size + s] + (s === t ? ridgePenalty : 0)
          if (share === 0) continue
          for (let j = 0; j < columns; j++) {
            const pull = share * data[s * columns + j]
            gradient.data[t * columns + j] += pull
            value += pull * data[t * columns + j]
          }
        }
      }
      return Math.max(0, value / 2)
    },
    curvature: (penalty) => coupling(penalty) * Math.max(0, steepest) + ridgePenalty,
  }
}

/** Of a chain of tasks in their order: sum_t (w_t+1 - w_t)^2 = w'L w. */
export function chainLaplacian(tasks: number): Matrix {
  const laplacian = matrix(tasks, tasks)
  for (let t = 0; t + 1 < tasks; t++) {
    laplacian.data[t * tasks + t]++
    laplacian.data[(t + 1) * tasks + t + 1]++
    laplacian.data[t * tasks + t + 1]--
    laplacian.data[(t + 1) * tasks + t]--
  }
  return laplacian
}
