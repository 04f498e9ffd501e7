import type { Dataset, TableDescription } from '@mtl/core'

/** Tasks read for a command, and what is said of them. */
export interface LoadedData {
  readonly data: Dataset
  /** As the user named the files. */
  readonly file: string
  /** What heads the first line: the file, or a built-in set's own title. */
  readonly title: string
  readonly layout: 'long' | 'wide' | 'list'
  /** What a task is called, in the singular: 'school'; 'task' where that is not known. */
  readonly taskNoun: string
  /** How the table was read, so that another is read alike; of a list the inputs of all tables together. */
  readonly description: TableDescription
  /** Rows of the tables. */
  readonly rows: number
  /** Columns of the tables that are inputs. */
  readonly inputs: readonly string[]
  readonly descriptors: readonly string[]
  /** Sentences of advice, for stderr. */
  readonly notes: readonly string[]
}
