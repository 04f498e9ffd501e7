import { hiddenUnits, type Layout } from './layout.ts'
import type { TaskMemory } from './posterior.ts'
import type { Problem } from './problem.ts'

/** Sums over the hidden units of one task, and the slope that comes back from them to W. */
export interface Units {
  /** S and r of task i, for the W at the beginning of x. */
  taskStatistics(memory: TaskMemory, x: Float64Array, i: number): void
  /** Adds scale times dl/dW of task i, whose statistics were the last computed; E[A] and E[AA'] stand in `memory`. */
  addWeightSlope(memory: TaskMemory, i: number, scale: number, slope: Float64Array): void
}

/** Numbers: identity and linear units need sums alone, tanh units the rows. */
export function unitsOf(problem: Problem, layout: Layout): Units {
  if (layout.activation === 'identity') return identityUnits(problem, layout)
  return layout.activation === 'linear' ? linearUnits(problem, layout) : tanhUnits(problem, layout)
}

function identityUnits({ moments }: Problem, { units: p }: Layout): Units {
  const { products, cross } = moments ?? none
  return {
    taskStatistics(memory, _, i) {
      const [from, to] = [i * p * p, i * p]
      for (let k = 0; k < p * p; k++) memory.products[k] = products[from + k]
      for (let k = 0; k < p; k++) memory.cross[k] = cross[to + k]
    },
    addWeightSlope: () => undefined,
  }
}

const none = { products: new Float64Array(0), cross: new Float64Array(0) }

/** S = Wt Sx Wt', r = Wt rx, Wt = [e_0'; W]. */
function linearUnits({ moments }: Problem, { units: p, inputs: d }: Layout): Units {
  const { products, cross } = moments ?? none
  // Wt Sx: P x D.
  const mixed = new Float64Array(p * d)
  return {
    taskStatistics(memory, w, i) {
      const { products: s, cross: r } = memory
      const at = i * d * d
      for (let k = 0; k < d; k++) mixed[k] = products[at + k]
      mixed.fill(0, d)
      for (let j = 1; j < p; j++) multiplyRowInPlace(mixed, j * d, w, (j - 1) * d, products, at, d)
      r[0] = cross[i * d]
      for (let j = 0; j < p; j++) {
        s[j * p] = mixed[j * d]
        s[j] = mixed[j * d]
        for (let k = 1; k <= j; k++) {
          const value = dotOf(w, (k - 1) * d, mixed, j * d, d)
          s[j * p + k] = value
          s[k * p + j] = value
        }
        if (j > 0) r[j] = dotOf(w, (j - 1) * d, cross, i * d, d)
      }
    },
    // dl/dWt = E rx' - B Wt Sx
    addWeightSlope({ first, second }, i, scale, slope) {
      for (let j = 1; j < p; j++) {
        const to = (j - 1) * d
        const level = scale * first[j]
        for (let k = 0; k < d; k++) slope[to + k] += level * cross[i * d + k]
        for (let q = 0; q < p; q++) {
          const factor = scale * second[j * p + q]
          for (let k = 0; k < d; k++) slope[to + k] -= factor * mixed[q * d + k]
        }
      }
    },
  }
}

/** d values from `to` become w'S, S symmetric: four rows of S at a time, in the order of memory. */
function multiplyRowInPlace(
  result: Float64Array,
  to: number,
  w: Float64Array,
  wAt: number,
  s: Float64Array,
  sAt: number,
  d: number,
): void {
  let e = 0
  for (; e + 4 <= d; e += 4) {
    const from = sAt + e * d
    const w0 = w[wAt + e]
    const w1 = w[wAt + e + 1]
    const w2 = w[wAt + e + 2]
    const w3 = w[wAt + e + 3]
    for (let k = 0; k < d; k++)
      result[to + k] +=
        w0 * s[from + k] + w1 * s[from + d + k] + (w2 * s[from + 2 * d + k] + w3 * s[from + 3 * d + k])
  }
  for (; e < d; e++) {
    const w0 = w[wAt + e]
    for (let k = 0; k < d; k++) result[to + k] += w0 * s[sAt + e * d + k]
  }
}

/** Four sums side by side: one alone would wait for each addition. */
export function dotOf(a: Float64Array, aAt: number, b: Float64Array, bAt: number, n: number): number {
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  let k = 0
  for (; k + 4 <= n; k += 4) {
    s0 += a[aAt + k] * b[bAt + k]
    s1 += a[aAt + k + 1] * b[bAt + k + 1]
    s2 += a[aAt + k + 2] * b[bAt + k + 2]
    s3 += a[aAt + k + 3] * b[bAt + k + 3]
  }
  for (; k < n; k++) s0 += a[aAt + k] * b[bAt + k]
  return s0 + s1 + (s2 + s3)
}

/** One pass over the rows of a task, and one back while they are at hand. */
function tanhUnits(problem: Problem, layout: Layout): Units {
  const { rows, starts, weights } = problem
  const [targets] = problem.targets
  const { units: p, inputs: d } = layout
  const longest = starts.reduce((most, end, i) => (i === 0 ? 0 : Math.max(most, end - starts[i - 1])), 0)
  const activations = new Float64Array(longest * p)
  const slopes = new Float64Array(p)
  return {
    taskStatistics(memory, w, i) {
      const { products: s, cross: r } = memory
      s.fill(0)
      r.fill(0)
      for (let n = starts[i]; n < starts[i + 1]; n++) {
        const at = (n - starts[i]) * p
        activateInPlace(activations, at, layout, w, rows, n * d)
        const weight = weights[n]
        const scaled = weight * targets[n]
        for (let j = 0; j < p; j++) {
          const h = activations[at + j]
          r[j] += scaled * h
          const weighted = weight * h
          for (let k = 0; k <= j; k++) s[j * p + k] += weighted * activations[at + k]
        }
      }
      for (let j = 0; j < p; j++) for (let k = 0; k < j; k++) s[k * p + j] = s[j * p + k]
    },
    // delta = (y E - B h) (1 - h^2), outer [1, x]
    addWeightSlope({ first, second }, i, scale, slope) {
      for (let n = starts[i]; n < starts[i + 1]; n++) {
        const at = (n - starts[i]) * p
        const weight = scale * weights[n]
        for (let j = 1; j < p; j++) {
          let delta = targets[n] * first[j]
          for (let k = 0; k < p; k++) delta -= second[j * p + k] * activations[at + k]
          const h = activations[at + j]
          slopes[j] = weight * delta * (1 - h * h)
        }
        addOuterRows(slope, slopes, p, rows, n * d, d)
      }
    },
  }
}

/** Adds delta_j [1, x] to row j of dl/dW. */
export function addOuterRows(
  slope: Float64Array,
  delta: Float64Array,
  p: number,
  rows: Float64Array,
  at: number,
  d: number,
): void {
  for (let j = 1; j < p; j++) {
    const factor = delta[j]
    const to = (j - 1) * d
    for (let k = 0; k < d; k++) slope[to + k] += factor * rows[at + k]
  }
}

/** h(x) of one row of [1, x] into P values from `at`. */
export function activateInPlace(
  h: Float64Array,
  at: number,
  layout: Layout,
  w: Float64Array,
  rows: Float64Array,
  rowAt: number,
): void {
  const { activation, inputs: d } = layout
  if (activation === 'identity') {
    for (let k = 0; k < d; k++) h[at + k] = rows[rowAt + k]
    return
  }
  const units = hiddenUnits(layout)
  h[at] = 1
  for (let j = 0; j < units; j++) {
    const sum = dotOf(w, j * d, rows, rowAt, d)
    h[at + 1 + j] = activation === 'tanh' ? Math.tanh(sum) : sum
  }
}
