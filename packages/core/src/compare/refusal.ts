import type { Dataset, Split } from '../data/types.ts'
import { MtlError } from '../error/mtl-error.ts'
import { checkData } from '../model/check-data.ts'
import type { Estimator } from '../model/types.ts'
import { checkUnseen } from '../model/unseen-task.ts'
import type { FitResult } from './types.ts'

type Failure = NonNullable<FitResult['failure']>

/** Why no fit of this estimator is worth trying: the data needs more than it can do. */
export function refusal(
  { name, capabilities }: Estimator,
  data: Dataset,
  splits: readonly Split[],
): Failure | undefined {
  try {
    checkData(name, capabilities, data)
    for (const { test, unseen = [] } of splits) {
      for (const k of unseen) {
        const { descriptor, targets, inputs } = data.tasks[k]
        const tested = new Set(test[k])
        const examples = targets.some((target, i) => !Number.isNaN(target) && !tested.has(i))
        checkUnseen(name, capabilities, {
          ...(descriptor && { descriptor }),
          ...(examples && { examples: { inputs, targets } }),
        })
      }
    }
    return undefined
  } catch (error) {
    return failureOf(error)
  }
}

/** What is reported of an error that a fit threw. */
export function failureOf(error: unknown): Failure {
  if (error instanceof MtlError) return { code: error.code, message: error.message }
  if (error instanceof Error) return { code: error.name, message: error.message }
  return { code: 'Error', message: String(error) }
}
