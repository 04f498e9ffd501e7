import { Command, Option } from 'commander'

const examples = `
Examples:
  What is in force in this directory:
    $ mtl config
  The schema for an editor, which the package holds as mtl.config.schema.json too:
    $ mtl config --schema > mtl.config.schema.json

mtl.config.yaml, or .json, in the working directory or named by --config, holds what need not be typed each time:

  plugins: [mtl-plugin-of-mine]
  data:
    task: school
    target: mathach
    missing: [n/a]
  compare:
    splits: 20
  train:
    method: task-clustering
    option: { clusters: 3 }
    out: model

What is typed goes before what is written there. Paths and plugins are found from the folder of the file.`

/** The command's options and help. */
export function configCommand(run: (options: Record<string, unknown>) => Promise<void>): Command {
  return new Command('config')
    .description('Shows the configuration that is in force, or the schema of such files')
    .option('--schema', 'print the JSON schema of mtl.config.yaml and .json')
    .addOption(new Option('--debug', 'show where an error arose'))
    .addHelpText('after', examples)
    .action(run)
}
