/**
 * Progressive layered extraction: in each level experts that tasks share and experts of each task's own, mixed by the
 * task's gate; below the last level what is shared goes on by a gate of its own. One level is customized gate control
 * (CGC).
 *
 *   S_e = MLP_e(x_s),    K_tp = MLP_tp(x_t)
 *   x_t <- sum_e p_te S_e + sum_p p_tp K_tp,    p_t = softmax(x_t (W_0 + W_t))
 *   x_s <- sum_e q_e S_e + sum_tp q_tp K_tp,    q = softmax(x_s W_s)
 *
 * x_t and x_s are the inputs of a row at first; S are the shared experts, K_t those of task t, W_0 what gates have in common
 * and W_t their own (0 at the start); with `heads: { sharing: 'own' }` the gate of the paper, W_t alone.
 *
 * Tang, Liu, Zhao and Gong (2020), Progressive layered extraction (PLE): a novel multi-task learning model for
 * personalized recommendations, RecSys, equations 1 to 9.
 */
import { check, checkNumber } from '@mtl/core'
import type { Estimator } from '@mtl/core'
import { networkEstimator, networkTrainer, withHeads } from '@mtl/core/tensor'
import type { Architecture, NetworkParameters } from '@mtl/core/tensor'
import { extraction, type LevelExperts } from './extraction.ts'
import { checkedOptions, checkWidths, storedHeads, trainerOptions, type NetworkOptions } from './options.ts'

export interface PleOptions extends NetworkOptions {
  /** How many levels. Default 1. */
  readonly levels?: number
  /** Shared experts of each level, or level by level. Default 2; without any each task has a network for itself. */
  readonly sharedExperts?: number | readonly number[]
  /** Experts of each task's own, alike. Default 2; without any one level is the multi-gate mixture of experts. */
  readonly taskExperts?: number | readonly number[]
  /** Widths of the layers of each expert. Default [16]. */
  readonly expertLayers?: readonly number[]
}

/** Progressive layered extraction. @throws MtlError 'invalid-option' */
export function ple(options: PleOptions = {}): Estimator<NetworkParameters> {
  return networkEstimator(pleArchitecture(options), networkTrainer(trainerOptions(options.trainer)))
}

/** The network alone, for a trainer or a loop of one's own. @throws MtlError 'invalid-option' */
export function pleArchitecture(options: PleOptions = {}): Architecture {
  const chosen = checkedExperts(options)
  const { layer, heads } = checkedOptions('ple', options, Object.keys(chosen))
  const gates = heads.sharing ?? 'shared-plus-own'
  return withHeads({
    name: 'ple',
    options: { ...chosen, ...layer, heads: storedHeads(heads) },
    capabilities: { descriptors: 'used' },
    heads,
    body: (features, { tasks }) =>
      extraction({
        levels: levelsOf(chosen),
        expertLayers: chosen.expertLayers,
        features,
        tasks: tasks.length,
        layer,
        gates,
      }),
  })
}

type CheckedExperts = Required<Pick<PleOptions, 'levels' | 'sharedExperts' | 'taskExperts' | 'expertLayers'>>

/** @throws MtlError 'invalid-option' */
function checkedExperts(options: PleOptions): CheckedExperts {
  const { sharedExperts = 2, taskExperts = 2, expertLayers = [16] } = options
  checkWidths('expertLayers', expertLayers)
  check(expertLayers.length > 0, 'invalid-option', 'expertLayers must name one width at least, as [16]', {
    option: 'expertLayers',
  })
  const levels = checkNumber('levels', options.levels ?? 1, { min: 1, integer: true })
  for (const [option, counts] of Object.entries({ sharedExperts, taskExperts })) {
    check(
      typeof counts === 'number' || counts.length === levels,
      'invalid-option',
      `${option} must be a number, or a list of one for each of ${levels} levels`,
      { option },
    )
    for (const count of [counts].flat()) checkNumber(option, count, { min: 0, integer: true })
  }
  const chosen = { levels, sharedExperts, taskExperts, expertLayers }
  const shared = levelsOf(chosen).filter((level) => level.shared > 0).length
  check(
    shared === 0 || shared === levels,
    'invalid-option',
    'sharedExperts must be above 0 in every level or in none',
    { option: 'sharedExperts' },
  )
  check(
    levelsOf(chosen).every((level) => level.shared + level.own > 0),
    'invalid-option',
    'sharedExperts and taskExperts are both 0: a task would have nothing to read',
    { option: 'sharedExperts' },
  )
  return chosen
}

function levelsOf({ levels, sharedExperts, taskExperts }: CheckedExperts): readonly LevelExperts[] {
  const at = (counts: number | readonly number[], l: number): number =>
    typeof counts === 'number' ? counts : counts[l]
  return Array.from({ length: levels }, (_, l) => ({
    shared: at(sharedExperts, l),
    own: at(taskExperts, l),
  }))
}
