/**
 * Routing network: at each depth a router chooses for each task one of the modules that all tasks share.
 *
 *   h_t^d = sum_m y_tm^d f_m^d(h_t^(d-1)),    f_m^d(h) = phi(h W_m^d + b_m^d),    y_t^d from softmax(R_t^d)
 *
 * h^0 are the inputs of a row, y_t^d the choice of task t at depth d and R_t^d its logits, 0 at the start. Where a module
 * gives as many units as it reads, one further choice is to leave h as it is. Routers: see routers.ts.
 *
 * Rosenbaum, Klinger and Riemer (2018), Routing networks: adaptive selection of non-linear functions for multi-task
 * learning, ICLR, sections 3 and 4; the choice of each task alone, its dispatched agent.
 */
import * as tf from '@tensorflow/tfjs'
import { checkNumber, checkOneOf } from '@mtl/core'
import type { Estimator } from '@mtl/core'
import { layer, networkEstimator, networkTrainer, takeRows, withHeads } from '@mtl/core/tensor'
import type { Architecture, Body, DataShape, LayerOptions, NetworkParameters } from '@mtl/core/tensor'
import { checkedOptions, storedHeads, trainerOptions, withRate, type NetworkOptions } from './options.ts'
import { routerOf, type RouterOptions } from './routers.ts'
import { routingViews } from './routing-views.ts'

export interface RoutingOptions extends NetworkOptions, RouterOptions {
  /** Choices one after another. Default 2. */
  readonly depths?: number
  /** Modules to choose from at each depth. Default 4. */
  readonly modules?: number
  /** Width of each module. Default 16. */
  readonly moduleUnits?: number
  /** Learning rate of the routers, of that of weights. Default 1. */
  readonly routerRate?: number
}

/** Routing network. @throws MtlError 'invalid-option' */
export function routing(options: RoutingOptions = {}): Estimator<NetworkParameters> {
  const architecture = routingArchitecture(options)
  const { routerRate = 1 } = options
  return networkEstimator(
    architecture,
    networkTrainer(withRate(trainerOptions(options.trainer), 'tasks/router/', routerRate)),
  )
}

/** The network alone, for a trainer or a loop of one's own. @throws MtlError 'invalid-option' */
export function routingArchitecture(options: RoutingOptions = {}): Architecture {
  const chosen = checkedRouting(options)
  const { layer: hidden, heads } = checkedOptions('routing', options, Object.keys(chosen))
  return withHeads({
    name: 'routing',
    options: { ...chosen, ...hidden, heads: storedHeads(heads) },
    capabilities: { descriptors: 'used' },
    heads,
    body: (features, shape) => routedModules(features, shape, chosen, hidden),
  })
}

type Checked = Required<Omit<RoutingOptions, keyof NetworkOptions>>

function checkedRouting(options: RoutingOptions): Checked {
  const { router = 'gumbel', depths, modules, moduleUnits } = options
  checkOneOf('router', router, ['soft', 'gumbel', 'reinforce'])
  const whole = { min: 1, integer: true }
  const positive = { above: 0, below: Infinity }
  const notNegative = { min: 0, below: Infinity }
  const number = (name: keyof Checked, usual: number, range: typeof positive | typeof notNegative): number =>
    checkNumber(name, (options[name] as number | undefined) ?? usual, range)
  return {
    depths: checkNumber('depths', depths ?? 2, whole),
    modules: checkNumber('modules', modules ?? 4, whole),
    moduleUnits: checkNumber('moduleUnits', moduleUnits ?? 16, whole),
    router,
    routerTemperatureStart: number('routerTemperatureStart', 1, positive),
    routerTemperatureEnd: number('routerTemperatureEnd', 0.1, positive),
    collaboration: number('collaboration', 0.3, notNegative),
    entropyBonus: number('entropyBonus', 0.01, notNegative),
    routerRate: number('routerRate', 1, notNegative),
  }
}

function routedModules(
  features: number,
  { tasks }: DataShape,
  { depths, modules, moduleUnits, ...options }: Checked,
  hidden: LayerOptions,
): Body {
  // What tasks are to towers, modules are here: one tensor over them.
  const steps = Array.from({ length: depths }, (_, d) =>
    layer(`shared/modules/${d}`, d === 0 ? features : moduleUnits, moduleUnits, {
      ...hidden,
      tasks: modules,
    }),
  )
  const canSkip = (d: number): boolean => d > 0 || features === moduleUnits
  const router = routerOf(
    tasks.length,
    steps.map((_, d) => modules + Number(canSkip(d))),
    options,
  )
  return {
    units: moduleUnits,
    init: (random) =>
      Object.assign({}, ...steps.map((step) => step.init(random)), router.init()) as object as ReturnType<
        Body['init']
      >,
    forward(v, x, { inputs, taskOf }, pass) {
      const chosen = router.choices(v, pass)
      const rows = x.shape[0]
      let h: tf.Tensor2D = x
      let first: tf.Tensor | undefined
      steps.forEach((step, d) => {
        const outputs = step.apply(v, h, { inputs }, pass)
        const offered = canSkip(d) ? tf.concat([outputs, tf.expandDims(h, 1)], 1) : outputs
        first ??= offered
        h = tf.reshape(mixedByTask(offered, chosen[d], rows, taskOf), [-1, moduleUnits])
      })
      if (taskOf) return { representation: h }
      return {
        representation: tf.reshape(h, [rows, tasks.length, moduleUnits]),
        ...(first && { shared: first }),
      }
    },
    views: async (v, _x, _batch, infos) => routingViews(infos, await router.policies(v), modules),
  }
}

/**
 * What each cell reads of what it is offered: [rows or cells, choices, units] and [tasks, choices] give [rows, tasks,
 * units], where tasks own their rows [rows, 1, units].
 */
function mixedByTask(
  offered: tf.Tensor,
  chosen: tf.Tensor2D,
  rows: number,
  taskOf: Int32Array | undefined,
): tf.Tensor {
  const [tasks, choices] = chosen.shape
  const weights = taskOf
    ? tf.reshape(takeRows(chosen, taskOf), [rows, 1, choices, 1])
    : tf.reshape(chosen, [1, tasks, choices, 1])
  return tf.sum(tf.mul(tf.reshape(offered, [rows, -1, choices, offered.shape[2] ?? 0]), weights), 2)
}
