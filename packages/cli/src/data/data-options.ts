import type { TaskKind } from '@mtl/core'

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
  readonly missing: readonly string[]
  readonly fill?: 'mean'
  readonly categorical: readonly string[]
}
