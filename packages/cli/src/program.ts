import { Command, Option } from 'commander'
import { compareCommand } from './compare/command.ts'
import { completionCommand } from './completion/command.ts'
import { configCommand } from './config/command.ts'
import { doctorCommand } from './doctor/command.ts'
import { evalCommand } from './eval/command.ts'
import type { Host } from './host.ts'
import { inspectCommand } from './inspect/command.ts'
import { predictCommand } from './predict/command.ts'
import { trainCommand } from './train/command.ts'

const notes = `
mtl COMMAND --help shows the options of a command, with examples. mtl compare FILE is a good start.`

/** Commands that are there to mend a configuration, and so do without. */
const unconfigured = ['config', 'doctor']

/** A host whose plugins are known only when the configuration was read. */
export type OpenHost = Host & { plugins: Host['plugins'] }

/** The tree of all commands; each loads what it needs when it runs. */
export function createProgram(host: OpenHost, version: string): Command {
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
    doctorCommand(async (options) => {
      const { runDoctor } = await import('./doctor/run.ts')
      await runDoctor(options, root, host)
    }),
    configCommand(async (options) => {
      const { runConfig } = await import('./config/run.ts')
      await runConfig(options, root, host)
    }),
    completionCommand(async (shell) => {
      const { runCompletion } = await import('./completion/run.ts')
      await runCompletion(shell, root, host)
    }),
  ]
  const root: Command = new Command('mtl')
    .description('Multi-task learning: does learning these tasks together pay?')
    .version(version)
    .addOption(new Option('--config <file>', 'configuration (default: mtl.config.yaml or .json here)'))
    .addHelpText('after', notes)
    .hook('preAction', async (_, command) => {
      if (unconfigured.includes(command.name())) return
      const { configure } = await import('./config/configure.ts')
      host.plugins = await configure(root, command)
    })
  for (const command of commands) root.addCommand(command)
  for (const command of [root, ...commands]) {
    command
      .exitOverride()
      .configureHelp({ showGlobalOptions: true })
      .configureOutput({
        writeErr: (text) => host.stderr.write(text),
        outputError: (message, write) =>
          write(message.replace(/^error: /, 'error [invalid-option] ').replace(/\n\(/, ' (')),
      })
  }
  return root
}
