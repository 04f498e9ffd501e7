import { z } from 'zod'
import { compareRequest } from '../compare/options.ts'
import type { CompareRequest } from '../compare/options.ts'
import type { DataOptions } from '../data/data-options.ts'
import { dataSchema } from '../data/data-schema.ts'
import { raise } from '../error/problems.ts'
import type { Problem } from '../error/problems.ts'
import { nestedSettings } from '../option-settings.ts'
import { optionProblems, wholeFrom } from '../option-values.ts'
import { flagOf } from '../text/flag.ts'

/** What `mtl train` was asked to do, checked. */
export interface TrainRequest {
  readonly data: DataOptions
  readonly method: Method
  readonly out: string
  readonly seed: number
  /** Threads; 0 is this one. */
  readonly workers: number
  readonly resume: boolean
  readonly yes: boolean
}

/** A method by its name, or the comparison that is to choose one. */
type Method =
  | { readonly name: string; readonly options: Readonly<Record<string, unknown>> }
  | { readonly comparison: CompareRequest }

const schema = z.object({
  method: z
    .string({ error: 'is missing: name the method to train, or auto for what a comparison recommends' })
    .min(1, 'needs the name of a method'),
  out: z
    .string({ error: 'is missing: name the directory in which the model is to be stored' })
    .min(1, 'needs the name of a directory'),
  option: z.array(z.string()).default([]),
  seed: wholeFrom(0),
  workers: wholeFrom(0).optional(),
  resume: z.boolean().default(false),
  yes: z.boolean().default(false),
})

/** Options that mean something for a comparison alone, and their defaults there. */
const ofComparison = { methods: undefined, trainFraction: '0.75', splits: '5', timeLimit: undefined }

/**
 * The options as the command line gives them (texts, under their names in camel case), checked and converted.
 * @throws MtlError 'invalid-option' with all that is wrong
 */
export function trainRequest(
  files: readonly string[],
  given: Readonly<Record<string, unknown>>,
  comparisonFile: (out: string) => string,
): TrainRequest {
  const isAuto = given.method === 'auto'
  raise([
    ...optionProblems(dataSchema, given),
    ...optionProblems(schema, given),
    ...(isAuto ? [] : unusedOptions(given)),
  ])
  const { method, out, option, seed, workers, resume, yes } = schema.parse(given)
  const comparison = (): CompareRequest =>
    compareRequest(files, {
      ...ofComparison,
      ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
      state: comparisonFile(out),
    })
  return {
    data: dataSchema.parse(given),
    method: isAuto
      ? { comparison: comparison() }
      : { name: method, options: nestedSettings(option, { form: 'key=value', keys: 1 }) },
    ...{ out, seed, workers: workers ?? 0, resume, yes },
  }
}

function unusedOptions(given: Readonly<Record<string, unknown>>): Problem[] {
  return Object.keys(ofComparison)
    .filter((name) => given[name] !== undefined)
    .map((name) => ({
      code: 'invalid-option',
      message: `${flagOf(name)} is for the comparison of --method auto; leave it out`,
    }))
}
