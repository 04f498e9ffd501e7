import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { errorLines } from '../error/error-lines.ts'
import { runEval } from '../eval/run.ts'
import { listening } from '../host.fixture.ts'
import type { Host } from '../host.ts'
import { runInspect } from '../inspect/run.ts'
import type { RunRecord } from '../model-directory/types.ts'
import { runTrain } from './run.ts'

describe('runTrain', () => {
  let folder = ''
  const at = (name: string): string => path.join(folder, name)
  const given = { method: 'mean-regularised', seed: '0' }
  const data = ['dataset:sleepstudy']
  const textOf = (out: string, name: string): string => readFileSync(path.join(out, name), 'utf8')

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mtl-train-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('stores the model, how the table was read, and how it came to be', async () => {
    const { host, out, error } = listening()
    const asked = { ...given, out: at('model'), option: ['meanPenalty=2'] }
    await runTrain(data, asked, { ...host, args: ['train', 'dataset:sleepstudy', '--out', 'the model'] })
    expect(readdirSync(at('model')).sort()).toEqual(['model.json', 'run.json', 'table.json'])
    const run = JSON.parse(textOf(at('model'), 'run.json')) as RunRecord
    expect(run).toMatchObject({ version: 1, seed: 0, layout: 'long', taskNoun: 'person' })
    expect(run.command).toBe("mtl train dataset:sleepstudy --out 'the model'")
    expect(run.versions).toHaveProperty('@mtl/core')
    expect(run.fingerprint).toMatch(/^[0-9a-f]{16}$/)
    expect(JSON.parse(textOf(at('model'), 'table.json'))).toMatchObject({ task: 'person', inputs: ['days'] })
    expect(textOf(at('model'), 'model.json')).toContain('"meanPenalty":2')
    expect(out()).toContain('18 tasks (persons)')
    expect(out()).toMatch(/mean-regularised learnt 18 tasks in \d+ steps, converged/)
    expect(out()).toMatch(/Next: mtl predict /)
    expect(error()).toMatch(/^100.% mean-regularised, step \d+/m)
  })

  it('trains a network by its name, which predicts and is looked at like other models', async () => {
    const option = ['experts=2', 'heads.sharing=own', 'trainer.epochs=2']
    await runTrain(data, { ...given, method: 'mmoe', out: at('network'), option }, listening().host)
    expect(textOf(at('network'), 'run.json')).toContain('@mtl/architectures')
    const [evaluated, inspected] = [listening(), listening()]
    await runEval(at('network'), data, {}, evaluated.host)
    expect(evaluated.out()).toMatch(/measured: mmoe.*\n(.*\n)*rmse/)
    await runInspect([at('network')], {}, inspected.host)
    expect(inspected.out()).toContain('expert 2')
  })

  /** A process that is interrupted as soon as its progress says so. */
  const interruptedAt = (progress: RegExp): { host: Host; story: () => string; error: () => string } => {
    const heard = listening()
    const stderr = {
      ...heard.host.stderr,
      write(text: string) {
        if (progress.test(text)) heard.abort.abort()
        return heard.host.stderr.write(text)
      },
    }
    return { host: { ...heard.host, stderr }, story: heard.story, error: heard.error }
  }

  it('is interrupted, taken up, and comes to the very same model', async () => {
    const whole = listening()
    await runTrain(data, { ...given, out: at('whole') }, whole.host)
    const { host, story } = interruptedAt(/^5\d.%/)
    const out = at('resumed')
    await expect(runTrain(data, { ...given, out }, host)).rejects.toThrow('aborted')
    expect(story()).toMatch(/^interrupted after 5\d % of mean-regularised; go on with: mtl .* --resume$/)
    expect(readdirSync(out)).toEqual(['checkpoint.json'])
    const refused = (more: Record<string, unknown>): Promise<unknown> =>
      runTrain(data, { ...given, out, resume: true, ...more }, listening().host)
    await expect(refused({ seed: '1' })).rejects.toThrow(/is of a training with other settings; .* --out/)
    await expect(refused({ option: ['meanPenalty=2'] })).rejects.toThrow('with other settings')
    expect(readdirSync(out)).toEqual(['checkpoint.json'])
    const resumed = listening()
    await runTrain(data, { ...given, out, resume: true }, resumed.host)
    expect(resumed.error()).toMatch(/note: the training goes on after \d+ steps, from /)
    expect(resumed.error()).not.toMatch(/^[1-4]\d.% /m)
    expect(textOf(out, 'model.json')).toBe(textOf(at('whole'), 'model.json'))
    expect(readdirSync(out)).not.toContain('checkpoint.json')
  })

  it('trains what a comparison recommends, and goes on with its finished fits', async () => {
    const out = at('auto')
    const asked = {
      method: 'auto',
      methods: 'mean-regularised,task-mean',
      splits: '4',
      seed: '0',
      out,
      workers: '0',
    }
    const { host, story } = interruptedAt(/^7\/16/)
    await expect(runTrain(data, asked, host)).rejects.toThrow('aborted')
    expect(story()).toMatch(/interrupted after \d+ of 16 fits; go on with: mtl .*--resume$/)
    expect(readdirSync(out)).toEqual(['comparison.json'])
    const { host: second, error, out: said } = listening()
    await runTrain(data, { ...asked, resume: true }, second)
    expect(error()).toMatch(/note: \d+ fits are taken from .*comparison\.json/)
    const { comparison } = JSON.parse(textOf(out, 'run.json')) as RunRecord
    expect(comparison).toMatchObject({
      splits: 4,
      methods: ['single-task', 'pooled', 'mean-regularised', 'task-mean'],
    })
    expect(textOf(out, 'model.json')).toContain(`"estimator":"${comparison?.recommended}"`)
    expect(said().replace(/\s+/g, ' ')).toContain(comparison?.verdict.replace(/\s+/g, ' '))
    expect(readdirSync(out).sort()).toEqual(['model.json', 'run.json', 'table.json'])
  })

  it.each([
    [{ method: 'mean-regularisd' }, /no method "mean-regularisd".*Nearest: mean-regularised/],
    [{ option: ['meanPenalti=2'] }, /has no option "meanPenalti"\. Nearest: meanPenalty/],
    [{ option: ['meanPenalty'] }, /--option "meanPenalty" must have the form key=value/],
    [{ splits: '3' }, /--splits is for the comparison of --method auto; leave it out/],
    [{ method: undefined }, /--method is missing: name the method to train, or auto/],
    [{ out: undefined }, /--out is missing: name the directory/],
  ])('says in one line what is wrong with %j, and leaves nothing behind', async (wrong, message) => {
    const out = at('refused')
    const error: unknown = await runTrain(data, { ...given, out, ...wrong }, listening().host).catch(
      (reason: unknown) => reason,
    )
    const lines = errorLines(error, false)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(message)
    expect(existsSync(out)).toBe(false)
  })

  it('starts anew beside a checkpoint of another program only when that is gone', async () => {
    const out = at('model')
    await writeFile(path.join(out, 'checkpoint.json'), 'my notes')
    const asked = runTrain(data, { ...given, out, resume: true }, listening().host)
    await expect(asked).rejects.toThrow('is no state of a training of this version')
    await rm(path.join(out, 'checkpoint.json'))
  })
})
