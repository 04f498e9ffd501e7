import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const guide = readFileSync(path.join(root, 'docs/from-csv-to-decision.md'), 'utf8')

/** A command of the guide, and what it prints; what a line of three dots stands for is left out. */
const transcripts = [...guide.matchAll(/```text\n\$ mtl (.*)\n([\s\S]*?)```/g)].map(([, command, shown]) => ({
  command,
  parts: shown.split(/^…$/m).map(bare),
}))

/** Without durations, which differ, and line ends, which move with them. */
function bare(text: string): string {
  return text
    .replace(/< (?=\d)/g, '')
    .replace(/\b[\d.]+ s\b/g, '· s')
    .replace(/\s+/g, ' ')
    .trim()
}

describe('the guide from a CSV to a decision', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'mtl-guide-'))
    cpSync(path.join(root, 'docs/pupils'), folder, { recursive: true })
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it('has the commands from comparing to measuring', () => {
    const commands = transcripts.map(({ command }) => command.split(' ')[0])
    expect(commands).toEqual(['compare', 'train', 'predict', 'eval'])
  })

  it.each(transcripts)('shows what mtl $command prints', { timeout: 120_000 }, ({ command, parts }) => {
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [path.join(root, 'packages/cli/bin/mtl.js'), ...command.split(' ')],
      { cwd: folder, encoding: 'utf8', env: { PATH: process.env.PATH, LANG: 'C.UTF-8' } },
    )
    expect(status, stderr).toBe(0)
    for (const part of parts) expect(bare(stdout)).toContain(part)
  })
})
