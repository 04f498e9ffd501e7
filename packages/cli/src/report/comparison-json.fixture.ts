import { z } from 'zod'

const figure = z.number().nullable()
const estimate = z.strictObject({ mean: figure, lower: figure, upper: figure })

/** Of what `mtl compare --json` prints that which tests read; the schema holds the whole. */
interface PrintedComparison {
  readonly data: {
    readonly layout: string
    readonly tasks: readonly { readonly name: string; readonly rows: number; readonly labels: number }[]
  }
  readonly settings: { readonly versions: Readonly<Record<string, string>> }
  readonly scores: readonly unknown[]
  readonly overall: readonly { readonly metric: string; readonly value: number | null }[]
  readonly summaries: readonly { readonly gains: readonly unknown[] }[]
  readonly costs: readonly unknown[]
  readonly decision: string
  readonly verdict: string
}

/** What `mtl compare --json` prints. */
export const comparisonJson: z.ZodType<PrintedComparison> = z.strictObject({
  data: z.strictObject({
    file: z.string(),
    layout: z.enum(['long', 'wide', 'list']),
    tasks: z.array(
      z.strictObject({
        name: z.string(),
        kind: z.enum(['regression', 'binary', 'multiclass']),
        target: z.string(),
        rows: z.number(),
        labels: z.number(),
      }),
    ),
    inputs: z.array(z.string()),
    descriptors: z.array(z.string()),
  }),
  settings: z.strictObject({
    methods: z.array(z.string()),
    splits: z.number(),
    trainFraction: z.number(),
    seed: z.number(),
    versions: z.record(z.string(), z.string()),
  }),
  scores: z.array(
    z.strictObject({
      estimator: z.string(),
      task: z.string(),
      split: z.number(),
      metric: z.string(),
      value: figure,
    }),
  ),
  overall: z.array(
    z.strictObject({
      estimator: z.string(),
      target: z.string(),
      split: z.number(),
      metric: z.string(),
      value: figure,
    }),
  ),
  summaries: z.array(
    z.strictObject({
      estimator: z.string(),
      baseline: z.string(),
      gains: z.array(
        z.strictObject({
          task: z.string(),
          metric: z.string(),
          mean: figure,
          lower: figure,
          upper: figure,
          relative: figure,
        }),
      ),
      overall: estimate,
      balanced: estimate,
      deltaM: z.strictObject({ perTask: estimate, perMetric: estimate }),
      verdict: z.enum(['helps', 'hurts', 'mixed', 'undecided']),
      hurtTasks: z.array(z.string()),
      helpedTasks: z.array(z.string()),
      beyond: z.strictObject({ below: z.number(), above: z.number(), expectedByChance: z.number() }),
    }),
  ),
  failures: z.array(
    z.strictObject({
      estimator: z.string(),
      split: z.number().optional(),
      code: z.string(),
      message: z.string(),
    }),
  ),
  costs: z.array(
    z.strictObject({ estimator: z.string(), parameters: figure, seconds: figure, bytes: figure }),
  ),
  seconds: z.record(z.string(), figure),
  pareto: z.array(z.string()),
  decision: z.enum(['together', 'one-model', 'some', 'separate', 'undecided', 'too-little-data']),
  recommended: z.string(),
  verdict: z.string(),
})
