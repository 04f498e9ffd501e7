import type { Distribution } from '../distribution/types.ts'
import { MtlError, check } from '../error/mtl-error.ts'
import type { EstimatorDefinition } from './types.ts'

/**
 * The definition for parameters that came from a document, where a method's own code may meet what it never wrote: what it
 * then throws becomes an error of the library, and what it answers is looked at.
 */
export function guardedDefinition<Parameters>(
  definition: EstimatorDefinition<Parameters>,
): EstimatorDefinition<Parameters> {
  const { name } = definition
  const views = definition.views?.bind(definition)
  return {
    ...definition,
    async predict(parameters, queries, tasks) {
      try {
        const answers = await definition.predict(parameters, queries, tasks)
        queries.forEach(({ inputs }, i) => checkAnswer(name, answers.at(i), inputs.rows))
        return answers
      } catch (error) {
        throw asUnfit(name, error)
      }
    },
    ...(views && { views: (...given) => guarded(name, () => views(...given)) }),
  }
}

/** What `act` gives. @throws MtlError 'invalid-document' in place of an error that is not the library's */
export function guarded<Result>(name: string, act: () => Result): Result {
  try {
    return act()
  } catch (error) {
    throw asUnfit(name, error)
  }
}

function checkAnswer(name: string, answer: Distribution | undefined, rows: number): void {
  check(answer?.size === rows && answer.point.every(Number.isFinite), 'invalid-document', unfit(name))
}

function asUnfit(name: string, error: unknown): unknown {
  const foreign = error instanceof TypeError || error instanceof RangeError
  return foreign ? new MtlError('invalid-document', unfit(name), {}, { cause: error }) : error
}

function unfit(name: string): string {
  return `the stored parameters are not what ${name} writes; they were cut or changed: train the model again`
}
