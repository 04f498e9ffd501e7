import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { errorLines } from '../error/error-lines.ts'
import { listening } from '../host.fixture.ts'
import type { Heard } from '../host.fixture.ts'
import type { Host } from '../host.ts'
import { comparisonJson } from '../report/comparison-json.fixture.ts'
import { runCompare } from './run.ts'

/** Two beside the baselines: what is installed besides does not matter here. */
const given = {
  methods: 'mean-regularised,task-mean',
  trainFraction: '0.75',
  splits: '3',
  seed: '0',
  workers: '0',
}

describe('runCompare', () => {
  it('prints the data, the costs, the methods, a verdict and what to do next', async () => {
    const { host, out, error } = listening()
    await runCompare(['dataset:sleepstudy'], given, host)
    // Of too little data the verdict comes first: it says that what follows describes.
    const [data, verdict, table, next] = out().split('\n\n')
    expect(data).toContain('18 tasks (persons) · 180 rows ·\n  target reaction (regression) · 1 input')
    expect(table).toMatch(/^ +expl\. var\.,/)
    expect(verdict).toContain('Median 10 rows per person;')
    expect(next).toMatch(/^Next: .*mtl compare dataset:sleepstudy/)
    expect(error().trimEnd().split('\n')).toHaveLength(12)
  })

  it('rewrites no line that a narrow terminal would break, and writes no glyph that a locale lacks', async () => {
    const { host, out, error } = listening(true, 50, 'C')
    await runCompare(['dataset:sleepstudy'], given, host)
    const lines = error().split('\r\u001b[2K')
    expect(lines.length).toBeGreaterThan(12)
    for (const line of lines) expect(line.length).toBeLessThan(50)
    expect(out() + error()).not.toMatch(/[−\u202f·±━▲▼○■│─–]/)
  })

  it('leaves out what a time limit does not admit, and says how to run it', async () => {
    const { host, out, error } = listening()
    await runCompare(['dataset:sleepstudy'], { ...given, timeLimit: '1e-9' }, host)
    expect(error()).toMatch(/^note: mean-regularised is left out: 3 fits would take about/m)
    expect(out()).toMatch(/left out, about .*--methods .*mean-regularised/)
    expect(out()).not.toMatch(/^mean-regularised/m)
  })

  it('prints one JSON object alone, equal for equal seeds', async () => {
    const scores = async (): Promise<unknown> => {
      const { host, out } = listening()
      await runCompare(['dataset:sleepstudy'], { ...given, json: true }, host)
      return comparisonJson.parse(JSON.parse(out())).scores
    }
    expect(await scores()).toEqual(await scores())
  })

  it('draws no more splits than such a table needs', async () => {
    const asked = runCompare(['dataset:hsb'], { ...given, splits: '10000' }, listening().host)
    await expect(asked).rejects.toThrow('--splits must be at most 1391 for 7,185 rows')
  })

  it('draws in colours and rewrites one line on a terminal', async () => {
    const { host, out, error } = listening(true)
    await runCompare(['dataset:sleepstudy'], given, host)
    expect(out()).toContain('\u001b[')
    expect(error()).toContain('12/12')
    expect(error()).not.toContain('\n')
  })

  it('is an error where nothing could be fitted, with each reason in a line', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'mtl-huge-'))
    const file = path.join(folder, 'huge.csv')
    const rows = Array.from({ length: 60 }, (_, i) => `${'abc'[i % 3]},${i % 7},${i % 2 ? '' : '-'}1.5e308`)
    await writeFile(file, ['group,x,y', ...rows].join('\n'))
    const asked = {
      ...given,
      ...{ methods: 'mean-regularised', task: 'group', target: 'y', kind: 'regression', json: true },
      state: path.join(folder, 'state.json'),
    }
    const error: unknown = await runCompare([file], asked, listening().host).catch(
      (reason: unknown) => reason,
    )
    const lines = errorLines(error, false)
    expect(lines).toHaveLength(3)
    for (const line of lines)
      expect(line).toMatch(/^error \[not-finite\] \S+, 3 splits failed: .* larger unit$/)
    expect(await readdir(folder)).toEqual(['huge.csv'])
    await rm(folder, { recursive: true })
  })

  describe('that is interrupted', () => {
    let folder = ''
    let state = ''
    beforeAll(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'mtl-state-'))
      state = path.join(folder, 'state.json')
    })
    afterAll(() => rm(folder, { recursive: true }))
    const figures = ({ out }: Heard): unknown => {
      const { scores, overall, summaries, verdict } = comparisonJson.parse(JSON.parse(out()))
      return { scores, overall, summaries, verdict }
    }
    /** Interrupts after two fits. */
    const interrupted = async (more: Record<string, unknown>): Promise<Heard> => {
      const heard = listening()
      const { stderr } = heard.host
      const stopping: Host = {
        ...heard.host,
        stderr: {
          ...stderr,
          write(text) {
            if (text.startsWith('2/')) heard.abort.abort()
            return stderr.write(text)
          },
        },
      }
      await expect(
        runCompare(['dataset:sleepstudy'], { ...given, state, ...more }, stopping),
      ).rejects.toThrow('aborted')
      return heard
    }

    it('knows how far it came, and how to go on', async () => {
      expect((await interrupted({})).story()).toMatch(
        /^interrupted after 2 of \d+ fits; go on with: mtl compare dataset:sleepstudy --splits 3 --resume$/,
      )
    })

    it('is taken up to the very same figures, and leaves no file behind', async () => {
      await interrupted({})
      const resumed = listening()
      await runCompare(['dataset:sleepstudy'], { ...given, state, resume: true, json: true }, resumed.host)
      expect(resumed.error()).toContain('note: 2 fits are taken from')
      expect(resumed.error()).toMatch(/^3\/\d+ /m)
      const whole = listening()
      await runCompare(['dataset:sleepstudy'], { ...given, json: true }, whole.host)
      expect(figures(resumed)).toEqual(figures(whole))
      expect(await readdir(folder)).toEqual([])
    })

    it('is not taken up with other settings, nor from another file', async () => {
      await interrupted({})
      const other = { ...given, state, resume: true }
      await expect(
        runCompare(['dataset:sleepstudy'], { ...other, seed: '1' }, listening().host),
      ).rejects.toThrow(/is of a comparison with other settings; name another file/)
      const { host } = listening()
      await expect(runCompare(['dataset:gcsemv'], other, host)).rejects.toThrow(/other data/)
      await writeFile(state, 'my notes')
      for (const resume of [true, false])
        await expect(runCompare(['dataset:sleepstudy'], { ...other, resume }, host)).rejects.toThrow(
          /is no state of a comparison/,
        )
    })
  })
})
