import process from 'node:process'
import { Command, CommanderError } from 'commander'
import { compareCommand } from './compare/command.ts'
import { evalCommand } from './eval/command.ts'
import { inspectCommand } from './inspect/command.ts'
import { predictCommand } from './predict/command.ts'
import { trainCommand } from './train/command.ts'
import type { Host } from './host.ts'
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
  const host: Host = {
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
    await (await program(host)).parseAsync(args, { from: 'user' })
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

async function program(host: Host): Promise<Command> {
  const commands = [
    compareCommand(async (files, options) => {
      const { runCompare } = await import('./compare/run.ts')
      await runCompare(files, options, host)
    }),
    trainCommand(async (files, options) => {
      const { runTrain } = await import('./train/run.ts')
      await runTrain(files, options, host)
    }),
    predictCommand(async (folder, files, options) => {
      const { runPredict } = await import('./predict/run.ts')
      await runPredict(folder, files, options, host)
    }),
    evalCommand(async (folder, files, options) => {
      const { runEval } = await import('./eval/run.ts')
      await runEval(folder, files, options, host)
    }),
    inspectCommand(async (files, options) => {
      const { runInspect } = await import('./inspect/run.ts')
      await runInspect(files, options, host)
    }),
  ]
  const root = new Command('mtl')
    .description('Multi-task learning: does learning these tasks together pay?')
    .version(await ownVersion())
  for (const command of commands) root.addCommand(command)
  for (const command of [root, ...commands]) {
    command.exitOverride().configureOutput({
      outputError: (message, write) =>
        write(message.replace(/^error: /, 'error [invalid-option] ').replace(/\n\(/, ' (')),
    })
  }
  return root
}

/** Errors load what they need only when there is one. */
async function report(error: unknown, debug: boolean): Promise<number> {
  const { errorLines, exitCodeOf } = await import('./error/error-lines.ts')
  process.stderr.write(`${errorLines(error, debug).join('\n')}\n`)
  return exitCodeOf(error)
}
