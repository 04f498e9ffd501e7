/**
 * Group lasso on columns: a network for each task alone, whose kernels a penalty on groups of their numbers couples.
 *
 *   h_t = MLP_t(x),    output_t = h_t . w_t + b_t,    loss + lambda sum_g sqrt(size of g) |W_g|
 *
 * The groups are chosen by name: see `column-penalties.ts`. After each update of size eta comes the proximal map,
 * W_g <- W_g max(0, 1 - eta lambda sqrt(size) / |W_g|), so that groups that are not needed are 0, not nearly so. eta is the
 * plain learning rate, whatever step the optimiser made of it.
 *
 * Yuan and Lin (2006), JRSS B 68, equation 2.4; Obozinski, Taskar and Jordan (2010), Statistics and Computing 20.
 */
import type { Estimator } from '@mtl/core'
import { checkNumber, checkOneOf } from '@mtl/core'
import { layers, networkEstimator, networkTrainer, withHeads } from '@mtl/core/tensor'
import type { Architecture, NetworkParameters, Variables } from '@mtl/core/tensor'
import { penalisedLayers, shrunkLayer, type ColumnGroups } from './column-penalties.ts'
import { columnViews } from './column-views.ts'
import { checkedOptions, storedHeads, trainerOptions, type NetworkOptions } from './options.ts'

export interface GroupLassoOptions extends NetworkOptions {
  /** Widths of each task's hidden layers. Default [32, 16]. */
  readonly layers?: readonly number[]
  /**
   * What is 0 together: an input for all tasks, an input for one task, a unit of one task, or a direction of the tasks'
   * kernels. Default 'input-rows'.
   */
  readonly groups?: ColumnGroups
  /** Strength lambda, in units of the loss of standardised targets. Default 0.01. */
  readonly penalty?: number
}

/** Columns with groups of weights that are exactly 0; heads are each task's own. @throws MtlError 'invalid-option' */
export function groupLasso(options: GroupLassoOptions = {}): Estimator<NetworkParameters> {
  return networkEstimator(groupLassoArchitecture(options), networkTrainer(trainerOptions(options.trainer)))
}

/** The network alone, for a trainer or a loop of one's own. @throws MtlError 'invalid-option' */
export function groupLassoArchitecture(options: GroupLassoOptions = {}): Architecture {
  const { groups = 'input-rows' } = options
  const {
    widths,
    layer: hidden,
    heads,
  } = checkedOptions('group-lasso', { ...options, heads: { sharing: 'own', ...options.heads } }, [
    'layers',
    'groups',
    'penalty',
  ])
  checkOneOf('groups', groups, ['input-rows', 'task-rows', 'output-units', 'trace-norm'])
  const penalty = checkNumber('penalty', options.penalty ?? 0.01, { min: 0, below: Infinity })
  return withHeads({
    name: 'group-lasso',
    options: { layers: widths, groups, penalty, ...hidden, heads: storedHeads(heads) },
    heads,
    body(features, shape) {
      const columns = layers('tasks/column', [features, ...widths], { ...hidden, tasks: shape.tasks.length })
      const penalised = penalisedLayers(
        groups,
        widths.map((_, l) => `tasks/column/${l}`),
      )
      return {
        units: columns.units,
        init: columns.init,
        forward: (v, x, batch, pass) => ({ representation: columns.apply(v, x, batch, pass) }),
        proximal: (v, stepSize) =>
          Object.assign(
            {},
            v,
            ...penalised.map((layer) => shrunkLayer(groups, layer, v, stepSize * penalty)),
          ) as Variables,
        views: (v, _x, _batch, tasks) => columnViews(groups, penalised, v, shape, tasks),
      }
    },
  })
}
