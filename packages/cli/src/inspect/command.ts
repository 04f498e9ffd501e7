import { Command, Option } from 'commander'
import { addDataOptions } from '../data/command-options.ts'

const examples = `
Examples:
  What is in a table, and what mtl compare would assume of it:
    $ mtl inspect pupils.csv
  With the roles of its columns said:
    $ mtl inspect pupils.csv --task school --target mathach
  What a stored model learnt:
    $ mtl inspect model/

Exit status: 0 done, 1 the data, the model or the options are wrong, 2 a fault of mtl.`

/** The command's options and help; `run` gets the files and the options as texts. */
export function inspectCommand(
  run: (files: string[], options: Record<string, unknown>) => Promise<void>,
): Command {
  const command = new Command('inspect')
    .description('Shows what is in data, or what a stored model learnt')
    .argument('<file...>', 'CSV files (.csv or .csv.gz), dataset:NAME, or the directory of a model')
  return addDataOptions(command)
    .option('--json', 'print one JSON object and nothing else')
    .addOption(new Option('--debug', 'show where an error arose'))
    .addHelpText('after', examples)
    .action(run)
}
