import type { TaskKind } from '../data/types.ts'
import { calibrationError, intervalCoverage } from './calibration.ts'
import { accuracy, brierScore, logLoss } from './classes.ts'
import { negativeLogLikelihood } from './likelihood.ts'
import { auc, averagePrecision } from './ranking.ts'
import { explainedVariance, meanAbsoluteError, r2, rmse } from './regression.ts'
import type { Metric } from './types.ts'

/**
 * The first is the one that verdicts rest on. Regression: rmse, mean-absolute-error, explained-variance, r2,
 * negative-log-likelihood, calibration-error, interval-coverage-90. Binary: log-loss, brier-score, auc,
 * average-precision, accuracy, negative-log-likelihood, calibration-error. Multiclass: the same without auc
 * and average-precision.
 */
export function defaultMetrics(kind: TaskKind): readonly [Metric, ...Metric[]] {
  return byKind[kind]
}

const byKind: Readonly<Record<TaskKind, readonly [Metric, ...Metric[]]>> = {
  regression: [
    rmse,
    meanAbsoluteError,
    explainedVariance,
    r2,
    negativeLogLikelihood,
    calibrationError,
    intervalCoverage(),
  ],
  binary: [logLoss, brierScore, auc, averagePrecision, accuracy, negativeLogLikelihood, calibrationError],
  multiclass: [logLoss, brierScore, accuracy, negativeLogLikelihood, calibrationError],
}
