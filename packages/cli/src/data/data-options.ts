import type { TaskKind } from '@mtl/core'
import type { Decimal } from './read-table.ts'

/** What the command line says of its files. */
export interface DataOptions {
  readonly task?: string
  readonly target: readonly string[]
  readonly features?: readonly string[]
  readonly descriptors?: readonly string[]
  readonly descriptorFile?: string
  readonly on?: string
  readonly weight?: string
  /** One for all targets, or one for each. */
  readonly kind?: readonly TaskKind[]
  /** What stands before the decimals: a point where it is not said. */
  readonly decimal?: Decimal
  readonly missing: readonly string[]
  readonly fill?: 'mean'
  readonly categorical: readonly string[]
}
