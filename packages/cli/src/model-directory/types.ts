import type { Capabilities, Model, TableDescription } from '@mtl/core'

/** How a stored model came to be: run.json. */
export interface RunRecord {
  /** Layout of the directory. */
  readonly version: 1
  /** As it was typed. */
  readonly command: string
  readonly seed: number
  /** Of the packages that took part, plugins included, by name. */
  readonly versions: Readonly<Record<string, string>>
  /** Of the data, as `fingerprint` gives it. */
  readonly fingerprint: string
  /** How the tables become tasks; of a list each file is a task. */
  readonly layout: 'long' | 'wide' | 'list'
  /** What a task is called. */
  readonly taskNoun: string
  /** What was found, where a comparison chose the method. */
  readonly comparison?: {
    readonly decision: string
    readonly recommended: string
    readonly verdict: string
    readonly splits: number
    readonly methods: readonly string[]
  }
}

/** A stored model, all that the directory holds. */
export interface StoredModel {
  readonly model: Model
  /** Of its method, with these options. */
  readonly capabilities: Capabilities
  /** With which its method was trained. */
  readonly options: Readonly<Record<string, unknown>>
  /** How the tables were read, so that new ones are read alike. */
  readonly description: TableDescription
  readonly run: RunRecord
}
