import type { FollowContext, RatioProfile, TaskFamily } from './ascent.ts'
import { isPruned, traces } from './precisions.ts'
import type { Layout, Problem } from './problem.ts'
import { freeEigenvalues, maximiseRatio, ratioAt, ratioBox, ratioProfile } from './ratio.ts'
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
    profile: (factors, scratch, context) =>
      learnt ? profileOf(problem, options, factors, scratch, context) : undefined,
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

/** By set: its groups, and what F is made of for each. */
function termsOf(
  { groups }: Problem,
  ratioSets: readonly number[],
  factors: Factors,
  { common, deviation }: Scratch,
  { priors, precisions }: FollowContext,
): { readonly members: readonly number[]; readonly terms: readonly RatioTerm[] }[] {
  const [commons, deviations] = [common, deviation].map((part) =>
    traces(groups, factors.featurePrecision, part),
  )
  return Array.from(new Set(ratioSets), (set) => {
    const members = [...ratioSets.keys()].filter((i) => ratioSets[i] === set)
    const terms = members.map((i) => ({
      size: groups.blocks[i].length,
      common: commons[i],
      deviation: deviations[i],
      prior: isPruned(precisions, i) ? undefined : priors[i],
      held: precisions.mean[i],
    }))
    return { members, terms }
  })
}

function followRatios(
  problem: Problem,
  { ratioSets, maxRatio, allowNegative }: ExchangeableOptions,
  factors: Factors,
  scratch: Scratch,
  context: FollowContext,
): Partial<Factors> {
  const count = problem.tasks.length
  const commonEigenvalue = Float64Array.from(factors.commonEigenvalue)
  const deviationEigenvalue = Float64Array.from(factors.deviationEigenvalue)
  for (const { members, terms } of termsOf(problem, ratioSets, factors, scratch, context)) {
    const u = Math.log(commonEigenvalue[members[0]] / deviationEigenvalue[members[0]])
    const ratio: Ratio = members.every((i) => context.priors[i] === undefined)
      ? freeEigenvalues(terms, count, allowNegative)
      : ratioAt(maximiseRatio(terms, count, u, ratioBox(count, maxRatio, allowNegative)), count)
    for (const i of members) {
      commonEigenvalue[i] = ratio.commonEigenvalue
      deviationEigenvalue[i] = ratio.deviationEigenvalue
    }
  }
  return { commonEigenvalue, deviationEigenvalue }
}

/** Points of a profile, and how far it goes to either side: a factor of e^4, about 55. */
const profilePoints = 41
const profileReach = 4

/** Of the first set; none where no precision carries its scale. */
function profileOf(
  problem: Problem,
  { ratioSets, maxRatio, allowNegative }: ExchangeableOptions,
  factors: Factors,
  scratch: Scratch,
  context: FollowContext,
): RatioProfile | undefined {
  const count = problem.tasks.length
  const [{ members, terms }] = termsOf(problem, ratioSets, factors, scratch, context)
  if (members.every((i) => context.priors[i] === undefined)) return undefined
  const box = ratioBox(count, maxRatio, allowNegative)
  const best = maximiseRatio(
    terms,
    count,
    Math.log(factors.commonEigenvalue[0] / factors.deviationEigenvalue[0]),
    box,
  )
  const [from, to] = [Math.max(box[0], best - profileReach), Math.min(box[1], best + profileReach)]
  const logRatio = Float64Array.from(
    { length: profilePoints },
    (_, k) => from + ((to - from) * k) / (profilePoints - 1),
  )
  const profile = ratioProfile(terms, count)
  return { logRatio, bound: logRatio.map((u) => profile(u).value) }
}
