import type { Metric } from './types.ts'
import { probabilityOfSecond, scoredRows } from './scored-rows.ts'

/** Area under the ROC curve of P(classes[1]), ties count one half. NaN of one class. n log n. */
export const auc: Metric = {
  name: 'auc',
  kinds: ['binary'],
  better: 'higher',
  ratio: false,
  evaluate(prediction, targets, weights) {
    const scored = scoredRows(prediction, targets, weights)
    const levels = levelsOf(probabilityOfSecond('auc', prediction), targets, scored.rows, scored.weight)
    // Share of pairs (yes, no) that are in order: each "yes" counts the "no" below it, and half of those beside it.
    let yes = 0
    let no = 0
    let ordered = 0
    for (const level of levels.toReversed()) {
      ordered += level.yes * (no + level.no / 2)
      yes += level.yes
      no += level.no
    }
    return ordered / (yes * no)
  },
}

/**
 * Sum of precision times rise of recall over distinct scores, falling; no interpolation. NaN where no row is of
 * classes[1]. n log n.
 */
export const averagePrecision: Metric = {
  name: 'average-precision',
  kinds: ['binary'],
  better: 'higher',
  ratio: false,
  evaluate(prediction, targets, weights) {
    const scored = scoredRows(prediction, targets, weights)
    const probability = probabilityOfSecond('average-precision', prediction)
    let yes = 0
    let no = 0
    let area = 0
    for (const level of levelsOf(probability, targets, scored.rows, scored.weight)) {
      yes += level.yes
      no += level.no
      area += level.yes * (yes / (yes + no))
    }
    return area / yes
  },
}

/** Summed weights of the rows of each class that share one score. */
interface Level {
  readonly score: number
  yes: number
  no: number
}

/** By score, falling. */
function levelsOf(
  scores: Float64Array,
  targets: Float64Array,
  rows: readonly number[],
  weight: (row: number) => number,
): Level[] {
  const levels: Level[] = []
  for (const row of rows.toSorted((i, j) => scores[j] - scores[i])) {
    let level = levels.at(-1)
    if (level?.score !== scores[row]) levels.push((level = { score: scores[row], yes: 0, no: 0 }))
    level[targets[row] === 1 ? 'yes' : 'no'] += weight(row)
  }
  return levels
}
