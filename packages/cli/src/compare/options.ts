import { z } from 'zod'
import type { DataOptions } from '../data/data-options.ts'
import { dataSchema } from '../data/data-schema.ts'
import { raise } from '../error/problems.ts'
import { nestedSettings } from '../option-settings.ts'
import { list, numberWithin, optionProblems, wholeFrom } from '../option-values.ts'

/** What `mtl compare` was asked to do, checked. */
export interface CompareRequest {
  readonly files: readonly string[]
  readonly data: DataOptions
  /** Absent: every installed method but networks, which 'all' has as well. */
  readonly methods?: readonly string[] | 'all'
  /** Options of methods: { 'mean-regularised': { meanPenalty: 2 } }. */
  readonly methodOptions: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly trainFraction: number
  readonly splits: number
  readonly seed: number
  /** Threads; 0 is this one. Absent: as many as pay. */
  readonly workers?: number
  /** Seconds. */
  readonly timeLimit?: number
  readonly json: boolean
  /** Where a page for people is written. */
  readonly report?: string
  /** Takes up the comparison that was interrupted. */
  readonly resume: boolean
  /** Where it is kept while it runs; absent: a name of its own in the working directory. */
  readonly state?: string
  /** Goes on with what is proposed of a table, unasked. */
  readonly yes: boolean
}

/** Beyond these no interval narrows visibly, and the positions of test rows alone fill the memory. */
const mostSplits = 10_000

const schema = z.object({
  methods: list.optional(),
  option: z.array(z.string()).default([]),
  trainFraction: numberWithin((value) => value > 0 && value < 1, 'a number above 0 and below 1'),
  splits: numberWithin(
    (value) => Number.isSafeInteger(value) && value >= 1 && value <= mostSplits,
    `a whole number from 1 to ${mostSplits}`,
  ),
  seed: wholeFrom(0),
  workers: wholeFrom(0).optional(),
  timeLimit: numberWithin((value) => value > 0, 'a number of seconds above 0').optional(),
  report: z
    .string()
    .regex(/\.html?$/i, 'needs the name of a file that ends in .html')
    .optional(),
  json: z.boolean().default(false),
  yes: z.boolean().default(false),
  resume: z.boolean().default(false),
  state: z.string().min(1, 'needs the name of a file').optional(),
})

/**
 * The options as the command line gives them (texts, under their names in camel case), checked and converted.
 * @throws MtlError 'invalid-option' with all that is wrong
 */
export function compareRequest(
  files: readonly string[],
  given: Readonly<Record<string, unknown>>,
): CompareRequest {
  raise([...optionProblems(dataSchema, given), ...optionProblems(schema, given)])
  const { methods, option, workers, timeLimit, state, report, ...settings } = schema.parse(given)
  return {
    files,
    data: dataSchema.parse(given),
    ...(methods && { methods: methods.includes('all') ? 'all' : methods }),
    methodOptions: methodOptions(option),
    ...(workers !== undefined && { workers }),
    ...(timeLimit !== undefined && { timeLimit }),
    ...(state !== undefined && { state }),
    ...(report !== undefined && { report }),
    ...settings,
  }
}

/** 'mean-regularised.meanPenalty=2' as { 'mean-regularised': { meanPenalty: 2 } }. */
function methodOptions(settings: readonly string[]): CompareRequest['methodOptions'] {
  const nested = nestedSettings(settings, { form: 'method.key=value', keys: 2 })
  return nested as CompareRequest['methodOptions']
}
