import { ensureBackend } from '../backend.ts'
import { trainChoosing } from './choose.ts'
import { learntParameters } from './finished.ts'
import { checkedOptions, storedOptions } from './options.ts'
import { runOf } from './run.ts'
import { trainNetwork } from './train-network.ts'
import type { Trainer, TrainerOptions } from './types.ts'

/**
 * The loop: batches, schedule, step, validation, events, checkpoints. An event's objective is the sum of the losses of
 * the tasks in its batch, before any weighting; a step that was skipped repeats the one before.
 *
 * Where rows are held out it has a phase for each of the architecture's candidates, named after it, and with `refit` one
 * on all rows at the end; otherwise it is one phase without a name.
 * @throws MtlError 'invalid-option', 'unsupported', 'unknown-name'; in training 'not-finite' with the step
 */
export function networkTrainer(options: TrainerOptions = {}): Trainer {
  const checked = checkedOptions(options)
  return {
    name: 'network-trainer',
    options: storedOptions(checked),
    async *train(architecture, data, context) {
      context.signal?.throwIfAborted()
      await ensureBackend()
      const run = runOf(checked, architecture, data, context.random)
      const candidates = architecture.candidates?.(run.rows.shape) ?? []
      return yield* run.heldOut && (candidates.length > 1 || checked.refit)
        ? trainChoosing(
            run,
            candidates.length > 0 ? candidates : [{ name: 'held-out rows', architecture }],
            context,
          )
        : trainNetwork(run, context, (finished) => learntParameters(run, finished))
    },
  }
}
