import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { listening } from '../host.fixture.ts'
import { createProgram } from '../program.ts'
import { runCompletion } from './run.ts'
import type { Shell } from './shells.ts'

async function script(shell: Shell): Promise<string> {
  const { host, out } = listening()
  await runCompletion(shell, createProgram({ ...host }, '1.0.0'), host)
  return out()
}

/** What bash offers for the last of the words. */
function offered(text: string, ...words: string[]): string[] {
  const call = `${text}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _mtl; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout, stderr } = spawnSync('bash', ['-c', call, 'bash', 'mtl', ...words], { encoding: 'utf8' })
  expect(stderr).toBe('')
  return stdout.split('\n').filter((word) => word !== '')
}

describe('completion', () => {
  it('offers commands, options, methods and data sets in bash', async () => {
    const text = await script('bash')
    expect(offered(text, 'tr')).toEqual(['train'])
    expect(offered(text, 'train', '--sp')).toEqual(['--splits'])
    expect(offered(text, 'eval', '--sp')).toEqual([])
    expect(offered(text, 'train', '--method', 'mean')).toEqual(['mean-regularised'])
    expect(offered(text, 'train', '--method', 'au')).toEqual(['auto'])
    expect(offered(text, 'compare', 'dataset:s')).toEqual(['dataset:sleepstudy'])
    expect(offered(text, 'compare', '--task', 'x')).toEqual([])
    expect(offered(text, 'completion', 'f')).toEqual(['fish'])
    expect(offered(text, 'predict', '--config', 'package.js')).toEqual(['package.json'])
  })

  it('offers the same in zsh and fish, with descriptions in their own quotes', async () => {
    const [zsh, fish] = [await script('zsh'), await script('fish')]
    expect(zsh).toMatch(/^#compdef mtl\n/)
    expect(zsh).toMatch(/'train --method'\) compadd -- 'auto' .*'mean-regularised'/)
    expect(zsh).toContain(String.raw`'--method:method to train; auto\: the one that a comparison recommends'`)
    expect(fish).toMatch(/-n '__fish_seen_subcommand_from train' -l method -x -a 'auto .*mean-regularised/)
    expect(fish).toMatch(/-n '__fish_seen_subcommand_from compare' -a 'dataset:hsb /)
  })
})
