import { z } from 'zod'
import { decimal } from '../data/data-schema.ts'
import type { Decimal } from '../data/read-table.ts'
import { raise } from '../error/problems.ts'
import { numberWithin, optionProblems } from '../option-values.ts'

/** What `mtl predict` and `mtl eval` were asked to do, checked. */
export interface PredictRequest {
  readonly descriptorFile?: string | undefined
  readonly on?: string | undefined
  readonly decimal?: Decimal | undefined
  readonly missing: readonly string[]
  /** Tables of labelled rows of tasks that the model lacks. */
  readonly support: readonly string[]
  /** Share of the probability that an interval holds. */
  readonly confidence: number
  /** The file to write; absent: stdout. */
  readonly out?: string | undefined
  readonly json: boolean
}

const schema = z
  .object({
    descriptorFile: z.string().optional(),
    on: z.string().optional(),
    decimal: decimal.optional(),
    missing: z.array(z.string()).default([]),
    support: z.array(z.string()).default([]),
    confidence: numberWithin((value) => value > 0 && value < 1, 'a number above 0 and below 1').default(0.9),
    out: z.string().min(1, 'needs the name of a file').optional(),
    json: z.boolean().default(false),
  })
  .superRefine(({ on, descriptorFile }, context) => {
    const message = 'names the key of a --descriptor-file, and there is none'
    if (on !== undefined && descriptorFile === undefined)
      context.addIssue({ code: 'custom', path: ['on'], message })
  })

/**
 * The options as the command line gives them (texts, under their names in camel case), checked and converted.
 * @throws MtlError 'invalid-option' with all that is wrong
 */
export function predictRequest(given: Readonly<Record<string, unknown>>): PredictRequest {
  raise(optionProblems(schema, given))
  return schema.parse(given)
}
