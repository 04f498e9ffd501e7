import process from 'node:process'
import { CommanderError } from 'commander'
import { createProgram } from './program.ts'
import type { OpenHost } from './program.ts'
import { confirm } from './text/ask.ts'
import { ownVersion } from './versions.ts'

const interrupted = 130

/** Runs the command line; returns the exit status. */
export async function main(args: readonly string[]): Promise<number> {
  // A reader that has seen enough, such as `head`, is no fault.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  const abort = new AbortController()
  process.once('SIGINT', () => abort.abort())
  let story = (): string => 'interrupted'
  const host: OpenHost = {
    args,
    stdout: process.stdout,
    stderr: process.stderr,
    plugins: [],
    environment: process.env,
    signal: abort.signal,
    onInterrupt: (describe) => (story = describe),
    ...(process.stdin.isTTY && process.stderr.isTTY && { confirm }),
    clock: () => performance.now() / 1000,
  }
  try {
    await createProgram(host, await ownVersion()).parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode
    if (abort.signal.aborted) {
      process.stderr.write(`${story()}\n`)
      return interrupted
    }
    return report(error, args.includes('--debug'))
  }
}

/** Errors load what they need only when there is one. */
async function report(error: unknown, debug: boolean): Promise<number> {
  const { errorLines, exitCodeOf } = await import('./error/error-lines.ts')
  process.stderr.write(`${errorLines(error, debug).join('\n')}\n`)
  return exitCodeOf(error)
}
