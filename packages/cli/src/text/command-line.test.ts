import { describe, expect, it } from 'vitest'
import { commandWith, programName } from './command-line.ts'

describe('commandWith', () => {
  const args = [
    'compare',
    '--resume',
    'my pupils.csv',
    '--task',
    'school',
    '--time-limit=60',
    '--splits',
    '5',
  ]

  it('takes options away and sets others anew', () => {
    expect(commandWith({ args, environment: {} }, { '--time-limit': undefined, '--splits': '20' })).toBe(
      "mtl compare 'my pupils.csv' --task school --splits 20",
    )
  })

  it('is called as it can be called where it was started', () => {
    const within = (agent: string, manager: string, script?: string): string =>
      programName({ npm_config_user_agent: agent, npm_execpath: manager, npm_lifecycle_event: script })
    const pnpm = 'pnpm/10.34.9 npm/? node/v22.0.0 linux x64'
    expect(within(pnpm, '/home/me/.npm/_npx/12/node_modules/pnpm/bin/pnpm.cjs', 'start')).toBe(
      'npx --yes pnpm@10.34.9 mtl',
    )
    expect(within(pnpm, '/usr/lib/npm-cli.js', 'npx')).toBe('npx --yes pnpm@10.34.9 mtl')
    expect(within(pnpm, '/usr/lib/pnpm.cjs', 'start')).toBe('pnpm mtl')
    expect(within('npm/11.0.0 node/v24.0.0', '/usr/lib/npm-cli.js', 'start')).toBe('npx mtl')
    expect(programName({})).toBe('mtl')
    // A shell below a package manager inherits its agent, and no script.
    expect(within(pnpm, '/usr/lib/pnpm.cjs')).toBe('mtl')
  })

  it('quotes what a shell would take apart', () => {
    expect(commandWith({ args: ["it's"], environment: {} }, {})).toBe(`mtl 'it'\\''s'`)
  })
})
