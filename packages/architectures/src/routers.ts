/**
 * How a task comes to its choice y at a depth, from its logits R, at a temperature that falls geometrically over training:
 *
 *   soft       y = softmax(R / temperature): a mixture, in prediction that of the last temperature
 *   gumbel     y = the largest of R + g, g = -log(-log u), u uniform: one draw from softmax(R) for each task and step;
 *              its gradient is that of softmax((R + g) / temperature) (straight through)
 *   reinforce  y ~ softmax(R); R follows (reward - baseline) d log p(y), the modules their plain gradient
 *
 * gumbel and reinforce predict by the largest logit. The reward of a task is minus its mean loss, plus `collaboration`
 * times how probable its choices have been with all tasks so far; the baseline is the task's mean reward so far. Both
 * means are moving ones.
 *
 * Jang, Gu and Poole (2017), Categorical reparameterization with Gumbel-softmax, ICLR, section 2.2. Rosenbaum, Klinger and
 * Riemer (2018), Routing networks, ICLR, section 4. Williams (1992), Simple statistical gradient-following algorithms,
 * Machine Learning 8, equation 11.
 */
import * as tf from '@tensorflow/tfjs'
import type { Matrix } from '@mtl/core'
import type { LossCells, TrainingPass, Variables } from '@mtl/core/tensor'
import { gumbelNoise, largest, straightThrough } from './hard-choices.ts'
import { policyLoss, taskMeans } from './policy-gradient.ts'
import { matrixOf } from './task-similarity.ts'

export interface RouterOptions {
  /** How choices are learnt. Default 'gumbel'. */
  readonly router?: 'soft' | 'gumbel' | 'reinforce'
  /** Temperature of 'soft' and 'gumbel' when training begins. Default 1. */
  readonly routerTemperatureStart?: number
  /** And when it ends. Default 0.1. */
  readonly routerTemperatureEnd?: number
  /**
   * 'reinforce': reward for choices that are probable with all tasks, so that modules are shared. Default 0.3, of the
   * paper.
   */
  readonly collaboration?: number
  /** 'gumbel' and 'reinforce': weight of the policies' entropies, against early collapse on one module. Default 0.01. */
  readonly entropyBonus?: number
}

interface Router {
  init(): Variables
  /** [tasks, choices] for each depth. */
  choices(v: Variables, pass?: TrainingPass): readonly tf.Tensor2D[]
  /** Probability of each choice, tasks x choices, by depth. */
  policies(v: Variables): Promise<readonly Matrix[]>
}

type Checked = Required<RouterOptions>

/** What is kept of moving means in a step. */
const momentum = 0.9

const temperatureState = 'state/router/temperature'

/** `choices`: how many at each depth. */
export function routerOf(tasks: number, choices: readonly number[], options: Checked): Router {
  const { router, routerTemperatureStart: start, routerTemperatureEnd: end } = options
  const logitsOf = (v: Variables): readonly tf.Tensor2D[] =>
    choices.map((_, d) => v[`tasks/router/${d}`] as tf.Tensor2D)
  const temperatureAt = ({ progress }: TrainingPass): number => start * (end / start) ** progress
  const softmaxes = (logits: readonly tf.Tensor2D[], temperature: tf.Tensor | number): tf.Tensor2D[] =>
    logits.map((each) => tf.softmax(tf.div<tf.Tensor2D>(each, temperature)))

  const routers: Record<Checked['router'], Router['choices']> = {
    soft(v, pass) {
      if (!pass) return softmaxes(logitsOf(v), v[temperatureState])
      const temperature = temperatureAt(pass)
      pass.update(temperatureState, tf.scalar(temperature))
      return softmaxes(logitsOf(v), temperature)
    },
    gumbel(v, pass) {
      const logits = logitsOf(v)
      if (!pass) return logits.map((each) => largest(each))
      const noise = gumbelNoise(tasks, choices, pass.random)
      if (options.entropyBonus > 0)
        pass.penalise((_, cells) => {
          const { weights } = taskMeans([], cells, tasks)
          return policyLoss(logits, undefined, weights, options.entropyBonus)
        })
      const noisy = logits.map((each, d) => tf.add<tf.Tensor2D>(each, noise[d]))
      return softmaxes(noisy, temperatureAt(pass)).map((each) => straightThrough(each))
    },
    reinforce(v, pass) {
      const logits = logitsOf(v)
      if (!pass) return logits.map((each) => largest(each))
      const noise = gumbelNoise(tasks, choices, pass.random)
      const drawn = logits.map((each, d) => largest(tf.add(each, noise[d])))
      pass.penalise((losses, cells) => scoreFunction(v, pass, logits, drawn, losses, cells))
      return drawn
    },
  }

  const scoreFunction = (
    v: Variables,
    pass: TrainingPass,
    logits: readonly tf.Tensor2D[],
    drawn: readonly tf.Tensor2D[],
    losses: readonly tf.Tensor1D[],
    cells: readonly LossCells[],
  ): tf.Scalar => {
    const { means, weights } = taskMeans(losses, cells, tasks)
    const familiar = familiarity(v, drawn)
    const reward = means.map((loss, t) => options.collaboration * familiar[t] - loss)
    const isSeen = v['state/router/seen'].dataSync()
    const baseline = v['state/router/baseline'].dataSync()
    // The first reward of a task is its own baseline: there is nothing to compare it with.
    const advantage = reward.map((r, t) => (isSeen[t] > 0 ? r - baseline[t] : 0))
    const moved = reward.map((r, t) => {
      if (weights[t] === 0) return baseline[t]
      return isSeen[t] > 0 ? momentum * baseline[t] + (1 - momentum) * r : r
    })
    pass.update('state/router/baseline', tf.tensor1d(Float32Array.from(moved)))
    pass.update(
      'state/router/seen',
      tf.tensor1d(Float32Array.from(weights, (weight, t) => Number(weight > 0 || isSeen[t] > 0))),
    )
    logits.forEach((each, d) => {
      const name = `state/router/usage/${d}`
      const now = tf.mean(tf.softmax(each), 0)
      pass.update(name, tf.add(tf.mul(v[name], momentum), tf.mul(now, 1 - momentum)))
    })
    return policyLoss(logits, { drawn, advantage }, weights, options.entropyBonus)
  }

  return {
    init: () => ({
      ...Object.fromEntries(choices.map((count, d) => [`tasks/router/${d}`, tf.zeros([tasks, count])])),
      ...(router === 'soft' && { [temperatureState]: tf.scalar(start) }),
      ...(router === 'reinforce' && {
        'state/router/baseline': tf.zeros([tasks]),
        'state/router/seen': tf.zeros([tasks]),
        ...Object.fromEntries(
          choices.map((count, d) => [`state/router/usage/${d}`, tf.fill([count], 1 / count)]),
        ),
      }),
    }),
    choices: routers[router],
    async policies(v) {
      const tensors = tf.tidy(() => softmaxes(logitsOf(v), router === 'soft' ? v[temperatureState] : 1))
      try {
        return await Promise.all(tensors.map((each) => matrixOf(each)))
      } finally {
        tf.dispose(tensors)
      }
    },
  }
}

/** How probable the choices of each task have been with all tasks so far, mean over depths. */
function familiarity(v: Variables, drawn: readonly tf.Tensor2D[]): Float64Array {
  const sums = new Float64Array(drawn[0].shape[0])
  drawn.forEach((chosen, d) => {
    const usage = v[`state/router/usage/${d}`].dataSync()
    chosen.dataSync().forEach((y, at) => {
      sums[Math.floor(at / usage.length)] += (y * usage[at % usage.length]) / drawn.length
    })
  })
  return sums
}
