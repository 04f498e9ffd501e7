import { quoted } from '../data/name-file.ts'
import type { Host } from '../host.ts'

/**
 * The command that was given, as it can be typed where it was: some of its options set anew or, by undefined, taken
 * away, and words added.
 */
export function commandWith(
  { args, environment }: Pick<Host, 'args' | 'environment'>,
  changes: Readonly<Record<string, string | undefined>>,
  added: readonly string[] = [],
): string {
  const kept: string[] = []
  for (let i = 0; i < args.length; i++) {
    const [flag] = args[i].split('=', 1)
    // What was taken up is done: another command begins anew, or says so itself.
    if (args[i] === '--resume') continue
    if (!(flag in changes)) kept.push(args[i])
    else if (!args[i].includes('=')) i++
  }
  const set = Object.entries(changes).flatMap(([flag, value]) => (value === undefined ? [] : [flag, value]))
  return `${programName(environment)} ${[...kept, ...set, ...added].map(quoted).join(' ')}`
}

/** The command as it was given. */
export function commandOf({ args, environment }: Pick<Host, 'args' | 'environment'>): string {
  return [programName(environment), ...args.map(quoted)].join(' ')
}

/**
 * How this program is called where it was started: 'mtl', or through the package manager whose script or `exec` ran
 * it, which alone knows where it is.
 */
export function programName(environment: Host['environment']): string {
  const {
    npm_config_user_agent: agent = '',
    npm_execpath: manager = '',
    npm_lifecycle_event: script,
  } = environment
  const [, name, version] = /^(\w+)\/(\S+)/.exec(agent) ?? []
  if (script === undefined && environment.npm_command === undefined) return 'mtl'
  // A script of pnpm sees where npx keeps pnpm; what pnpm executes sees npx itself.
  const fetched = manager.includes('_npx') || script === 'npx'
  if (name === 'pnpm') return fetched ? `npx --yes pnpm@${version} mtl` : 'pnpm mtl'
  if (name === 'yarn') return 'yarn mtl'
  return name === 'npm' ? 'npx mtl' : 'mtl'
}
