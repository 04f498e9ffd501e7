import { normal } from '../../distribution/normal.ts'
import type { Distribution } from '../../distribution/types.ts'
import type { Matrix } from '../../linalg/types.ts'
import type { FittedTask } from '../types.ts'

/**
 * Normal with the scaled outputs as means and the residual variance of the task; all of it is noise, for a network
 * has no posterior.
 */
export function scaledNormal(outputs: Matrix, task: FittedTask): Distribution {
  const variance = new Float64Array(outputs.rows).fill(task.noiseVariance)
  const means = outputs.data.map((o) => task.mean + task.deviation * o)
  return normal(means, variance, variance)
}
