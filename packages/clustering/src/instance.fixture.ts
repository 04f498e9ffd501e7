import { createRandom, sampleNormal } from '@mtl/core'
import type { RandomGenerator } from '@mtl/core'
import { blockOf, sizeOf, type Activation, type Layout } from './layout.ts'
import type { Objective } from './marginal.ts'
import { noPenalties, type Penalties } from './penalty.ts'
import { problemOf, type Problem } from './problem.ts'

/** A task without rows, one of one row and others, rows weighted or not; any form of the model, anywhere. */
export interface Instance {
  readonly problem: Problem
  readonly layout: Layout
  readonly x: Float64Array
  readonly penalties: Penalties
}

export interface Shape {
  readonly seed: number
  readonly activation: Activation
  readonly clusters: number
  readonly meanTerms: number
  readonly gateTerms: number
  readonly weighted: boolean
}

const counts = [0, 1, 4, 6, 3]
const features = 2

export function instanceOf(shape: Shape, numeric = true): Instance {
  const random = createRandom(shape.seed)
  const { activation, clusters, meanTerms, gateTerms, weighted } = shape
  const total = counts.reduce((sum, count) => sum + count, 0)
  const normals = (n: number, scale = 1): Float64Array =>
    Float64Array.from({ length: n }, () => scale * sampleNormal(random))
  const leading = (terms: number): Float64Array =>
    normals(counts.length * terms).map((value, at) => (at % terms === 0 ? 1 : value))
  const starts = new Int32Array(counts.length + 1)
  counts.forEach((count, i) => (starts[i + 1] = starts[i] + count))
  const targets = normals(total)
  const problem = problemOf({
    inputs: features + 1,
    starts,
    rows: normals(total * (features + 1)).map((value, at) => (at % (features + 1) === 0 ? 1 : value)),
    targets: [numeric ? targets : targets.map((y) => Number(y > 0))],
    weights: new Float64Array(total).map(() => (weighted ? 0.5 + random.next() : 1)),
    meanTerms,
    gateTerms,
    meanDescriptors: leading(meanTerms),
    gateDescriptors: leading(gateTerms),
    numeric,
  })
  const units = activation === 'identity' ? features + 1 : 3
  const layout = { activation, inputs: features + 1, units, clusters, meanTerms, gateTerms, outputs: 1 }
  return { problem, layout, x: parametersIn(layout, random), penalties: penaltiesFor(layout, shape) }
}

function parametersIn(layout: Layout, random: RandomGenerator): Float64Array {
  const { units: p, clusters } = layout
  const x = new Float64Array(sizeOf(layout)).map(() => 0.6 * sampleNormal(random))
  const { factors, logNoise } = blockOf(layout, 0)
  for (let a = 0; a < clusters; a++)
    for (let i = 0; i < p; i++)
      for (let j = 0; j < p; j++) {
        const at = factors + (a * p + i) * p + j
        if (j > i) x[at] = 0
        if (j === i) x[at] = 0.4 + Math.abs(x[at])
      }
  x[logNoise] = Math.log(0.3 + random.next())
  return x
}

function penaltiesFor({ units }: Layout, { seed }: Shape): Penalties {
  if (seed % 2 === 0) return noPenalties
  const scale = new Float64Array(units * units)
  for (let j = 0; j < units; j++) scale[j * units + j] = 0.5
  return { covariancePriorWeight: 0.7, covariancePriorScales: [scale], gatePenalty: 0.1 }
}

/** Largest difference of the slope from central ones, relative to 1 and to its size. */
export function slopeError(objective: Objective, x: Float64Array, frozen: (at: number) => boolean): number {
  const slope = new Float64Array(x.length)
  objective(x, slope)
  return x.reduce((most, value, at) => {
    if (frozen(at)) return most
    const width = 1e-5
    const at1 = Float64Array.from(x).fill(value + width, at, at + 1)
    const at2 = Float64Array.from(x).fill(value - width, at, at + 1)
    const central = (objective(at1) - objective(at2)) / (2 * width)
    return Math.max(most, Math.abs(central - slope[at]) / (1 + Math.abs(slope[at])))
  }, 0)
}

/** Upper triangles, and gates of one cluster, which have no effect. */
export function frozenIn(layout: Layout): (at: number) => boolean {
  const { factors, logNoise, gates } = blockOf(layout, 0)
  const p = layout.units
  return (at) => {
    if (at >= factors && at < logNoise) {
      const within = (at - factors) % (p * p)
      return within % p > Math.floor(within / p)
    }
    return at >= gates && layout.clusters === 1
  }
}
