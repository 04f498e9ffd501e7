import { choleskyInPlace, solveLowerInPlace } from '@mtl/core'
import type { Block, Layout } from './layout.ts'

/**
 * One task's sums over rows and what follows from them for each cluster; overwritten for each task. V, C and the others
 * of K clusters stand one after the other.
 */
export interface TaskMemory {
  /** S = sum h h' (P x P) and r = sum y h, in weights of the rows. */
  readonly products: Float64Array
  readonly cross: Float64Array
  /** m = M f, K x P. */
  readonly priorMeans: Float64Array
  /** mu - m, K x P. */
  readonly deviations: Float64Array
  readonly means: Float64Array
  /** V. */
  readonly covariances: Float64Array
  /** Lower triangles C of G = I + L'SL / s2 = CC'. */
  readonly factors: Float64Array
  /** S L. */
  readonly scaled: Float64Array
  /** C^-1 L', of which V = B'B. */
  readonly halves: Float64Array
  /** Log likelihood by cluster. */
  readonly logLikelihoods: Float64Array
  /** log q, and z. */
  readonly logGates: Float64Array
  readonly responsibilities: Float64Array
  /** E[A] and E[AA'] over clusters. */
  readonly first: Float64Array
  readonly second: Float64Array
}

export function taskMemory({ units: p, clusters: k }: Layout): TaskMemory {
  const vectors = (): Float64Array => new Float64Array(k * p)
  const matrices = (): Float64Array => new Float64Array(k * p * p)
  return {
    products: new Float64Array(p * p),
    cross: new Float64Array(p),
    priorMeans: vectors(),
    deviations: vectors(),
    means: vectors(),
    covariances: matrices(),
    factors: matrices(),
    scaled: matrices(),
    halves: matrices(),
    logLikelihoods: new Float64Array(k),
    logGates: new Float64Array(k),
    responsibilities: new Float64Array(k),
    first: new Float64Array(p),
    second: new Float64Array(p * p),
  }
}

/** Sums of a task's rows that no parameter changes, and where its descriptors stand. */
export interface TaskSums {
  square: number
  count: number
  meanAt: number
  gateAt: number
}

/** m_a = M_a f of every cluster. */
export function priorMeansInPlace(
  memory: TaskMemory,
  { units: p, clusters, meanTerms }: Layout,
  x: Float64Array,
  meansAt: number,
  f: Float64Array,
  fAt: number,
): void {
  for (let j = 0; j < clusters * p; j++) {
    let sum = 0
    for (let t = 0; t < meanTerms; t++) sum += x[meansAt + j * meanTerms + t] * f[fAt + t]
    memory.priorMeans[j] = sum
  }
}

/**
 * Posterior of the task's weights in cluster a, and its log likelihood: nothing is inverted, so L may be singular.
 *
 *   b = L'(r - S m) / s2,  w = C^-1 b,  B = C^-1 L',  V = B'B,  mu = m + B'w
 *   log likelihood = -n/2 log(2 pi s2) - sum log diag C - (|y - H m|^2 / s2 - w'w) / 2
 *
 * @throws MtlError 'not-positive-definite' when S L / s2 overflows
 */
export function clusterPosterior(
  memory: TaskMemory,
  p: number,
  a: number,
  lower: Float64Array,
  lowerAt: number,
  noiseVariance: number,
  square: number,
  count: number,
): void {
  const at = a * p * p
  curvatureInPlace(memory, p, at, lower, lowerAt, noiseVariance)
  const logDeterminant = choleskyInPlace(memory.factors, p, at)
  const { residual, gain } = gainInPlace(memory, p, a, lower, lowerAt, noiseVariance, square)
  memory.logLikelihoods[a] =
    -0.5 * count * Math.log(2 * Math.PI * noiseVariance) -
    0.5 * logDeterminant -
    0.5 * (residual / noiseVariance - gain)
  halfInPlace(memory.halves, memory.factors, lower, lowerAt, p, at)
  covarianceInPlace(memory.covariances, memory.halves, p, at)
  meanInPlace(memory, p, a)
}

/** S L, and the lower triangle of G. */
export function curvatureInPlace(
  { products: s, scaled, factors: c }: TaskMemory,
  p: number,
  at: number,
  lower: Float64Array,
  lowerAt: number,
  noiseVariance: number,
): void {
  // Positions are stepped on: a multiplication for each would cost as much as the sum itself.
  for (let i = 0; i < p; i++)
    for (let j = 0; j < p; j++) {
      let sum = 0
      let from = i * p + j
      for (let l = lowerAt + j * p + j; l < lowerAt + p * p; l += p) sum += s[from++] * lower[l]
      scaled[at + i * p + j] = sum
    }
  for (let i = 0; i < p; i++)
    for (let j = 0; j <= i; j++) {
      let sum = 0
      let from = at + i * p + j
      for (let l = lowerAt + i * p + i; l < lowerAt + p * p; l += p) {
        sum += lower[l] * scaled[from]
        from += p
      }
      c[at + i * p + j] = (i === j ? 1 : 0) + sum / noiseVariance
    }
}

/** w in the place of the deviation; |y - H m|^2, and w'w. */
function gainInPlace(
  { products: s, cross: r, priorMeans: m, factors, means, deviations }: TaskMemory,
  p: number,
  a: number,
  lower: Float64Array,
  lowerAt: number,
  noiseVariance: number,
  square: number,
): { readonly residual: number; readonly gain: number } {
  const vector = a * p
  let residual = square
  for (let i = 0; i < p; i++) {
    let sum = 0
    for (let k = 0; k < p; k++) sum += s[i * p + k] * m[vector + k]
    means[vector + i] = r[i] - sum
    residual -= m[vector + i] * (2 * r[i] - sum)
  }
  for (let i = 0; i < p; i++) {
    let sum = 0
    for (let k = i; k < p; k++) sum += lower[lowerAt + k * p + i] * means[vector + k]
    deviations[vector + i] = sum / noiseVariance
  }
  solveLowerInPlace(factors, p, deviations, a * p * p, vector)
  let gain = 0
  for (let i = 0; i < p; i++) gain += deviations[vector + i] * deviations[vector + i]
  return { residual, gain }
}

/** mu - m = B'w, and mu. */
function meanInPlace({ halves, deviations, means, priorMeans }: TaskMemory, p: number, a: number): void {
  const vector = a * p
  for (let j = 0; j < p; j++) {
    let sum = 0
    for (let k = 0; k < p; k++) sum += halves[(vector + k) * p + j] * deviations[vector + k]
    means[vector + j] = sum
  }
  for (let j = 0; j < p; j++) {
    deviations[vector + j] = means[vector + j]
    means[vector + j] += priorMeans[vector + j]
  }
}

/** B = C^-1 L', row by row. */
export function halfInPlace(
  b: Float64Array,
  c: Float64Array,
  lower: Float64Array,
  lowerAt: number,
  p: number,
  at: number,
): void {
  for (let i = 0; i < p; i++) {
    const row = at + i * p
    const pivot = c[row + i]
    for (let j = 0; j < p; j++) {
      let sum = j >= i ? lower[lowerAt + j * p + i] : 0
      let above = at + j
      for (let l = row; l < row + i; l++) {
        sum -= c[l] * b[above]
        above += p
      }
      b[row + j] = sum / pivot
    }
  }
}

/** V = B'B, both triangles. */
export function covarianceInPlace(v: Float64Array, b: Float64Array, p: number, at: number): void {
  for (let i = 0; i < p; i++)
    for (let j = 0; j <= i; j++) {
      let sum = 0
      let other = at + j
      for (let l = at + i; l < at + p * p; l += p) {
        sum += b[l] * b[other]
        other += p
      }
      v[at + i * p + j] = sum
      v[at + j * p + i] = sum
    }
}

/** log q_a = log softmax(U phi). */
export function logGatesInPlace(
  logGates: Float64Array,
  { clusters, gateTerms }: Pick<Layout, 'clusters' | 'gateTerms'>,
  x: Float64Array,
  gatesAt: number,
  phi: Float64Array,
  phiAt: number,
): void {
  for (let a = 0; a < clusters; a++) {
    let sum = 0
    for (let t = 0; t < gateTerms; t++) sum += x[gatesAt + a * gateTerms + t] * phi[phiAt + t]
    logGates[a] = sum
  }
  const total = logSum(logGates, clusters)
  for (let a = 0; a < clusters; a++) logGates[a] -= total
}

/** z from log q and the log likelihoods; returns the task's log likelihood over all clusters. */
export function responsibilitiesInPlace(memory: TaskMemory, clusters: number): number {
  const { logGates, logLikelihoods, responsibilities: z } = memory
  for (let a = 0; a < clusters; a++) z[a] = logGates[a] + logLikelihoods[a]
  const total = logSum(z, clusters)
  for (let a = 0; a < clusters; a++) z[a] = Math.exp(z[a] - total)
  return total
}

function logSum(values: Float64Array, count: number): number {
  let most = values[0]
  for (let a = 1; a < count; a++) if (values[a] > most) most = values[a]
  let sum = 0
  for (let a = 0; a < count; a++) sum += Math.exp(values[a] - most)
  return most + Math.log(sum)
}

/** E[A] and E[AA'] of the mixture of posteriors. */
function mixtureMomentsInPlace(memory: TaskMemory, p: number, clusters: number): void {
  const { first, second, means, covariances, responsibilities: z } = memory
  first.fill(0)
  second.fill(0)
  for (let a = 0; a < clusters; a++) {
    const vector = a * p
    for (let i = 0; i < p; i++) {
      const scaled = z[a] * means[vector + i]
      first[i] += scaled
      const from = (vector + i) * p
      for (let j = 0; j <= i; j++)
        second[i * p + j] += z[a] * covariances[from + j] + scaled * means[vector + j]
    }
  }
  for (let i = 0; i < p; i++) for (let j = 0; j < i; j++) second[j * p + i] = second[i * p + j]
}

/** The task's posterior in every cluster and over all of them; returns its log likelihood. */
export function taskPosterior(
  memory: TaskMemory,
  layout: Layout,
  x: Float64Array,
  block: Block,
  noiseVariance: number,
  sums: TaskSums,
  descriptors: { readonly meanDescriptors: Float64Array; readonly gateDescriptors: Float64Array },
): number {
  const { units: p, clusters } = layout
  priorMeansInPlace(memory, layout, x, block.means, descriptors.meanDescriptors, sums.meanAt)
  for (let a = 0; a < clusters; a++)
    clusterPosterior(memory, p, a, x, block.factors + a * p * p, noiseVariance, sums.square, sums.count)
  logGatesInPlace(memory.logGates, layout, x, block.gates, descriptors.gateDescriptors, sums.gateAt)
  const total = responsibilitiesInPlace(memory, clusters)
  mixtureMomentsInPlace(memory, p, clusters)
  return total
}
