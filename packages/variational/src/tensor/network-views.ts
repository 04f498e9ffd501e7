import * as tf from '@tensorflow/tfjs'
import type { TaskInfo, View } from '@mtl/core'
import type { Variables } from '@mtl/core/tensor'
import { relatednessView } from '../views.ts'
import { mixingOf, outsiders } from './mixing-weights.ts'

/** Who learns of whom, of weights and of latent numbers, without the noise of training. */
export async function mixingViews(
  v: Variables,
  tasks: readonly TaskInfo[],
  anchor: 'prior' | 'none',
): Promise<readonly View[]> {
  if (tasks.length === 1) return []
  return [
    relatednessView(
      'Weights: what each task takes from the others; learned weight, not a probability',
      await mixingMatrix(v, 'shared/mixing/weights', tasks.length, anchor),
      tasks,
    ),
    relatednessView(
      'Latent numbers: what each task takes from the others; learned weight, not a probability',
      await mixingMatrix(v, 'shared/mixing/latents', tasks.length, undefined),
      tasks,
    ),
  ]
}

async function mixingMatrix(
  v: Variables,
  name: string,
  tasks: number,
  anchor: 'prior' | 'none' | undefined,
): Promise<{ rows: number; columns: number; data: Float64Array }> {
  const teaches = await v['state/teaches'].data<'float32'>()
  const weights = tf.tidy(
    () => mixingOf(v[name] as tf.Tensor2D, undefined, 1, outsiders(teaches, anchor)).weights,
  )
  try {
    return { rows: tasks, columns: weights.shape[1], data: Float64Array.from(await weights.data()) }
  } finally {
    weights.dispose()
  }
}
