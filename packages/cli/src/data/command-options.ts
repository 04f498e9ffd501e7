import type { Command } from 'commander'

/** Of `--decimal`. */
export const decimalHelp = '"," where numbers are written 1,75 (default: ".")'

/** The options that say what the columns of the files are, the same in every command that reads data. */
export function addDataOptions(command: Command): Command {
  return command
    .option('--task <column>', 'column that names the task of each row')
    .option('--target <columns>', 'columns to predict, a,b')
    .option('--features <columns>', 'input columns (default: all that have no other role)')
    .option('--descriptors <columns>', 'columns that describe the task itself')
    .option('--descriptor-file <file>', 'table of descriptors, one row a task')
    .option('--on <column>', 'column that both tables share (default: that of --task)')
    .option('--weight <column>', 'column of case weights')
    .option(
      '--kind <kinds>',
      'regression, binary or multiclass; one, or one a target (default: by the cells)',
    )
    .option('--decimal <sign>', decimalHelp)
    .option('--missing <text>', 'text that counts as an empty cell; may be repeated', collect)
    .option('--fill <how>', 'mean: fill empty inputs by the mean of the training rows')
    .option('--categorical <columns>', 'input columns to take as levels')
}

/** Gathers the values of an option that may be repeated. */
export function collect(value: string, earlier: string[] = []): string[] {
  return [...earlier, value]
}
