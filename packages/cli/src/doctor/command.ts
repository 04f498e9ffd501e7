import { Command, Option } from 'commander'

const examples = `
Examples:
  Whether everything is in place, and what to do where it is not:
    $ mtl doctor
  The same for a program:
    $ mtl doctor --json

Exit status: 0 all is well, 1 something is not.`

/** The command's options and help. */
export function doctorCommand(run: (options: Record<string, unknown>) => Promise<void>): Command {
  return new Command('doctor')
    .description('Looks whether Node, packages, plugins, threads and this directory are in order')
    .option('--json', 'print one JSON object and nothing else')
    .addOption(new Option('--debug', 'show where an error arose'))
    .addHelpText('after', examples)
    .action(run)
}
