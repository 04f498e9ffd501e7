import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCompare } from './compare/run.ts'
import { listening } from './host.fixture.ts'

const given = { methods: 'mean-regularised', trainFraction: '0.75', splits: '3', seed: '0', workers: '0' }
let folder = ''
beforeAll(async () => (folder = await mkdtemp(path.join(tmpdir(), 'mtl-report-'))))
afterAll(async () => rm(folder, { recursive: true }))

describe('--report', () => {
  it('writes one page that says what was printed, and says where', async () => {
    const file = path.join(folder, 'sleep.html')
    const { host, out } = listening()
    await runCompare(['dataset:sleepstudy'], { ...given, report: file }, host)
    expect(out()).toMatch(/\nReport: .*sleep\.html\n$/)
    expect(await readdir(folder)).toEqual(['sleep.html'])
    const page = await readFile(file, 'utf8')
    expect(page).toContain('Too little data to tell')
    expect(page).toContain('mtl compare dataset:sleepstudy --splits 3')
    expect(page).toContain('fitted on all rows')
    expect(page).toContain('18 persons, 180 rows')
  })

  it('says so on the other stream where figures are for a program', async () => {
    const { host, out, error } = listening()
    await runCompare(
      ['dataset:sleepstudy'],
      { ...given, json: true, report: path.join(folder, 'a.html') },
      host,
    )
    expect(() => JSON.parse(out()) as unknown).not.toThrow()
    expect(error()).toMatch(/Report: .*a\.html\n$/)
  })

  it('refuses what cannot be written before anything is fitted', async () => {
    for (const [report, message] of [
      [path.join(folder, 'none', 'a.html'), 'there is no folder'],
      [path.join(folder, 'a.txt'), 'ends in .html'],
    ]) {
      const { host, out } = listening()
      await expect(runCompare(['dataset:sleepstudy'], { ...given, report }, host)).rejects.toThrow(message)
      expect(out()).toBe('')
    }
  })
})
