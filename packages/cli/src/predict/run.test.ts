import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createRandom, parseCsv, sampleNormal } from '@mtl/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { errorLines } from '../error/error-lines.ts'
import { runEval } from '../eval/run.ts'
import { listening } from '../host.fixture.ts'
import { runTrain } from '../train/run.ts'
import { runPredict } from './run.ts'

/** Lines y = 2 x + a constant of the school; `passed` says whether y is above 0. */
function pupils(schools: readonly string[], random = createRandom(schools.join())): string {
  const rows = schools.flatMap((school, k) =>
    Array.from({ length: 20 }, () => {
      const x = sampleNormal(random)
      const y = 2 * x + k + sampleNormal(random) / 4
      return [school, k % 2, x.toFixed(3), y.toFixed(3), y > 0 ? 'yes' : 'no'].join(',')
    }),
  )
  return ['school,sector,ses,score,passed', ...rows].join('\n')
}

describe('runPredict and runEval', () => {
  let folder = ''
  const at = (name: string): string => path.join(folder, name)
  const train = (files: readonly string[], given: Record<string, unknown>): Promise<void> =>
    runTrain(files, { method: 'mean-regularised', seed: '0', ...given }, listening().host)
  const printed = async (
    run: typeof runPredict,
    model: string,
    files: readonly string[],
    given: Record<string, unknown> = {},
  ): Promise<{ out: string; error: string }> => {
    const { host, out, error } = listening()
    await run(at(model), files.map(at), given, host)
    return { out: out(), error: error() }
  }
  const lineOf = (asked: Promise<unknown>): Promise<string> =>
    asked.then(
      () => 'nothing is wrong',
      (error: unknown) => errorLines(error, false).join('\n'),
    )
  const numbers = (cells: ArrayLike<unknown>): number[] => Array.from(cells, Number)

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mtl-predict-'))
    const table = pupils(['a', 'b', 'c', 'd'])
    await writeFile(at('pupils.csv'), table)
    await writeFile(
      at('shuffled.csv'),
      [...table.split('\n').slice(0, 1), ...table.split('\n').slice(1).reverse()].join('\n'),
    )
    await writeFile(at('new.csv'), 'ses,school,note\n0,a,"x, y"\n1,b,\n')
    await writeFile(at('unseen.csv'), pupils(['a', 'zz']))
    await writeFile(at('support.csv'), pupils(['zz']).split('\n').slice(0, 9).join('\n'))
    await Promise.all(
      ['north', 'south'].map((name) =>
        writeFile(
          at(`${name}.csv`),
          `yield,rain,${name}_only\n${Array.from({ length: 12 }, (_, i) => [i + (i % 3), i, i % 5].join()).join('\n')}`,
        ),
      ),
    )
    const data = [at('pupils.csv')]
    await train(data, { task: 'school', target: 'score', features: 'ses', out: at('numbers') })
    await train(data, {
      task: 'school',
      target: 'passed',
      features: 'ses',
      out: at('classes'),
      method: 'single-task',
    })
    await train(data, {
      target: 'score,passed',
      features: 'ses',
      kind: 'regression,binary',
      out: at('wide'),
      method: 'single-task',
    })
    await train([at('north.csv'), at('south.csv')], {
      target: 'yield',
      out: at('list'),
      method: 'single-task',
    })
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('writes each row with mean, deviation and an interval of the confidence', async () => {
    const { out } = await printed(runPredict, 'numbers', ['new.csv'])
    const table = parseCsv(out)
    expect(Object.keys(table)).toEqual(['ses', 'school', 'note', 'mean', 'sd', 'lower', 'upper'])
    expect(Array.from(table.note)).toEqual(['x, y', ''])
    const [mean, sd, lower, upper] = ['mean', 'sd', 'lower', 'upper'].map((name) => numbers(table[name]))
    expect(mean[1] - mean[0]).toBeCloseTo(3, 0)
    // 1.6449 deviations on either side hold 90 %.
    expect((upper[0] - lower[0]) / sd[0]).toBeCloseTo(2 * 1.6448536269514722, 9)
    const half = parseCsv((await printed(runPredict, 'numbers', ['new.csv'], { confidence: '0.5' })).out)
    expect((numbers(half.upper)[0] - mean[0]) / sd[0]).toBeCloseTo(0.6744897501960817, 9)
  })

  it('gives each row its own prediction, whatever the order', async () => {
    const straight = parseCsv((await printed(runPredict, 'numbers', ['pupils.csv'])).out)
    const turned = parseCsv((await printed(runPredict, 'numbers', ['shuffled.csv'])).out)
    expect(Array.from(turned.mean).reverse()).toEqual(Array.from(straight.mean))
    expect(new Set(Array.from(straight.mean)).size).toBeGreaterThan(60)
  })

  it('writes the most probable class and the probability of each', async () => {
    const table = parseCsv((await printed(runPredict, 'classes', ['pupils.csv'])).out)
    const [no, yes] = [numbers(table.probability_no), numbers(table.probability_yes)]
    no.forEach((p, i) => {
      expect(p + yes[i]).toBeCloseTo(1, 12)
      expect(table.class[i]).toBe(yes[i] > p ? 'yes' : 'no')
    })
    expect(Array.from(table.class).filter((label, i) => label === table.passed[i]).length).toBeGreaterThan(68)
  })

  it('names the target of each column where there are several, and keeps columns that are there already', async () => {
    await writeFile(at('taken.csv'), 'ses,score_mean\n0,7\n')
    const names = async (file: string): Promise<string[]> =>
      Object.keys(parseCsv((await printed(runPredict, 'wide', [file])).out))
    expect((await names('new.csv')).slice(3)).toEqual([
      ...['mean', 'sd', 'lower', 'upper'].map((name) => `score_${name}`),
      ...['class', 'probability_no', 'probability_yes'].map((name) => `passed_${name}`),
    ])
    expect((await names('taken.csv')).slice(0, 3)).toEqual(['ses', 'score_mean', 'predicted_score_mean'])
  })

  it('takes each of several files as the task of its name', async () => {
    const { out } = await printed(runPredict, 'list', ['south.csv', 'north.csv'])
    const table = parseCsv(out)
    expect(Object.keys(table).slice(0, 5)).toEqual(['task', 'yield', 'rain', 'south_only', 'mean'])
    expect(new Set(Array.from(table.task))).toEqual(new Set(['south', 'north']))
    const { out: measured } = await printed(runEval, 'list', ['south.csv'], { json: true })
    expect((JSON.parse(measured) as { scores: { task: string }[] }).scores[0].task).toBe('south')
  })

  it('predicts for tasks that the model lacks by labelled rows, and says how where there are none', async () => {
    const line = await lineOf(printed(runPredict, 'classes', ['unseen.csv']))
    expect(line).toMatch(
      /^error \[unsupported\] .*unseen\.csv has a task that the model does not know: zz\..* train it with rows of them$/,
    )
    const given = { task: 'school', target: 'score', features: 'ses', method: 'sparse-bayesian' }
    await train([at('pupils.csv')], { ...given, out: at('able') })
    const { out, error } = await printed(runPredict, 'able', ['unseen.csv'], { support: [at('support.csv')] })
    expect(error).toContain('note: not known to the model, and predicted from labelled rows of its own: zz\n')
    // Of such schools y is 2 x: the labelled rows say that this one has no constant.
    const { school, ses, mean } = parseCsv(out)
    const errors = numbers(mean).flatMap((y, i) => (school[i] === 'zz' ? [y - 2 * Number(ses[i])] : []))
    expect(errors).toHaveLength(20)
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(0.5)
    const unused = await printed(runPredict, 'numbers', ['unseen.csv'], { support: [at('support.csv')] })
    expect(unused.error).toContain('predicted from what all tasks have in common: zz\n')
    expect(unused.error).toContain('mean-regularised makes no use of labelled rows')
  })

  it('writes to a file whole, or not at all', async () => {
    await printed(runPredict, 'numbers', ['new.csv'], { out: at('predictions.csv') })
    expect(readFileSync(at('predictions.csv'), 'utf8').split('\n')).toHaveLength(4)
    expect(existsSync(at('predictions.csv.tmp'))).toBe(false)
    const nowhere = printed(runPredict, 'numbers', ['new.csv'], { out: at('none/predictions.csv') })
    expect(await lineOf(nowhere)).toMatch(
      /^error \[unreadable-file\] .*predictions\.csv could not be written/,
    )
  })

  it('measures by task and over all rows, under the names of a comparison', async () => {
    const { out } = await printed(runEval, 'numbers', ['pupils.csv'], { json: true })
    const found = JSON.parse(out) as Record<'scores' | 'overall', { metric: string; value: number }[]>
    expect(found).toMatchObject({
      data: { layout: 'long', inputs: ['ses'] },
      estimator: 'mean-regularised',
    })
    expect(found.scores).toHaveLength(4 * 7)
    expect(found.scores[0]).toMatchObject({ estimator: 'mean-regularised', task: 'a', metric: 'rmse' })
    const overall = new Map(found.overall.map(({ metric, value }) => [metric, value]))
    expect(overall.get('rmse')).toBeLessThan(0.4)
    expect(overall.get('explained-variance-pooled')).toBeGreaterThan(0.9)
    const { out: text, error } = await printed(runEval, 'numbers', ['pupils.csv'])
    expect(text).toMatch(/^rmse +0\.\d+ +0\.\d+$/m)
    expect(text).toMatch(/^a +0\.\d+/m)
    expect(error).toContain('note: the model was trained on these very rows')
    expect((await printed(runEval, 'numbers', ['shuffled.csv'])).error).toBe('')
  })

  it.each([
    [runEval, 'numbers', 'new.csv', {}, /^error \[unknown-column\] .*new\.csv has no column "score"\./],
    [runPredict, 'list', 'new.csv', {}, /^error \[unknown-column\] .*no column .*rain/],
    [
      runPredict,
      'numbers',
      'nwe.csv',
      {},
      /^error \[unreadable-file\] there is no file .*Did you mean .*new\.csv\?$/,
    ],
    [
      runPredict,
      'numbr',
      'new.csv',
      {},
      /^error \[unreadable-file\] there is no directory .*Did you mean .*numbers\?$/,
    ],
    [
      runPredict,
      'numbers',
      'new.csv',
      { confidence: '90' },
      /^error \[invalid-option\] --confidence must be a number above 0 and below 1$/,
    ],
    [
      runEval,
      'numbers',
      'new.csv',
      { on: 'school' },
      /^error \[invalid-option\] --on names the key of a --descriptor-file/,
    ],
  ])('%o says in one line what is wrong with %s %s %j', async (run, model, file, given, message) => {
    expect(await lineOf(printed(run, model, [file], given))).toMatch(message)
  })
})
