import { z } from 'zod'
import { list, names } from '../option-values.ts'
import type { DataOptions } from './data-options.ts'
import type { Decimal } from './read-table.ts'

const kinds = names.pipe(
  z.array(
    z.enum(['regression', 'binary', 'multiclass'], { error: 'must be regression, binary or multiclass' }),
  ),
)

/** `--decimal`. */
export const decimal: z.ZodType<Decimal> = z.enum([',', '.'], { error: 'must be , or .' })

/** What the command line says of its files (`addDataOptions`), as texts. */
export const dataSchema: z.ZodType<DataOptions> = z
  .object({
    task: z.string().optional(),
    target: list.default([]),
    features: list.optional(),
    descriptors: list.optional(),
    descriptorFile: z.string().optional(),
    on: z.string().optional(),
    weight: z.string().optional(),
    kind: kinds.optional(),
    decimal: decimal.optional(),
    missing: z.array(z.string()).default([]),
    fill: z.literal('mean', { error: 'must be mean' }).optional(),
    categorical: list.default([]),
  })
  .superRefine(({ task, target, features = [], weight, kind = [] }, context) => {
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
