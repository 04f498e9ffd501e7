import type { Sink } from './output.ts'
import type { NamedPlugin } from './registry.ts'
import type { Place } from './text/style.ts'

/** What a command knows of the process around it. */
export interface Host {
  /** What followed `mtl`. */
  readonly args: readonly string[]
  readonly stdout: Sink & Place
  readonly stderr: Sink & Place
  /** Plugins that the configuration names. */
  readonly plugins: readonly NamedPlugin[]
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Aborts when the user interrupts. */
  readonly signal: AbortSignal
  /** What is to be said when the command was interrupted. */
  readonly onInterrupt: (describe: () => string) => void
  /** Asks the user; absent where none is at a terminal. */
  readonly confirm?: (question: string) => Promise<boolean>
  /** Seconds since some moment. */
  readonly clock: () => number
}
