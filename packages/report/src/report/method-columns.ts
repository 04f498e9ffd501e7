import { spreadOf } from '@mtl/core'
import type { Comparison, Dataset, TaskKind } from '@mtl/core'
import { figure, share } from '../text/numbers.ts'

/** A figure of each method, over all test rows. */
export interface MethodColumn {
  readonly title: string
  readonly cell: (method: string) => { readonly value: string; readonly spread?: string }
}

interface Metric {
  readonly title: string
  readonly metric: string
  readonly format: 'share' | 'figure'
  readonly spread?: true
  /** In the target's unit: no mean over targets has a meaning. */
  readonly unit?: true
}

const metricsOf: Readonly<Record<TaskKind, readonly Metric[]>> = {
  regression: [
    { title: 'Explained variance', metric: 'explained-variance-pooled', format: 'share', spread: true },
    { title: 'RMSE', metric: 'rmse', format: 'figure', unit: true },
    { title: 'In 90\u202f% interval', metric: 'interval-coverage-90', format: 'share' },
  ],
  binary: [
    { title: 'AUC', metric: 'auc', format: 'share', spread: true },
    { title: 'Log loss', metric: 'log-loss', format: 'figure' },
    { title: 'Calibration error', metric: 'calibration-error', format: 'share' },
  ],
  multiclass: [
    { title: 'Accuracy', metric: 'accuracy', format: 'share', spread: true },
    { title: 'Log loss', metric: 'log-loss', format: 'figure' },
    { title: 'Calibration error', metric: 'calibration-error', format: 'share' },
  ],
}

/** At most three figures; those of which fewer than half the cells are defined are named in `leftOut`. */
export function methodColumns(
  { overall }: Comparison,
  data: Dataset,
  methods: readonly string[],
): { readonly columns: readonly MethodColumn[]; readonly leftOut: readonly string[] } {
  const wanted = wantedFor(data)
  const defined = ({ metric }: Metric): boolean =>
    2 * methods.filter((method) => !Number.isNaN(spreadOf(overall, method, metric).mean)).length >=
    methods.length
  const shown = wanted.filter(defined)
  return {
    columns: shown.map(({ title, metric, format, spread }) => ({
      title,
      cell: (method) => {
        const { mean, deviation } = spreadOf(overall, method, metric)
        const value = format === 'share' ? share(mean) : figure(mean)
        if (spread !== true || Number.isNaN(deviation)) return { value }
        return { value, spread: `± ${(100 * deviation).toFixed(1)}` }
      },
    })),
    leftOut: wanted.filter((metric) => !shown.includes(metric)).map(({ title }) => title),
  }
}

function wantedFor({ tasks }: Dataset): Metric[] {
  const kinds = [...new Set(tasks.map(({ kind }) => kind))]
  const each = kinds.length === 1 ? 3 : 1
  return kinds.flatMap((kind) => {
    const targets = new Set(tasks.filter((task) => task.kind === kind).map(({ target }) => target))
    return metricsOf[kind].filter(({ unit }) => unit !== true || targets.size === 1).slice(0, each)
  })
}
