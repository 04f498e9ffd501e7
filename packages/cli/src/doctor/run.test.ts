import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listening } from '../host.fixture.ts'
import { createProgram } from '../program.ts'
import { nodeFinding } from './checks.ts'
import { runDoctor } from './run.ts'

describe('runDoctor', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mtl-doctor-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('finds all in order where it is', async () => {
    const { host, out } = listening()
    await runDoctor({}, createProgram({ ...host }, '1.0.0'), host)
    expect(out()).toMatch(/^ok {5}Node \d+/)
    expect(out()).toMatch(/^ok {5}@mtl\/core 1\.0\.0: 4 methods/m)
    expect(out()).toMatch(/^ok {5}@mtl\/clustering /m)
    expect(out()).toMatch(/^ok {5}threads start and answer, in /m)
    expect(out()).not.toMatch(/^fault/m)
  })

  it('says of each thing that is not in order what to do', async () => {
    const file = path.join(folder, 'mtl.config.yaml')
    await writeFile(file, 'plugins: [mtl-plugin-of-nobody, ./broken.mjs]\n')
    await writeFile(path.join(folder, 'broken.mjs'), 'export const nothing = 1')
    const { host, out } = listening()
    const root = createProgram({ ...host }, '1.0.0').setOptionValue('config', file)
    await expect(runDoctor({ json: true }, root, host)).rejects.toThrow(/^3 of \d+ are not in order/)
    const { findings } = JSON.parse(out()) as { findings: { state: string; what: string }[] }
    const faults = findings.filter(({ state }) => state === 'fault').map(({ what }) => what)
    expect(faults[0]).toMatch(/mtl-plugin-of-nobody, which is not installed where that file is: npm install/)
    expect(faults[1]).toMatch(/\.\/broken\.mjs exports no plugin/)
    expect(faults[2]).toMatch(/^no thread answers: .*Run without them: --workers 0/)
  })

  it.each([
    ['20.19.0', 'ok'],
    ['24.0.1', 'ok'],
    ['20.18.3', 'fault'],
    ['18.20.0', 'fault'],
  ])('judges Node %s as %s', (version, state) => {
    expect(nodeFinding(version).state).toBe(state)
  })
})
