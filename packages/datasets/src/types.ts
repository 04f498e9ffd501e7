import type { Columns, Dataset, TableDescription } from '@mtl/core'

/** A data set that comes with its story. */
export interface ExampleData {
  /** Its name in `datasets`. */
  readonly name: string
  readonly title: string
  /** Who gathered the data, and the R package and data frame that carry it. */
  readonly source: string
  /** The work to cite. */
  readonly citation: string
  /** SPDX identifier of the source's licence. */
  readonly licence: string
  /** What a task is, in the singular. */
  readonly taskNoun: string
  /** What the values of a column mean or are measured in. */
  readonly units: Readonly<Record<string, string>>
  /** How the rows become tasks. */
  readonly description: TableDescription
  /** Rows in the order of the source. Read anew at each call. */
  table(): Columns
  /** `datasetFromTable(table(), description)`. */
  data(): Dataset
}
