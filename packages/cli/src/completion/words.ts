import type { Argument, Command, Option } from 'commander'
import { wordOf } from '../config/schema.ts'

/** What can be typed after `mtl`. */
export interface CommandWords {
  readonly name: string
  readonly description: string
  readonly flags: readonly FlagWords[]
  /** What may stand without a flag, beside files. */
  readonly words: readonly string[]
  readonly takesFiles: boolean
}

export interface FlagWords {
  /** '--method'. */
  readonly flag: string
  readonly description: string
  /** What may follow: these words, paths, anything, or nothing at all. */
  readonly value: readonly string[] | 'file' | 'directory' | 'anything' | 'nothing'
}

/** Names that only this installation knows. */
export interface KnownNames {
  readonly methods: readonly string[]
  readonly dataSets: readonly string[]
}

/** The words of a tree of commands. */
export function wordsOf(root: Command, known: KnownNames): CommandWords[] {
  const everywhere = root.options.filter(({ long }) => long !== '--version')
  return root.commands.map((command) => {
    const takesFiles = command.registeredArguments.some((argument) => argument.name() === 'file')
    return {
      name: command.name(),
      description: command.description(),
      flags: [
        ...[...command.options, ...everywhere].map((option) => ({
          flag: option.long ?? '',
          description: option.description,
          value: valueOf(option, known),
        })),
        { flag: '--help', description: 'options and examples', value: 'nothing' },
      ],
      words: [
        ...command.registeredArguments.flatMap(choicesOf),
        ...(takesFiles ? known.dataSets.map((name) => `dataset:${name}`) : []),
      ],
      takesFiles:
        takesFiles || command.registeredArguments.some((argument) => argument.name() === 'directory'),
    }
  })
}

function choicesOf({ argChoices = [] }: Argument): readonly string[] {
  return argChoices
}

function valueOf(option: Option, { methods }: KnownNames): FlagWords['value'] {
  if (option.isBoolean()) return 'nothing'
  switch (option.long) {
    case '--method':
      return ['auto', ...methods]
    case '--methods':
      return ['all', ...methods]
    case '--kind':
      return ['regression', 'binary', 'multiclass']
    case '--fill':
      return ['mean']
  }
  const word = wordOf(option)
  return word === 'file' || word === 'directory' ? word : 'anything'
}
