import { Command, Option } from 'commander'
import { addDataOptions, collect } from '../data/command-options.ts'

const examples = `
Examples:
  The schools of a table, learnt together, and stored in the directory model:
    $ mtl train pupils.csv --task school --target mathach --method mean-regularised --out model
  With options of the method; those within another by a point:
    $ mtl train pupils.csv --task school --target mathach --method task-clustering --option clusters=3 --out model
  A network; options within options are named by their path:
    $ mtl train pupils.csv --task school --target mathach --method mmoe --option experts=4 --option trainer.epochs=50 --out model
  The method that a comparison recommends, trained on all rows:
    $ mtl train pupils.csv --task school --target mathach --method auto --out model
  An interrupted training, taken up:
    $ mtl train pupils.csv --task school --target mathach --method task-clustering --out model --resume

The directory holds model.json, table.json and run.json; it is replaced whole, so that at any moment there is the former
model or the new one. mtl predict, mtl eval and mtl inspect take it.

Exit status: 0 done, 1 the data or the options are wrong, 2 a fault of mtl, 130 interrupted.`

/** The command's options and help; `run` gets the files and the options as texts. */
export function trainCommand(
  run: (files: string[], options: Record<string, unknown>) => Promise<void>,
): Command {
  const command = new Command('train')
    .description('Trains a method on all rows and stores the model in a directory')
    .argument('<file...>', 'CSV files (.csv or .csv.gz), or dataset:NAME')
  return addDataOptions(command)
    .option('--method <name>', 'method to train; auto: the one that a comparison recommends')
    .option('--option <key=value>', 'an option of the method; may be repeated', collect)
    .option('--out <directory>', 'where the model is stored; it has the directory for itself')
    .option('--seed <number>', 'what the method draws from', '0')
    .option('--workers <count>', 'threads; 0: none (default: of auto as many as pay, else none)')
    .option('--methods <names>', 'of auto: methods to compare, a,b or all (default: all but networks)')
    .option('--train-fraction <share>', 'of auto: share of the rows to train on (default: 0.75)')
    .option('--splits <count>', 'of auto: random splits into training and test rows (default: 5)')
    .option('--time-limit <seconds>', 'of auto: leave methods out that would take longer')
    .option('--resume', 'take up a training that was interrupted')
    .option('--yes', 'go on with what is proposed where the columns are not said')
    .addOption(new Option('--debug', 'show where an error arose'))
    .addHelpText('after', examples)
    .action(run)
}
