import type { FollowContext, TaskFamily } from './ascent.ts'
import { isPruned, traces } from './precisions.ts'
import type { Layout, Problem } from './problem.ts'
import { freeEigenvalues, maximiseRatio, ratioAt, ratioBox } from './ratio.ts'
import type { Ratio, RatioTerm } from './ratio.ts'
import type { Factors, Scratch } from './types.ts'
import { layoutFor, updateExchangeableInPlace } from './weights.ts'
import type { ExchangeablePosterior } from './weights.ts'

export interface ExchangeableOptions {
  readonly posterior: ExchangeablePosterior
  /** By group: which groups share a ratio. */
  readonly ratioSets: readonly number[]
  /** r = (l1/l2 - 1) / P to begin with. */
  readonly ratioStart: number
  /** Not at all: the ratio stays where it starts. */
  readonly learnRatio: boolean
  readonly maxRatio: number
  readonly allowNegative: boolean
}

/** Sig_i = l1 J + l2 (I - J): task weights about a common vector that is itself shrunk. With ratio 0, not learnt, tasks share precisions alone. */
export function exchangeableFamily(problem: Problem, options: ExchangeableOptions): TaskFamily {
  const { tasks, groups } = problem
  const count = tasks.length
  const layout = layoutFor(problem, options.posterior)
  const learnt = options.learnRatio && count > 1
  const start = count > 1 ? ratioAt(Math.log1p(count * options.ratioStart), count) : ratioAt(0, 1)
  const eigenvalues = (value: number): Float64Array => new Float64Array(groups.blocks.length).fill(value)
  return {
    layout,
    rows: count,
    start: {
      commonEigenvalue: eigenvalues(start.commonEigenvalue),
      deviationEigenvalue: eigenvalues(start.deviationEigenvalue),
    },
    updateWeightsInPlace: (factors, scratch) =>
      updateExchangeableInPlace(problem, layout, options.posterior, factors, scratch),
    follow: (factors, scratch, context) =>
      learnt ? followRatios(problem, options, factors, scratch, context) : {},
    quadratics: (factors, scratch) => quadratics(groups, factors, scratch),
    terms: ({ commonEigenvalue, deviationEigenvalue }) => ({
      weights: groups.blocks.reduce(
        (sum, { length }, i) =>
          sum -
          0.5 * length * (Math.log(commonEigenvalue[i]) + (count - 1) * Math.log(deviationEigenvalue[i])),
        0,
      ),
    }),
  }
}

/** Q_i = common_i / l1 + deviation_i / l2. */
function quadratics(
  { blocks, starts, size }: Layout,
  { commonEigenvalue, deviationEigenvalue }: Factors,
  { common, deviation }: Scratch,
): Float64Array {
  const result = new Float64Array(size)
  blocks.forEach(({ length }, i) => {
    for (let at = starts[i]; at < starts[i] + length * length; at++)
      result[at] = common[at] / commonEigenvalue[i] + deviation[at] / deviationEigenvalue[i]
  })
  return result
}

function followRatios(
  { tasks, groups }: Problem,
  { ratioSets, maxRatio, allowNegative }: ExchangeableOptions,
  factors: Factors,
  { common, deviation }: Scratch,
  { priors, precisions }: FollowContext,
): Partial<Factors> {
  const [commons, deviations] = [common, deviation].map((part) =>
    traces(groups, factors.featurePrecision, part),
  )
  const commonEigenvalue = Float64Array.from(factors.commonEigenvalue)
  const deviationEigenvalue = Float64Array.from(factors.deviationEigenvalue)
  for (const set of new Set(ratioSets)) {
    const members = [...ratioSets.keys()].filter((i) => ratioSets[i] === set)
    const terms = members.map(
      (i): RatioTerm => ({
        size: groups.blocks[i].length,
        common: commons[i],
        deviation: deviations[i],
        prior: isPruned(precisions, i) ? undefined : priors[i],
        held: precisions.mean[i],
      }),
    )
    const u = Math.log(commonEigenvalue[members[0]] / deviationEigenvalue[members[0]])
    const ratio: Ratio = members.every((i) => priors[i] === undefined)
      ? freeEigenvalues(terms, tasks.length, allowNegative)
      : ratioAt(
          maximiseRatio(terms, tasks.length, u, ratioBox(tasks.length, maxRatio, allowNegative)),
          tasks.length,
        )
    for (const i of members) {
      commonEigenvalue[i] = ratio.commonEigenvalue
      deviationEigenvalue[i] = ratio.deviationEigenvalue
    }
  }
  return { commonEigenvalue, deviationEigenvalue }
}
