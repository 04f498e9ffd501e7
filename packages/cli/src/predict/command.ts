import { Command, Option } from 'commander'
import { collect, decimalHelp } from '../data/command-options.ts'

const examples = `
Examples:
  Every row with mean, sd, lower and upper, the interval that holds 90 % of the probability:
    $ mtl predict model new-pupils.csv --out predictions.csv
  A wider interval, on stdout:
    $ mtl predict model new-pupils.csv --confidence 0.99
  For schools that the model does not know, by some of their rows with labels:
    $ mtl predict model new-schools.csv --support labelled.csv
  or by their descriptors, in a table of their own:
    $ mtl predict model new-schools.csv --descriptor-file schools.csv --on school

Of classes there are the most probable one, class, and probability_LABEL for each. With several targets each name begins
with the target's.

Exit status: 0 done, 1 the data, the model or the options are wrong, 2 a fault of mtl.`

/** Options that say how new tables are read. */
export function addReadingOptions(command: Command): Command {
  return command
    .option(
      '--support <file>',
      'labelled rows of tasks that the model does not know; may be repeated',
      collect,
    )
    .option('--descriptor-file <file>', 'table of descriptors, one row a task')
    .option('--on <column>', 'column that both tables share (default: that of the tasks)')
    .option('--decimal <sign>', decimalHelp)
    .option('--missing <text>', 'text that counts as an empty cell; may be repeated', collect)
}

/** The command's options and help; `run` gets the directory, the files and the options as texts. */
export function predictCommand(
  run: (folder: string, files: string[], options: Record<string, unknown>) => Promise<void>,
): Command {
  const command = new Command('predict')
    .description('Predicts for the rows of a table by a stored model')
    .argument('<directory>', 'the model, as mtl train --out wrote it')
    .argument('<file...>', 'CSV file (.csv or .csv.gz), or dataset:NAME; several of a model of several files')
  return addReadingOptions(command)
    .option('--out <file>', 'write there instead of to stdout')
    .option('--confidence <share>', 'share of the probability between lower and upper (default: 0.9)')
    .addOption(new Option('--debug', 'show where an error arose'))
    .addHelpText('after', examples)
    .action(run)
}
