import type * as tf from '@tensorflow/tfjs'
import { layer } from './layer.ts'
import type { Batch, Body, LayerOptions, TrainingPass, Variables } from './types.ts'

/**
 * Hidden layers one upon another: `layers('shared/trunk', [30, 64, 32])`, layer l named 'NAME/l'.
 * @throws MtlError 'invalid-option', as `layer`
 */
export function layers(
  name: string,
  widths: readonly number[],
  options: LayerOptions & { readonly tasks?: number } = {},
): Pick<Body, 'units' | 'init'> & {
  apply(variables: Variables, x: tf.Tensor, batch: Batch, pass?: TrainingPass): tf.Tensor
} {
  const steps = widths.slice(1).map((outputs, l) => layer(`${name}/${l}`, widths[l], outputs, options))
  return {
    units: widths[widths.length - 1],
    init: (random) => Object.assign({}, ...steps.map((step) => step.init(random))) as Variables,
    apply: (v, x, batch, pass) => steps.reduce((h, step) => step.apply(v, h, batch, pass), x),
  }
}
