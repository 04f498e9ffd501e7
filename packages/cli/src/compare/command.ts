import { Command, Option } from 'commander'
import { addDataOptions, collect } from '../data/command-options.ts'

const examples = `
Examples:
  A table whose columns' roles are proposed, and asked about:
    $ mtl compare pupils.csv
  A table with a column that names each row's task (the school of a pupil):
    $ mtl compare pupils.csv --task school --target mathach
  One row, many targets, each a task; empty cells and n/a are missing:
    $ mtl compare soil.csv --target cadmium,cobalt,copper --missing n/a
  A file for each task, whose columns may differ:
    $ mtl compare north.csv south.csv east.csv --target yield
  Traits of the schools in a file of their own:
    $ mtl compare pupils.csv --task school --target mathach --descriptor-file schools.csv --on school
  A page worth showing, beside what is printed:
    $ mtl compare pupils.csv --task school --target mathach --report pupils.html
  A data set that comes along, and all figures for a program:
    $ mtl compare dataset:hsb --json > result.json

Exit status: 0 done, 1 the data or the options are wrong, 2 a fault of mtl, 130 interrupted.`

/** The command's options and help; `run` gets the files and the options as texts. */
export function compareCommand(
  run: (files: string[], options: Record<string, unknown>) => Promise<void>,
): Command {
  const command = new Command('compare')
    .description('Compares methods on the same splits: does learning these tasks together pay?')
    .argument('<file...>', 'CSV files (.csv or .csv.gz), or dataset:NAME')
  return addDataOptions(command)
    .option('--methods <names>', 'methods to compare, a,b or all (default: all but networks)')
    .option('--option <method.key=value>', 'an option of a method; may be repeated', collect)
    .option('--train-fraction <share>', 'share of the rows to train on', '0.75')
    .option('--splits <count>', 'random splits into training and test rows', '5')
    .option('--seed <number>', 'what splits and methods draw from', '0')
    .option('--workers <count>', 'threads; 0: none (default: as many as pay)')
    .option('--time-limit <seconds>', 'leave methods out that would take longer')
    .option('--resume', 'take up a comparison that was interrupted')
    .option('--state <file>', 'where it is kept while it runs (default: mtl-compare-….state.json here)')
    .option('--yes', 'go on with what is proposed where the columns are not said')
    .option('--report <file>', 'write a page to show: verdict, gains, and what was learnt (.html)')
    .option('--json', 'print one JSON object and nothing else')
    .addOption(new Option('--debug', 'show where an error arose'))
    .addHelpText('after', examples)
    .action(run)
}
