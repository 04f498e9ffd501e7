/** One line of the table that `pnpm bench` prints. */
export interface Row {
  readonly what: string
  readonly seconds: number
  readonly rate: string
  /** What it was compared with in the same run, and its time. */
  readonly against?: string
  /** Our time over the other's. */
  readonly ratio?: number
}

/** A table in Markdown, as it stands in docs/benchmarks.md. */
export function markdown(rows: readonly Row[]): string {
  const lines = rows.map(({ what, seconds, rate, against, ratio }) =>
    [what, figure(seconds, 3), rate, against ?? '', figure(ratio, 2)].join(' | '),
  )
  return ['what | seconds | rate | against | ratio', '--- | ---: | ---: | --- | ---:', ...lines]
    .map((line) => `| ${line} |`)
    .join('\n')
}

/** Nothing where nothing was measured. */
function figure(value = NaN, digits: number): string {
  return Number.isNaN(value) ? '' : value.toFixed(digits)
}
