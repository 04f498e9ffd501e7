/**
 * Ranks from networks that are trained apart: each task's own, all from one common start, so that their units can be
 * compared; their kernels are cut to the smallest ranks that leave a tenth of them, and training goes on from there.
 *
 * Yang and Hospedales (2017), ICLR, section 3.3.
 */
import { MtlError, runPhases } from '@mtl/core'
import type { Estimator } from '@mtl/core'
import { networkEstimator, networkTrainer } from '@mtl/core/tensor'
import type { Architecture, NetworkParameters, Trainer, TrainerOptions, Weights } from '@mtl/core/tensor'
import { factorise, type TensorForm } from './factorise.ts'
import { factorName, ranksIn } from './tensor-layer.ts'

/** What the kernels may lose, relatively. */
const mostLost = 0.1

/** What is trained: networks of the tasks apart, then the one of factors, whose other variables have the same names. */
interface Factorised {
  readonly form: TensorForm
  readonly layers: number
  /** Its kernels are 'tasks/layer/<l>/kernel'. */
  readonly apart: Architecture
  /** With ranks as large as can be. */
  readonly whole: Architecture
  readonly withRanks: (ranks: readonly (readonly number[])[]) => Architecture
  readonly trainer: TrainerOptions
}

/** @throws MtlError 'invalid-option' */
export function factorisedEstimator(factorised: Factorised): Estimator<NetworkParameters> {
  const { whole, apart, trainer } = factorised
  const [first, second] = [
    networkEstimator(apart, networkTrainer(firstOptions(trainer))),
    networkEstimator(whole, factorisedTrainer(factorised)),
  ]
  return {
    ...second,
    cost(data) {
      const [before, then] = [first, second].map((estimator) => estimator.cost?.(data))
      const none = { parameters: 0, operations: 0, bytes: 0 }
      const [a, b] = [before ?? none, then ?? none]
      return {
        parameters: b.parameters,
        operations: a.operations + b.operations,
        bytes: Math.max(a.bytes, b.bytes),
      }
    },
  }
}

function factorisedTrainer({ form, layers, apart, withRanks, trainer }: Factorised): Trainer {
  const whole = networkTrainer(trainer)
  return {
    name: 'factorised-trainer',
    options: whole.options,
    train(_architecture, data, context) {
      const { start } = trainer
      if (start) return whole.train(withRanks(ranksOfStart(form, layers, start)), data, context)
      return runPhases(context, 2, async function* (run) {
        const weights = yield* run('networks apart', async function* (inner) {
          const { parameters } = yield* networkTrainer(firstOptions(trainer)).train(apart, data, inner)
          return inFactors(form, layers, parameters.weights)
        })
        const { parameters, diagnostics } = yield* run('factors', (inner) =>
          networkTrainer({ ...trainer, start: weights }).train(
            withRanks(ranksIn(form, layers, weights) ?? []),
            data,
            inner,
          ),
        )
        return { parameters, converged: diagnostics.converged }
      })
    },
  }
}

/** Each network stops for itself; what it is good for is a start. */
function firstOptions(trainer: TrainerOptions): TrainerOptions {
  return { monitor: 'each', ...trainer, refit: false }
}

/** The weights with the factors of each layer's kernels in place of these. */
function inFactors(form: TensorForm, layers: number, weights: Weights): Weights {
  const isKernel = (name: string): boolean => name.startsWith('tasks/layer/') && name.endsWith('/kernel')
  const others = Object.entries(weights).filter(([name]) => !isKernel(name))
  const factors = Array.from({ length: layers }, (_, l) => {
    const { shape, values } = weights[`tasks/layer/${l}/kernel`]
    const [tasks, inputs, units] = shape
    const stack = { tasks, inputs, units, data: Float64Array.from(values) }
    return Object.entries(factorise(form, stack, { error: mostLost })).map(
      ([factor, made]) =>
        [
          factorName(`layer/${l}`, factor),
          { shape: made.shape, values: Float32Array.from(made.values) },
        ] as const,
    )
  })
  return Object.fromEntries([...others, ...factors.flat()])
}

function ranksOfStart(
  form: TensorForm,
  layers: number,
  start: NonNullable<TrainerOptions['start']>,
): readonly (readonly number[])[] {
  const ranks = ranksIn(form, layers, 'shape' in start ? (start as NetworkParameters).weights : start)
  if (ranks) return ranks
  const text = `ranks: 'auto' goes on with those of trainer.start, which has no factors of form '${form}' for ${layers} layers: give ranks`
  throw new MtlError('invalid-option', text, { option: 'ranks' })
}
