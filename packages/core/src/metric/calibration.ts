import { interval } from '../distribution/interval.ts'
import type { Distribution } from '../distribution/types.ts'
import { checkNumber } from '../error/check-number.ts'
import { row } from '../linalg/matrix.ts'
import type { Metric } from './types.ts'
import {
  averageOver,
  hasClasses,
  numbersOf,
  probabilitiesOf,
  scoredRows,
  type ScoredRows,
} from './scored-rows.ts'

const bins = 10

/** 0.05, 0.10, ..., 0.95. */
const levels = Array.from({ length: 19 }, (_, k) => (k + 1) / 20)

const name = 'calibration-error'

/**
 * Classes: expected calibration error with 10 equal-width bins [0, 0.1), ..., [0.9, 1], of P(classes[1]) or of
 * several classes' top probability (Guo et al., 2017, ICML). Numbers: mean over levels 0.05..0.95 of |share of
 * targets below the quantile - level| (Kuleshov, Fenner and Ermon, 2018, ICML).
 */
export const calibrationError: Metric = {
  name,
  kinds: ['regression', 'binary', 'multiclass'],
  better: 'lower',
  ratio: true,
  evaluate(prediction, targets, weights) {
    const scored = scoredRows(prediction, targets, weights)
    return hasClasses(prediction)
      ? errorOfClasses(prediction, targets, scored)
      : errorOfNumbers(prediction, targets, scored)
  },
}

/** sum_b |sum of w (P - hit) in bin b| / sum w. */
function errorOfClasses(
  prediction: Distribution,
  targets: Float64Array,
  { rows, total, weight }: ScoredRows,
): number {
  const probabilities = probabilitiesOf(name, prediction)
  const binary = probabilities.columns === 2
  const excess = new Float64Array(bins)
  for (const i of rows) {
    const of = row(probabilities, i)
    const stated = binary ? of[1] : Math.max(...of)
    const hit = targets[i] === (binary ? 1 : prediction.point[i])
    excess[Math.min(bins - 1, Math.floor(bins * stated))] += weight(i) * (stated - Number(hit))
  }
  return excess.reduce((sum, value) => sum + Math.abs(value), 0) / total
}

function errorOfNumbers(prediction: Distribution, targets: Float64Array, scored: ScoredRows): number {
  // A target lies below the quantile of a level exactly where its own level, the cdf, does.
  const reached = numbersOf(name, prediction).cdf(targets)
  const misses = levels.map((level) =>
    Math.abs(averageOver(scored, (i) => Number(reached[i] < level)) - level),
  )
  return misses.reduce((sum, miss) => sum + miss, 0) / levels.length
}

/**
 * 'interval-coverage-90': share of targets in the central interval of this coverage, 0 < coverage < 1; its ends
 * belong to it. Default 0.9. Named by its per cent, a decimal point as a dash.
 * @throws MtlError 'invalid-option'
 */
export function intervalCoverage(coverage = 0.9): Metric {
  checkNumber('coverage', coverage, { above: 0, below: 1 })
  // toPrecision takes the rounding of the product away: 100 * 0.55 is 55.00000000000001.
  const percent = String(Number((100 * coverage).toPrecision(12)))
  const named = `interval-coverage-${percent.replace('.', '-')}`
  return {
    name: named,
    kinds: ['regression'],
    better: 'neither',
    ratio: false,
    evaluate(prediction, targets, weights) {
      const { lower, upper } = interval(numbersOf(named, prediction), coverage)
      return averageOver(scoredRows(prediction, targets, weights), (i) =>
        Number(lower[i] <= targets[i] && targets[i] <= upper[i]),
      )
    },
  }
}
