import { dataset } from '../../data/dataset.ts'
import type { Dataset } from '../../data/types.ts'
import type { Estimator, Model, TrainEvent } from '../../model/types.ts'
import { createRandom } from '../../random/generator.ts'
import { sampleNormal } from '../../random/sample.ts'
import type { RandomGenerator } from '../../random/types.ts'
import { fit } from '../../training/fit.ts'
import { linearNetwork } from '../linear.fixture.ts'
import type { Architecture, Weights } from '../types.ts'
import { networkEstimator } from './network-estimator.ts'
import { networkTrainer } from './network-trainer.ts'
import type { NetworkParameters, TrainerOptions } from './types.ts'

/** Rows of their own. */
export const long: Dataset = related(20, false)
/** The same rows for all, a third of the labels missing. */
export const wide: Dataset = related(40, true)

/** Three tasks y = w_t' x + e, whose weights are alike. */
function related(rows: number, areShared: boolean): Dataset {
  const random = createRandom(1)
  const draw = (n: number, from: RandomGenerator): number[] =>
    Array.from({ length: n }, () => sampleNormal(from))
  const common = draw(rows, random.fork('rows')).map((_, i) => draw(2, random.fork('row').fork(i)))
  const { tasks } = dataset(
    ['a', 'b', 'c'].map((name) => {
      const own = random.fork(name)
      const weights = draw(2, own).map((w, j) => 1 + j + 0.3 * w)
      const inputs = areShared ? common : common.map(() => draw(2, own))
      const isMissing = (i: number): boolean => areShared && (i + name.charCodeAt(0)) % 3 === 0
      const targets = inputs.map(([x, z], i) =>
        isMissing(i) ? NaN : weights[0] * x + weights[1] * z + 0.2 * sampleNormal(own),
      )
      return { name, inputs, targets }
    }),
  )
  return areShared ? { tasks: tasks.map((task) => ({ ...task, inputs: tasks[0].inputs })) } : { tasks }
}

type Step = Extract<TrainEvent, { type: 'step' }>
type NetworkModel = Model<string, NetworkParameters>

export const estimator = (
  options: TrainerOptions,
  architecture: Architecture = linearNetwork(),
): Estimator<NetworkParameters> =>
  networkEstimator(architecture, networkTrainer({ epochs: 3, batchSize: 16, learningRate: 0.05, ...options }))

export async function trained(
  options: TrainerOptions,
  data: Dataset = long,
  architecture?: Architecture,
): Promise<{
  readonly model: NetworkModel
  readonly events: readonly TrainEvent[]
  readonly steps: readonly Step[]
}> {
  const events: TrainEvent[] = []
  const model = await fit(estimator(options, architecture), data, {
    random: 2,
    onEvent: (event) => events.push(event),
  })
  return { model, events, steps: events.filter((event) => event.type === 'step') }
}

export const weightsOf = async (
  options: TrainerOptions,
  data?: Dataset,
  architecture?: Architecture,
): Promise<Weights> => (await trained(options, data, architecture)).model.parameters.weights

/** Largest difference of any weight. */
export function distance(a: Weights, b: Weights): number {
  return Math.max(
    ...Object.entries(a).flatMap(([name, { values }]) =>
      Array.from(values, (value, i) => Math.abs(value - b[name].values[i])),
    ),
  )
}

export const rowOf = (weights: Weights, name: string, row: number): number[] => {
  const { shape, values } = weights[name]
  return [...values.slice((row * values.length) / shape[0], ((row + 1) * values.length) / shape[0])]
}
