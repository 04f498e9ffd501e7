import { Argument, Command } from 'commander'
import { shells } from './shells.ts'
import type { Shell } from './shells.ts'

const examples = `
Examples:
  For this shell, until it ends:
    $ eval "$(mtl completion bash)"
  For all that start from now on:
    $ mtl completion bash >> ~/.bashrc
    $ mtl completion zsh > ~/.zfunc/_mtl      (a folder of fpath)
    $ mtl completion fish > ~/.config/fish/completions/mtl.fish

Methods and data sets are those that are installed now: write it anew after installing others.`

/** The command's options and help. */
export function completionCommand(run: (shell: Shell) => Promise<void>): Command {
  return new Command('completion')
    .description('Prints what makes a shell complete commands, options, methods and data sets')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .addHelpText('after', examples)
    .action(run)
}
