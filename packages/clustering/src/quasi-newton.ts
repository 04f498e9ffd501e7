import { dot, MtlError } from '@mtl/core'
import type { Iteration } from '@mtl/core'
import type { Objective } from './marginal.ts'

/** Where a minimisation stands. */
export interface Descent {
  readonly x: Float64Array
  readonly value: number
  readonly slope: Float64Array
  /** Last moves and changes of slope, oldest first. */
  readonly moves: readonly Move[]
  /** No step led down by more than rounding. */
  readonly stalled: boolean
}

interface Move {
  readonly along: Float64Array
  readonly change: Float64Array
  /** 1 / along'change. */
  readonly scale: number
}

/** What is minimised: minus a log likelihood over the number of rows, in all of x or its first values. */
export interface Descended {
  readonly objective: Objective
  readonly scale: number
  /** Values of x that move; default all. */
  readonly free?: number
}

export interface DescentLimits {
  readonly maxSteps: number
  readonly gradientTolerance: number
}

/** Moves that are remembered. */
const memory = 20
/** Relative gain below which a step counts as none. */
const leastGain = 1e-14
const sufficientDecrease = 1e-4
const curvatureDecrease = 0.9
const maxTrials = 25

/**
 * Limited-memory BFGS with a search for the strong Wolfe conditions.
 * Nocedal and Wright (2006), Numerical optimization, algorithms 7.4, 3.5 and 3.6.
 */
export function quasiNewton(
  descended: Descended,
  start: Float64Array,
  { maxSteps, gradientTolerance }: DescentLimits,
): Iteration<Descent, Float64Array> {
  return {
    init: () => firstDescent(descended, start),
    step: (state) => descend(descended, state),
    objective: ({ value }) => value,
    done: ({ slope, stalled }) => stalled || largest(slope) < gradientTolerance,
    finish: ({ x }) => x,
    report: ({ slope }) => ({ gradient: largest(slope) }),
    monotone: true,
    maxSteps,
  }
}

export function firstDescent(descended: Descended, start: Float64Array): Descent {
  const x = Float64Array.from(start)
  return { x, ...evaluate(descended, x), moves: [], stalled: false }
}

/** The next point; a stalled one where nothing leads further down. */
export function descend(descended: Descended, state: Descent): Descent {
  const found = searchAlong(descended, state, towards(state))
  if (found !== undefined) return advanced(state, found)
  // The remembered moves led astray: straight down.
  return state.moves.length > 0 ? descend(descended, { ...state, moves: [] }) : { ...state, stalled: true }
}

function advanced(state: Descent, found: Point): Descent {
  const along = found.x.map((value, k) => value - state.x[k])
  const change = found.slope.map((value, k) => value - state.slope[k])
  const product = dot(along, change)
  const keeps = product > 1e-12 * Math.sqrt(dot(along, along) * dot(change, change))
  const moves = keeps
    ? [...state.moves.slice(1 - memory), { along, change, scale: 1 / product }]
    : state.moves
  const gain = state.value - found.value
  return { ...found, moves, stalled: gain <= leastGain * Math.max(Math.abs(state.value), 1) }
}

interface Point {
  readonly x: Float64Array
  readonly value: number
  readonly slope: Float64Array
}

function evaluate(
  { objective, scale, free }: Descended,
  x: Float64Array,
): { value: number; slope: Float64Array } {
  const slope = new Float64Array(x.length)
  const value = -scale * objective(x, slope)
  for (let k = 0; k < slope.length; k++) slope[k] = k < (free ?? slope.length) ? -scale * slope[k] : 0
  return { value, slope }
}

/** -H slope by the two-loop recursion. */
function towards({ slope, moves }: Descent): Float64Array {
  const direction = slope.map((g) => -g)
  const shares = new Float64Array(moves.length)
  for (let m = moves.length - 1; m >= 0; m--) {
    const { along, change, scale } = moves[m]
    shares[m] = scale * dot(along, direction)
    for (let k = 0; k < direction.length; k++) direction[k] -= shares[m] * change[k]
  }
  const last = moves.at(-1)
  const length = last
    ? 1 / (last.scale * dot(last.change, last.change))
    : 1 / Math.max(1, Math.sqrt(dot(slope, slope)))
  for (let k = 0; k < direction.length; k++) direction[k] *= length
  for (const [m, { along, change, scale }] of moves.entries()) {
    const share = shares[m] - scale * dot(change, direction)
    for (let k = 0; k < direction.length; k++) direction[k] += share * along[k]
  }
  return direction
}

/** A trial at a length along the direction. */
interface Trial extends Point {
  readonly length: number
  /** Derivative along the direction. */
  readonly rate: number
}

/** A point that satisfies the strong Wolfe conditions, or the lowest found that decreases enough; undefined if none does. */
function searchAlong(descended: Descended, from: Descent, direction: Float64Array): Point | undefined {
  const start: Trial = { ...from, length: 0, rate: dot(from.slope, direction) }
  if (!(start.rate < 0)) return undefined
  let bracket: Bracket = { low: start }
  let length = 1
  for (let trial = 0; trial < maxTrials; trial++) {
    const point = trialAt(descended, from, direction, length)
    if (falls(start, bracket.low, point) && Math.abs(point.rate) <= -curvatureDecrease * start.rate)
      return point
    bracket = narrowed(start, bracket, point)
    const { low, high } = bracket
    length = high === undefined ? 2 * length : between(low, high)
    if (high !== undefined && Math.abs(high.length - low.length) < 1e-12 * Math.max(1, low.length)) break
  }
  const { low } = bracket
  return low.length > 0 && low.value < start.value ? low : undefined
}

/** The lowest trial so far that decreases enough, and one on the other side of a minimum. */
interface Bracket {
  readonly low: Trial
  readonly high?: Trial
}

function falls(start: Trial, low: Trial, point: Trial): boolean {
  return (
    point.value <= start.value + sufficientDecrease * point.length * start.rate && point.value < low.value
  )
}

function narrowed(start: Trial, { low, high }: Bracket, point: Trial): Bracket {
  if (!falls(start, low, point)) return { low, high: point }
  return point.rate * ((high?.length ?? Infinity) - low.length) >= 0
    ? { low: point, high: low }
    : { low: point, ...(high && { high }) }
}

function trialAt(descended: Descended, { x }: Point, direction: Float64Array, length: number): Trial {
  const moved = x.map((value, k) => value + length * direction[k])
  const reached = attempted(descended, moved)
  return { x: moved, ...reached, length, rate: dot(reached.slope, direction) }
}

/** A trial so far out that its factors overflow is no failure of the search: it is as bad as can be. */
function attempted(descended: Descended, x: Float64Array): { value: number; slope: Float64Array } {
  try {
    const reached = evaluate(descended, x)
    if (Number.isFinite(reached.value) && reached.slope.every(Number.isFinite)) return reached
  } catch (error) {
    if (!(error instanceof MtlError)) throw error
  }
  return { value: Infinity, slope: new Float64Array(x.length) }
}

/** Minimum of the cubic through both ends, kept within the middle 80 % of the interval; its half where there is none. */
function between(low: Trial, high: Trial): number {
  const width = high.length - low.length
  const middle = low.length + width / 2
  if (!Number.isFinite(high.value)) return low.length + width / 10
  const d1 = low.rate + high.rate - (3 * (low.value - high.value)) / (low.length - high.length)
  const root = d1 * d1 - low.rate * high.rate
  if (!(root >= 0)) return middle
  const d2 = Math.sign(width) * Math.sqrt(root)
  const cubic = high.length - (width * (high.rate + d2 - d1)) / (high.rate - low.rate + 2 * d2)
  const [first, last] = [low.length + 0.1 * width, high.length - 0.1 * width]
  const inside = cubic >= Math.min(first, last) && cubic <= Math.max(first, last)
  return inside ? cubic : middle
}

function largest(values: Float64Array): number {
  let most = 0
  for (let k = 0; k < values.length; k++) most = Math.max(most, Math.abs(values[k]))
  return most
}
