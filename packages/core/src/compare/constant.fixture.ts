import { normal } from '../distribution/normal.ts'
import { defineEstimator } from '../model/define-estimator.ts'
import type { Capabilities, Estimator, EstimatorDefinition } from '../model/types.ts'

export const everything: Capabilities = {
  kinds: ['regression', 'binary', 'multiclass'],
  mixedKinds: true,
  inputs: 'nothing',
  levels: 'indicators',
  weights: true,
  descriptors: 'ignored',
  unseenTasks: ['nothing'],
  parameterUncertainty: false,
}

/** Predicts one number everywhere. */
export function constant(value: number, definition: Partial<EstimatorDefinition<number>> = {}): Estimator {
  return defineEstimator<number>({
    name: 'constant',
    version: 1,
    options: { value },
    capabilities: everything,
    train: () => value,
    predict: (mean, queries) =>
      queries.map(({ inputs }) =>
        normal(new Float64Array(inputs.rows).fill(mean), new Float64Array(inputs.rows).fill(1)),
      ),
    ...definition,
  })
}
