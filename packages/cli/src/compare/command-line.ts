import { quoted } from '../data/name-file.ts'

/** The command that was given, with some of its options set anew or, by undefined, taken away. */
export function commandWith(
  args: readonly string[],
  changes: Readonly<Record<string, string | undefined>>,
): string {
  const kept: string[] = []
  for (let i = 0; i < args.length; i++) {
    const [flag] = args[i].split('=', 1)
    if (!(flag in changes)) kept.push(args[i])
    else if (!args[i].includes('=')) i++
  }
  const added = Object.entries(changes).flatMap(([flag, value]) => (value === undefined ? [] : [flag, value]))
  return ['mtl', ...kept, ...added].map(quoted).join(' ')
}
