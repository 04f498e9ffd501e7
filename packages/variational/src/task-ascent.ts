/**
 * Coordinate ascent of one task against the fixed components of its prior. A sweep is
 *
 *   means     one Newton step, the same length for all outputs
 *   scales    1 / sigma^2 = lambda + sum_n max(-2 h_n, 0) x_n^2 / beta, lambda the prior's precision, or a part of the way there
 *   mixing    the maximum over alpha where it has a closed form, else a gradient step in the logits
 *   transfer  the variance added to the other tasks' posteriors, where it is learnt
 *   noise     s = (sum of squares + nu) / (N + nu)
 *
 * each accepted only where the objective does not fall: halved up to 30 times, then left out.
 */
import { mixtureDivergence } from '@mtl/core'
import type { MixtureDivergence, MixtureRule } from '@mtl/core'
import type { Components } from './components.ts'
import { alongLogits, inverseWeights, logitDirection, responsibleWeights } from './mixing.ts'
import { newtonDirection } from './newton-direction.ts'
import type { Settings } from './options.ts'
import { addProducts, taskLikelihood } from './task-likelihood.ts'
import type { TaskRows } from './task-rows.ts'
import type { Posterior, TaskState } from './task-state.ts'
import { inflated, initialTransfer, maximiseTransfer } from './transfer-variance.ts'

export interface AscentSettings
  extends Omit<Settings, 'priorRule' | 'folds' | 'outerSteps' | 'priorVariance'> {
  readonly priorVariance: number
  readonly priorRule: MixtureRule
  /** The mixing weights stay uniform, or what the state holds. */
  readonly fixedMixing?: boolean
}

export function firstNoise({ noiseVariance }: Pick<AscentSettings, 'noiseVariance'>): number {
  return noiseVariance === 'learn' ? 1 : noiseVariance
}

export interface TaskAscent {
  /** The posterior under this prior, before any sweep; mixing uniform unless given. */
  begin(posterior: Posterior, mixing?: Float64Array): TaskState
  /** The next state; the old one is left as it was. */
  sweep(state: TaskState): TaskState
}

const halvings = 30
const leastNoise = 1e-12
/** Of the objective: its last digit. */
const leastGain = 2 ** -52

/** Memory for the sweeps included: made once for each task and outer step. */
export function taskAscent(task: TaskRows, components: Components, settings: AscentSettings): TaskAscent {
  const { divergenceWeight: beta, concentration, noisePseudoRows, priorRule, tolerance } = settings
  const { design, squares, targets, weights } = task
  const count = components.tasks.length
  const size = components.means.columns
  const pseudoCount = count > 1 ? concentration / count : 0
  const learnsNoise = task.kind === 'regression' && settings.noiseVariance === 'learn'
  const likelihood = taskLikelihood(task, settings.quadratureNodes)
  const newton = newtonDirection(task)
  const priorAt = (transfer: number): MixtureDivergence =>
    mixtureDivergence(priorRule, { means: components.means, variances: inflated(components, transfer) })

  // The point that is climbed from, what is known of it, and where trials are written.
  let prior = priorAt(0)
  let [means, logDeviations, mixing] = [
    new Float64Array(size),
    new Float64Array(size),
    new Float64Array(count),
  ]
  let [nextMeans, nextDeviations, nextMixing] = [means.slice(), means.slice(), mixing.slice()]
  let [here, there] = [likelihood.memory(), likelihood.memory()]
  let [noise, transfer, logLikelihood, divergence, objective] = [1, 0, 0, 0, 0]
  const direction = new Float64Array(size)
  const slope = new Float64Array(size)
  const precision = new Float64Array(size)
  const logits = new Float64Array(count)
  // The state that the last sweep ended in: all that is known of it still stands.
  let reached: TaskState | undefined

  function objectiveOf(
    likelihoodThere: number,
    divergenceThere: number,
    mixingThere: Float64Array,
    noiseThere: number,
  ): number {
    let value = likelihoodThere - beta * divergenceThere
    if (pseudoCount > 0) for (let j = 0; j < count; j++) value += pseudoCount * Math.log(mixingThere[j])
    if (learnsNoise) value -= 0.5 * noisePseudoRows * (Math.log(noiseThere) + 1 / noiseThere)
    return value
  }

  function enter(at: Posterior & Pick<TaskState, 'mixing' | 'transferVariance'>): void {
    reached = undefined
    means.set(at.means)
    logDeviations.set(at.logDeviations)
    mixing.set(at.mixing)
    noise = at.noiseVariance
    if (at.transferVariance !== transfer) prior = priorAt(at.transferVariance)
    transfer = at.transferVariance
    prior.weigh(mixing)
    logLikelihood = likelihood.evaluate(means, logDeviations, noise, here)
    divergence = prior.value(means, logDeviations)
    objective = objectiveOf(logLikelihood, divergence, mixing, noise)
  }

  /** Accepts the trial unless the objective falls; its activations stand in `there`. */
  function accepts(meansThere: Float64Array, deviationsThere: Float64Array): boolean {
    const likelihoodThere = likelihood.evaluate(meansThere, deviationsThere, noise, there)
    const divergenceThere = prior.value(meansThere, deviationsThere)
    const value = objectiveOf(likelihoodThere, divergenceThere, mixing, noise)
    if (!(value >= objective)) return false
    ;[logLikelihood, divergence, objective] = [likelihoodThere, divergenceThere, value]
    ;[here, there] = [there, here]
    return true
  }

  /** `promise`: what a whole step gains to first order. Where that is below rounding no step can be told from another. */
  function halving(promise: number, accepted: (step: number) => boolean): void {
    const least = leastGain * (1 + Math.abs(objective))
    for (let k = 0, step = 1; k < halvings && step * promise > least; k++, step /= 2)
      if (accepted(step)) return
  }

  function moveMeans(): void {
    const { byMean, precision: lambda } = prior.slopes(means, logDeviations)
    for (let d = 0; d < size; d++) {
      slope[d] = -beta * byMean[d]
      precision[d] = beta * lambda[d]
    }
    addProducts(slope, here.byMean, design.data, design.columns)
    newton(direction, here, slope, precision)
    halving(innerProduct(slope, direction), (step) => {
      for (let d = 0; d < size; d++) nextMeans[d] = means[d] + step * direction[d]
      if (!accepts(nextMeans, logDeviations)) return false
      ;[means, nextMeans] = [nextMeans, means]
      return true
    })
  }

  function moveScales(): void {
    const { precision: lambda } = prior.slopes(means, logDeviations)
    precision.fill(0)
    addCurvatures(precision, here.byVariance, squares.data, design.columns)
    let promise = 0
    for (let d = 0; d < size; d++) {
      const target = lambda[d] + precision[d] / beta
      direction[d] = -0.5 * Math.log(target) - logDeviations[d]
      // dJ/drho = beta (1 - sigma^2 / target variance)
      promise += beta * (1 - target * Math.exp(2 * logDeviations[d])) * direction[d]
    }
    halving(promise, (step) => {
      for (let d = 0; d < size; d++) nextDeviations[d] = logDeviations[d] + step * direction[d]
      if (!accepts(means, nextDeviations)) return false
      ;[logDeviations, nextDeviations] = [nextDeviations, logDeviations]
      return true
    })
  }

  function acceptsMixing(): boolean {
    prior.weigh(nextMixing)
    const divergenceThere = prior.value(means, logDeviations)
    const value = objectiveOf(logLikelihood, divergenceThere, nextMixing, noise)
    if (!(value >= objective)) {
      prior.weigh(mixing)
      return false
    }
    ;[divergence, objective] = [divergenceThere, value]
    ;[mixing, nextMixing] = [nextMixing, mixing]
    return true
  }

  function moveMixing(): void {
    const { byWeight, responsibilities } = prior.slopes(means, logDeviations)
    if (priorRule === 'log-sum-exp') {
      responsibleWeights(nextMixing, responsibilities, beta, pseudoCount)
      acceptsMixing()
    } else if (priorRule === 'convex' && pseudoCount > 0) {
      inverseWeights(nextMixing, byWeight, beta, pseudoCount)
      acceptsMixing()
    } else {
      const promise = logitDirection(logits, mixing, byWeight, beta, pseudoCount)
      halving(promise, (step) => {
        alongLogits(nextMixing, mixing, logits, step)
        return acceptsMixing()
      })
    }
  }

  function moveTransfer(): void {
    const trial = (value: number): { prior: MixtureDivergence; divergence: number } => {
      const changed = priorAt(value)
      changed.weigh(mixing)
      return { prior: changed, divergence: changed.value(means, logDeviations) }
    }
    const found = maximiseTransfer(transfer, (value) => -trial(value).divergence)
    const there = trial(found)
    const value = objectiveOf(logLikelihood, there.divergence, mixing, noise)
    if (!(value >= objective)) return
    ;[prior, transfer, divergence, objective] = [there.prior, found, there.divergence, value]
  }

  function moveNoise(): void {
    if (task.total + noisePseudoRows === 0) return
    let squaresLeft = noisePseudoRows
    for (let n = 0; n < targets.length; n++)
      squaresLeft += weights[n] * ((targets[n] - here.means[n]) ** 2 + here.variances[n])
    const before = noise
    noise = Math.max(squaresLeft / (task.total + noisePseudoRows), leastNoise)
    if (!accepts(means, logDeviations)) noise = before
  }

  const learnsTransfer = settings.transferVariance === 'learn' && components.tasks.some((t) => t >= 0)
  return {
    begin(posterior, given = new Float64Array(count).fill(1 / count)) {
      const start = {
        ...posterior,
        mixing: given,
        transferVariance: initialTransfer(components, settings),
      }
      enter(start)
      return { ...start, objective, logLikelihood, divergence, sweeps: 0, converged: false }
    },
    sweep(state) {
      if (state !== reached) enter(state)
      const before = objective
      moveMeans()
      moveScales()
      if (count > 1 && settings.fixedMixing !== true) moveMixing()
      if (learnsTransfer) moveTransfer()
      if (learnsNoise) moveNoise()
      reached = {
        means: means.slice(),
        logDeviations: logDeviations.slice(),
        mixing: mixing.slice(),
        noiseVariance: noise,
        transferVariance: transfer,
        objective,
        logLikelihood,
        divergence,
        sweeps: state.sweeps + 1,
        converged: objective - before <= tolerance * (1 + Math.abs(objective)),
      }
      return reached
    },
  }
}

/** Adds max(-2 H, 0)'X^2. */
function addCurvatures(
  result: Float64Array,
  byVariance: Float64Array,
  squares: Float64Array,
  size: number,
): void {
  const outputs = result.length / size
  for (let at = 0, n = 0; at < byVariance.length; n += size) {
    for (let k = 0; k < outputs; k++, at++) {
      const curvature = Math.max(-2 * byVariance[at], 0)
      const to = k * size
      for (let p = 0; p < size; p++) result[to + p] += curvature * squares[n + p]
    }
  }
}

function innerProduct(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}
