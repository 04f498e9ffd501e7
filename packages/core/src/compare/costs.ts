import type { Dataset } from '../data/types.ts'
import type { Estimator } from '../model/types.ts'
import { createRandom } from '../random/generator.ts'
import { permutation } from '../random/sample.ts'
import type { RandomGenerator } from '../random/types.ts'
import { fit } from '../training/fit.ts'
import type { CostEstimate } from './types.ts'

/** Milliseconds that trial fits may take: of all together at least, and for each of many, whose code runs for the first time. */
const leastBudget = 1000
const budgetOfEach = 200
/** Of the smallest sample; then as many again, until the time is up. */
const fewestTasks = 8

/**
 * Fits each estimator to a sample of tasks (a second at most for all, of more than five a fifth of a second for each, but that a step which has begun is ended) and scales
 * the time by its `cost`, or by rows where it states none. Seconds are NaN of an
 * estimator that cannot learn the sample; whether it can learn all of the data the comparison says.
 * @throws `signal.reason` when aborted
 */
export async function estimateCosts(
  estimators: Readonly<Record<string, Estimator>>,
  data: Dataset,
  options: { readonly random: number | string | RandomGenerator; readonly signal?: AbortSignal },
): Promise<readonly CostEstimate[]> {
  const { signal } = options
  const random = typeof options.random === 'object' ? options.random : createRandom(options.random)
  const order = permutation(random.fork(0), data.tasks.length)
  const ends = performance.now() + Math.max(leastBudget, budgetOfEach * Object.keys(estimators).length)
  const estimates: CostEstimate[] = []
  let left = Object.keys(estimators).length
  for (const [label, estimator] of Object.entries(estimators)) {
    signal?.throwIfAborted()
    const share = (ends - performance.now()) / left
    const seconds = await secondsOf(estimator, data, order, Math.max(0, share), random.fork(label), signal)
    const { parameters, bytes } = estimator.cost?.(data) ?? { parameters: NaN, bytes: NaN }
    estimates.push({ estimator: label, parameters, seconds, bytes })
    left -= 1
  }
  return estimates
}

/** Time taken, and what it is thought to grow with. */
interface Measured {
  readonly seconds: number
  readonly size: number
  readonly cut: boolean
}

/**
 * Of training on all data: samples of tasks grow twofold while the next one fits into `share` milliseconds. The smallest is
 * fitted twice and counted once.
 */
async function secondsOf(
  estimator: Estimator,
  data: Dataset,
  order: Int32Array,
  share: number,
  random: RandomGenerator,
  signal: AbortSignal | undefined,
): Promise<number> {
  const ends = performance.now() + share
  const whole = sizeOf(estimator, data)
  const tryOut = async (size: number, until: number): Promise<Measured | undefined> => {
    const sample = sampleOf(data, order, size)
    const trial = await timedFit(estimator, sample, until, random, signal)
    return trial && { ...trial, size: sizeOf(estimator, sample) }
  }
  const cold = await tryOut(fewestTasks, ends - share / 2)
  if (cold === undefined) return NaN
  // However late it is: what code takes that runs for the first time says little.
  const warmEnds = Math.max(ends, performance.now() + share / 2)
  let before: Measured | undefined
  for (let size = fewestTasks; ; size *= 2) {
    const last = await tryOut(size, warmEnds)
    // Twice the tasks take at least twice the time.
    const late = last === undefined || last.cut || performance.now() + 2000 * last.seconds > ends
    if (late || size >= order.length) return extrapolated(last, before, whole)
    before = last
  }
}

/** Of the time of a small fit this share at least is thought to grow with its size; the rest may be the same for any. */
const leastGrowing = 0.25

/** By what the last of two samples took more than the one before; in proportion where there was none. NaN where none could be fitted. */
function extrapolated(last: Measured | undefined, before: Measured | undefined, whole: number): number {
  if (last === undefined) return NaN
  const proportional = last.seconds / last.size
  const rate =
    before === undefined
      ? proportional
      : Math.min(
          proportional,
          Math.max(leastGrowing * proportional, (last.seconds - before.seconds) / (last.size - before.size)),
        )
  return last.seconds + rate * (whole - last.size)
}

/** The first tasks of a random order, as they stand in the data. */
function sampleOf({ tasks }: Dataset, order: Int32Array, size: number): Dataset {
  const chosen = new Set(order.subarray(0, size))
  return { tasks: tasks.filter((_, k) => chosen.has(k)) }
}

/** Seconds of a fit; of one that was `cut` at the end of its time, its time divided by the share that was behind; undefined where it failed. */
async function timedFit(
  estimator: Estimator,
  data: Dataset,
  ends: number,
  random: RandomGenerator,
  signal: AbortSignal | undefined,
): Promise<{ readonly seconds: number; readonly cut: boolean } | undefined> {
  const started = performance.now()
  const stop = new AbortController()
  let behind = 0
  const elapsed = (): number => (performance.now() - started) / 1000
  try {
    await fit(estimator, data, {
      random,
      signal: stop.signal,
      onEvent(event) {
        if (event.type === 'step') behind = event.fraction
        if (signal?.aborted || (behind > 0 && performance.now() > ends)) stop.abort()
      },
    })
    return { seconds: elapsed(), cut: false }
  } catch {
    signal?.throwIfAborted()
    return stop.signal.aborted ? { seconds: elapsed() / behind, cut: true } : undefined
  }
}

/** What the time of a fit grows with. */
function sizeOf(estimator: Estimator, data: Dataset): number {
  return estimator.cost?.(data).operations ?? data.tasks.reduce((sum, { inputs }) => sum + inputs.rows, 0)
}
