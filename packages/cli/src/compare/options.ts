import { z } from 'zod'
import type { DataOptions } from '../data/data-options.ts'
import { raise } from '../error/problems.ts'
import { flagOf } from '../text/flag.ts'

/** What `mtl compare` was asked to do, checked. */
export interface CompareRequest {
  readonly files: readonly string[]
  readonly data: DataOptions
  /** Absent: every installed method. */
  readonly methods?: readonly string[]
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
  /** Takes up the comparison that was interrupted. */
  readonly resume: boolean
  /** Where it is kept while it runs; absent: a name of its own in the working directory. */
  readonly state?: string
  /** Goes on with what is proposed of a table, unasked. */
  readonly yes: boolean
}

const names = z.string().transform((text) => text.split(',').map((name) => name.trim()))
const list = names.refine((all) => all.every((name) => name !== ''), {
  message: 'a name is empty; names are separated by single commas',
})
const numberWithin = (accepts: (value: number) => boolean, range: string): z.ZodType<number> =>
  z
    .string()
    .transform((text) => (text.trim() === '' ? NaN : Number(text)))
    .refine((value) => Number.isFinite(value) && accepts(value), { message: `must be ${range}` })
const wholeFrom = (least: number): z.ZodType<number> =>
  numberWithin((value) => Number.isSafeInteger(value) && value >= least, `a whole number, at least ${least}`)

/** Beyond these no interval narrows visibly, and the positions of test rows alone fill the memory. */
const mostSplits = 10_000

const kinds = names.pipe(
  z.array(
    z.enum(['regression', 'binary', 'multiclass'], { error: 'must be regression, binary or multiclass' }),
  ),
)

const schema = z
  .object({
    task: z.string().optional(),
    target: list.optional(),
    features: list.optional(),
    descriptors: list.optional(),
    descriptorFile: z.string().optional(),
    on: z.string().optional(),
    weight: z.string().optional(),
    kind: kinds.optional(),
    missing: z.array(z.string()).default([]),
    fill: z.literal('mean', { error: 'must be mean' }).optional(),
    categorical: list.default([]),
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
    json: z.boolean().default(false),
    yes: z.boolean().default(false),
    resume: z.boolean().default(false),
    state: z.string().min(1, 'needs the name of a file').optional(),
  })
  .superRefine(({ task, target = [], features = [], weight, kind = [] }, context) => {
    const report = (option: string, message: string): void => {
      context.addIssue({ code: 'custom', path: [option], message })
    }
    for (const [option, columns] of Object.entries({ target, features })) {
      if (new Set(columns).size < columns.length) report(option, 'names a column twice')
    }
    for (const name of target.filter((column) => [task, weight].includes(column)))
      report('target', `"${name}" is the task or the weight, and cannot be predicted`)
    if (kind.length > 1 && kind.length !== target.length)
      report('kind', `needs one kind, or one for each of the ${target.length} targets`)
    for (const name of features.filter((feature) => [task, weight, ...target].includes(feature)))
      report('features', `"${name}" is the task, a target or the weight, and cannot be an input too`)
  })

/**
 * The options as the command line gives them (texts, under their names in camel case), checked and converted.
 * @throws MtlError 'invalid-option' with all that is wrong
 */
export function compareRequest(
  files: readonly string[],
  given: Readonly<Record<string, unknown>>,
): CompareRequest {
  const parsed = schema.safeParse(given)
  if (!parsed.success) {
    raise(
      parsed.error.issues.map(({ path: [option], message }) => ({
        code: 'invalid-option',
        message: `${flagOf(String(option))} ${message}`,
      })),
    )
  }
  const {
    methods,
    option,
    trainFraction,
    splits,
    seed,
    workers,
    timeLimit,
    json,
    yes,
    resume,
    state,
    target,
    ...data
  } = schema.parse(given)
  const everyMethod = methods === undefined || methods.includes('all')
  return {
    files,
    data: { ...data, target: target ?? [] },
    ...(!everyMethod && { methods }),
    methodOptions: methodOptions(option),
    trainFraction,
    splits,
    seed,
    ...(workers !== undefined && { workers }),
    ...(timeLimit !== undefined && { timeLimit }),
    json,
    yes,
    resume,
    ...(state !== undefined && { state }),
  }
}

/** 'mean-regularised.meanPenalty=2' as { 'mean-regularised': { meanPenalty: 2 } }; values are JSON, else text. */
function methodOptions(settings: readonly string[]): CompareRequest['methodOptions'] {
  const parts = settings.map((setting) => /^([^.=]+)\.([^=]+)=(.*)$/s.exec(setting))
  raise(
    settings
      .filter((_, i) => parts[i] === null)
      .map((setting) => ({
        code: 'invalid-option',
        message: `--option "${setting}" must have the form method.key=value`,
      })),
  )
  const byMethod: Record<string, Record<string, unknown>> = {}
  for (const part of parts) {
    if (part === null) continue
    const [, method, key, value] = part
    byMethod[method] = { ...byMethod[method], [key]: jsonOrText(value) }
  }
  return byMethod
}

function jsonOrText(value: string): unknown {
  try {
    return JSON.parse(value) as unknown
  } catch {
    return value
  }
}
