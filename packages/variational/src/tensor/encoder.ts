import * as tf from '@tensorflow/tfjs'
import { layer, layers } from '@mtl/core/tensor'
import type { Body, Variables } from '@mtl/core/tensor'
import type { Normals } from './mixture-term.ts'

/** Of log variances of latent numbers: in float32 their exponentials are neither 0 nor infinite. */
const [leastLogVariance, mostLogVariance] = [-10, 4]

/** log variance of latent numbers at the start: rows can be told apart. */
const firstLogVariance = -3

/** q(z | x): from rows [R, features] to R normals of latent numbers. */
export interface Encoder extends Pick<Body, 'init'> {
  apply(variables: Variables, x: tf.Tensor2D): Normals
}

/** Hidden layers of tanh, and above them a linear one for the means and one for the log variances. */
export function encoder(features: number, widths: readonly number[], latentUnits: number): Encoder {
  const hidden = layers('shared/encoder', [features, ...widths], { activation: 'tanh' })
  const mean = layer('shared/latent/mean', hidden.units, latentUnits, { activation: 'linear' })
  const logVariance = layer('shared/latent/logVariance', hidden.units, latentUnits, { activation: 'linear' })
  return {
    init: (random) => {
      const start = logVariance.init(random)
      return {
        ...hidden.init(random),
        ...mean.init(random),
        // Near enough alike for all rows.
        'shared/latent/logVariance/kernel': tf.mul(0.1, start['shared/latent/logVariance/kernel']),
        'shared/latent/logVariance/bias': tf.fill([latentUnits], firstLogVariance),
      }
    },
    apply(v, x) {
      const batch = { inputs: [x] }
      const h = hidden.apply(v, x, batch)
      return {
        mean: mean.apply(v, h, batch),
        logVariance: tf.clipByValue(logVariance.apply(v, h, batch), leastLogVariance, mostLogVariance),
      }
    },
  }
}
