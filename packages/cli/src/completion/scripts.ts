import type { Shell } from './shells.ts'
import type { CommandWords, FlagWords } from './words.ts'

/** What a shell is to evaluate. */
export function completionScript(shell: Shell, commands: readonly CommandWords[]): string {
  return { bash, zsh, fish }[shell](commands)
}

/** A word as a shell takes it: in single quotes, of which one is written '\''. */
function single(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

function bash(commands: readonly CommandWords[]): string {
  const values = commands.flatMap(({ name, flags }) =>
    flags.flatMap(({ flag, value }) => {
      const words = {
        nothing: undefined,
        anything: 'COMPREPLY=()',
        file: '_mtl_paths -f',
        directory: '_mtl_paths -d',
      }
      const does = typeof value === 'string' ? words[value] : `_mtl_words ${single(value.join(' '))}`
      return does === undefined ? [] : [`    ${single(`${name} ${flag}`)}) ${does}; return ;;`]
    }),
  )
  const rest = commands.map(({ name, flags, words, takesFiles }) =>
    [
      `    ${name})`,
      `      if [[ $word == -* ]]; then _mtl_words ${single(flags.map(({ flag }) => flag).join(' '))}`,
      `      else ${takesFiles ? '_mtl_paths -f; ' : ''}_mtl_words ${single(words.join(' '))}; fi ;;`,
    ].join('\n'),
  )
  return `# Completion of mtl for bash.
# A colon is no end of a word in dataset:NAME.
COMP_WORDBREAKS=\${COMP_WORDBREAKS//:/}
_mtl_words() { COMPREPLY+=($(compgen -W "$1" -- "$word")); }
_mtl_paths() { compopt -o filenames 2>/dev/null; local IFS=$'\\n'; COMPREPLY+=($(compgen "$1" -- "$word")); }
_mtl() {
  local word="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}"
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then _mtl_words ${single(commands.map(({ name }) => name).join(' '))}; return; fi
  case "$command $previous" in
${values.join('\n')}
  esac
  case "$command" in
${rest.join('\n')}
  esac
}
complete -F _mtl mtl
`
}

/** Of _describe, whose name ends at the first colon. */
function described(name: string, description: string): string {
  return single(`${name.replaceAll(':', '\\:')}:${description.replaceAll(':', '\\:')}`)
}

function zsh(commands: readonly CommandWords[]): string {
  const values = commands.flatMap(({ name, flags }) =>
    flags.flatMap(({ flag, value }) => {
      const words = { nothing: undefined, anything: 'true', file: '_files', directory: '_files -/' }
      const does = typeof value === 'string' ? words[value] : `compadd -- ${value.map(single).join(' ')}`
      return does === undefined ? [] : [`    ${single(`${name} ${flag}`)}) ${does}; return ;;`]
    }),
  )
  const rest = commands.map(({ name, flags, words, takesFiles }) =>
    [
      `    ${name})`,
      '      if [[ $words[CURRENT] == -* ]]; then',
      `        offers=(${flags.map(({ flag, description }) => described(flag, description)).join(' ')})`,
      `        _describe option offers`,
      '      else',
      ...(words.length > 0 ? [`        compadd -- ${words.map(single).join(' ')}`] : []),
      ...(takesFiles ? ['        _files'] : []),
      '        true',
      '      fi ;;',
    ].join('\n'),
  )
  return `#compdef mtl
# Completion of mtl for zsh.
_mtl() {
  local -a offers
  if ((CURRENT == 2)); then
    offers=(${commands.map(({ name, description }) => described(name, description)).join(' ')})
    _describe command offers
    return
  fi
  case "$words[2] $words[CURRENT-1]" in
${values.join('\n')}
  esac
  case "$words[2]" in
${rest.join('\n')}
  esac
}
if [[ $funcstack[1] == _mtl ]]; then _mtl "$@"; else compdef _mtl mtl; fi
`
}

function fish(commands: readonly CommandWords[]): string {
  const lines = commands.flatMap(({ name, description, flags, words, takesFiles }) => {
    const within = `complete -c mtl -n '__fish_seen_subcommand_from ${name}'`
    return [
      `complete -c mtl -n __fish_use_subcommand -a ${name} -d ${fishText(description)}`,
      ...(takesFiles ? [`${within} -F`] : []),
      ...(words.length > 0 ? [`${within} -a ${fishText(words.join(' '))}`] : []),
      ...flags.map(
        (flag) => `${within} -l ${flag.flag.slice(2)}${fishValue(flag)} -d ${fishText(flag.description)}`,
      ),
    ]
  })
  return `# Completion of mtl for fish.\ncomplete -c mtl -f\n${lines.join('\n')}\n`
}

function fishValue({ value }: FlagWords): string {
  if (typeof value !== 'string') return ` -x -a ${fishText(value.join(' '))}`
  const ways = {
    nothing: '',
    anything: ' -x',
    file: ' -r -F',
    directory: ` -x -a '(__fish_complete_directories)'`,
  }
  return ways[value]
}

/** Within single quotes fish knows two escapes. */
function fishText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
