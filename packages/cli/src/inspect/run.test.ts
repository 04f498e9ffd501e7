import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fit, meanRegularised } from '@mtl/core'
import { sleepStudy } from '@mtl/datasets'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { errorLines } from '../error/error-lines.ts'
import { listening } from '../host.fixture.ts'
import { writeModel } from '../model-directory/write.ts'
import { runInspect } from './run.ts'

describe('runInspect', () => {
  let folder = ''
  const at = (name: string): string => path.join(folder, name)
  const shown = async (files: readonly string[], given: Record<string, unknown> = {}): Promise<string> => {
    const { host, out } = listening()
    await runInspect(files, given, host)
    return out()
  }
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mtl-inspect-'))
    const rows = Array.from({ length: 40 }, (_, i) =>
      [`P${i}`, 'abcd'[Math.floor(i / 10)], i % 7 === 3 ? '' : i / 8, i < 10 ? '' : (i * i) / 7].join(','),
    )
    await writeFile(at('pupils.csv'), ['pupil,school_id,ses,score', ...rows].join('\n'))
    await writeFile(at('commas.csv'), 'x;y\n1,5;2\n2,5;3\n')
    const model = await fit(meanRegularised(), sleepStudy.data(), { random: 0 })
    writeModel(at('model'), {
      model,
      description: sleepStudy.description,
      run: {
        ...{ version: 1, command: 'mtl train', seed: 0, versions: {}, fingerprint: '0' },
        ...{ layout: 'long', taskNoun: 'person' },
      },
    })
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('shows tasks, inputs, warnings and what would be assumed of a table', async () => {
    const text = await shown([at('pupils.csv')])
    expect(text).toMatch(/^a +regression +10 +0 +10$/m)
    expect(text).toMatch(/^ses +number +0\.000 to 4\.875 +6$/m)
    expect(text).toContain('warning [identifier-like]: column "pupil" is identifier-like')
    expect(text).toContain('warning [no-labels]: 1 task without a single label: a')
    expect(text).toMatch(/mtl compare would assume:\n {2}task school_id: 4 values/)
  })

  it('prints the same as JSON', async () => {
    const { data, warnings, assumed } = JSON.parse(await shown([at('pupils.csv')], { json: true })) as {
      data: { tasks: { labels: number }[]; features: unknown[] }
      warnings: { code: string }[]
      assumed: string[]
    }
    expect(data.tasks.map(({ labels }) => labels)).toEqual([0, 10, 10, 10])
    expect(data.features).toEqual([
      { column: 'ses', type: 'number', least: 0, most: 4.875, levels: [], missing: 6 },
    ])
    expect(warnings.map(({ code }) => code)).toEqual(['identifier-like', 'no-labels', 'few-labels'])
    expect(assumed[0]).toMatch(/^task school_id/)
  })

  it('shows the columns of a table of which nothing can be assumed', async () => {
    const text = await shown([at('commas.csv')])
    expect(text).toMatch(/^x +text +2 +0$/m)
    expect(text).toContain('warning [decimal-comma]: column "x" has decimal commas, as in 1,5')
    expect(text).toMatch(/say --task and\n--target/)
  })

  it('shows what a stored model is and draws what it learnt', async () => {
    const text = await shown([at('model')])
    expect(text).toContain('method mean-regularised: slopePenalty auto, interceptPenalty auto, meanPenalty 1')
    expect(text).toContain('18 tasks: 308, 309')
    expect(text).toContain('predicts reaction (regression) from 1 input: days')
    expect(text).toMatch(/Weights of each task[^]*columns: 1 days; shades from 0\.000 to/)
    const { estimator, views } = JSON.parse(await shown([at('model')], { json: true })) as {
      estimator: string
      views: { kind: string; values?: { data: number[] } }[]
    }
    expect([estimator, views[0].kind]).toEqual(['mean-regularised', 'matrix'])
    expect(views[0].values?.data).toHaveLength(18)
  })

  it('says what is wrong with a directory', async () => {
    const empty = await mkdtemp(path.join(folder, 'none-'))
    const linesOf = (name: string): Promise<string[]> =>
      shown([name]).then(
        () => [],
        (error: unknown) => errorLines(error, false),
      )
    expect(await linesOf(empty)).toEqual([
      `error [unreadable-file] ${empty} holds no model; mtl train --out ${empty} writes one`,
    ])
  })
})
