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
  // By unit, one row of the task after the other.
  const activations = new Float64Array(p * longest).fill(1, 0, longest)
  const slopes = new Float64Array(longest)
  return {
    taskStatistics({ products: s, cross: r }, w, i) {
      const first = starts[i]
      const count = starts[i + 1] - first
      for (let j = 1; j < p; j++) {
        const to = j * longest
        projectRows(activations, to, w, (j - 1) * d, rows, first * d, d, count)
        for (let n = to; n < to + count; n++) activations[n] = Math.tanh(activations[n])
      }
      for (let j = 0; j < p; j++) {
        for (let n = 0; n < count; n++) slopes[n] = weights[first + n] * activations[j * longest + n]
        r[j] = dotOf(slopes, 0, targets, first, count)
        for (let k = 0; k <= j; k++) {
          const sum = dotOf(slopes, 0, activations, k * longest, count)
          s[j * p + k] = sum
          s[k * p + j] = sum
        }
      }
    },
    // delta = (y E - B h) (1 - h^2), outer [1, x]
    addWeightSlope({ first: mean, second }, i, scale, slope) {
      const first = starts[i]
      const count = starts[i + 1] - first
      for (let j = 1; j < p; j++) {
        for (let n = 0; n < count; n++) slopes[n] = targets[first + n] * mean[j] - second[j * p]
        for (let k = 1; k < p; k++) {
          const b = second[j * p + k]
          const from = k * longest
          for (let n = 0; n < count; n++) slopes[n] -= b * activations[from + n]
        }
        for (let n = 0; n < count; n++) {
          const h = activations[j * longest + n]
          slopes[n] *= scale * weights[first + n] * (1 - h * h)
        }
        addRows(slope, (j - 1) * d, slopes, rows, first * d, d, count)
      }
    },
  }
}

/** w'[1, x] of so many rows, four at a time: each weight is then read a quarter as often. */
function projectRows(
  result: Float64Array,
  to: number,
  w: Float64Array,
  wAt: number,
  rows: Float64Array,
  rowAt: number,
  d: number,
  count: number,
): void {
  let n = 0
  for (; n + 4 <= count; n += 4) {
    const r0 = rowAt + n * d
    const r1 = r0 + d
    const r2 = r1 + d
    const r3 = r2 + d
    let s0 = 0
    let s1 = 0
    let s2 = 0
    let s3 = 0
    for (let k = 0; k < d; k++) {
      const own = w[wAt + k]
      s0 += own * rows[r0 + k]
      s1 += own * rows[r1 + k]
      s2 += own * rows[r2 + k]
      s3 += own * rows[r3 + k]
    }
    result[to + n] = s0
    result[to + n + 1] = s1
    result[to + n + 2] = s2
    result[to + n + 3] = s3
  }
  for (; n < count; n++) result[to + n] = dotOf(w, wAt, rows, rowAt + n * d, d)
}

/** d values from `to` grow by sum_n delta_n [1, x_n], four rows at a time. */
function addRows(
  slope: Float64Array,
  to: number,
  delta: Float64Array,
  rows: Float64Array,
  rowAt: number,
  d: number,
  count: number,
): void {
  let n = 0
  for (; n + 4 <= count; n += 4) {
    const r0 = rowAt + n * d
    const r1 = r0 + d
    const r2 = r1 + d
    const r3 = r2 + d
    const d0 = delta[n]
    const d1 = delta[n + 1]
    const d2 = delta[n + 2]
    const d3 = delta[n + 3]
    for (let k = 0; k < d; k++)
      slope[to + k] += d0 * rows[r0 + k] + d1 * rows[r1 + k] + (d2 * rows[r2 + k] + d3 * rows[r3 + k])
  }
  for (; n < count; n++) for (let k = 0; k < d; k++) slope[to + k] += delta[n] * rows[rowAt + n * d + k]
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
