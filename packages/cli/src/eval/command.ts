import { Command, Option } from 'commander'
import { addReadingOptions } from '../predict/command.ts'

const examples = `
Examples:
  How well a model predicts rows that it was not trained on:
    $ mtl eval model held-out.csv
  All figures for a program, under the names of mtl compare --json:
    $ mtl eval model held-out.csv --json > scores.json
  Schools that the model does not know, by some of their rows with labels:
    $ mtl eval model new-schools.csv --support labelled.csv

Exit status: 0 done, 1 the data, the model or the options are wrong, 2 a fault of mtl.`

/** The command's options and help; `run` gets the directory, the files and the options as texts. */
export function evalCommand(
  run: (folder: string, files: string[], options: Record<string, unknown>) => Promise<void>,
): Command {
  const command = new Command('eval')
    .description('Measures a stored model on the rows of a table that has the targets')
    .argument('<directory>', 'the model, as mtl train --out wrote it')
    .argument('<file...>', 'CSV file (.csv or .csv.gz), or dataset:NAME; several of a model of several files')
  return addReadingOptions(command)
    .option('--json', 'print one JSON object and nothing else')
    .addOption(new Option('--debug', 'show where an error arose'))
    .addHelpText('after', examples)
    .action(run)
}
