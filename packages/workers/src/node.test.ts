import { compare, createRandom, inlineExecutor, meanRegularised } from '@mtl/core'
import type { CompareEvent, Comparison, Dataset, Executor, Outcome } from '@mtl/core'
import { relatedTasks } from '@mtl/core/testing'
import { afterAll, describe, expect, it } from 'vitest'
import { workerThreadExecutor } from './node.ts'
import { deed } from './plugin.fixture.ts'

const url = new URL('./worker.fixture.ts', import.meta.url)
const one = workerThreadExecutor({ url, threads: 1 })
const two = workerThreadExecutor({ url, threads: 2 })
afterAll(() => Promise.all([one.close(), two.close()]))

type Jobs = Parameters<typeof deed.run>[1][]

async function outcomes(
  executor: Executor,
  jobs: Jobs,
  options: Parameters<Executor['run']>[3] = {},
  common: { key: string; value: unknown } = { key: 'nothing', value: null },
): Promise<Outcome<unknown>[]> {
  const found: Outcome<unknown>[] = []
  for await (const outcome of executor.run(deed, common, jobs, options)) found.push(outcome)
  return found.sort((a, b) => a.job - b.job)
}

describe('workerThreadExecutor', () => {
  it('gives the outcomes of one thread, events included', async () => {
    const jobs: Jobs = [{ what: 'double', value: 2 }, { what: 'refuse' }, { what: 'tell', value: 3 }]
    const heard = async (executor: Executor): Promise<unknown> => {
      const events: unknown[] = []
      const found = await outcomes(executor, jobs, { onEvent: (job, event) => events.push([job, event]) })
      return [found, events]
    }
    const here = await heard(inlineExecutor())
    expect(await heard(two)).toEqual(here)
    expect(await heard(one)).toEqual(here)
  })

  it('yields jobs as they come, whatever their order', async () => {
    const jobs: Jobs = [
      { what: 'wait', value: 700 },
      { what: 'double', value: 1 },
      { what: 'double', value: 2 },
    ]
    const order: number[] = []
    for await (const { job } of two.run(deed, { key: 'nothing', value: null }, jobs)) order.push(job)
    expect(order).toEqual([1, 2, 0])
  })

  it('carries errors with code and details, and what is no MtlError by name', async () => {
    const [refused, broken, unsendable] = await outcomes(two, [
      { what: 'refuse' },
      { what: 'break' },
      { what: 'unsendable' },
    ])
    expect(refused).toMatchObject({
      error: {
        name: 'MtlError',
        code: 'invalid-option',
        message: 'value must be > 0',
        details: { value: -1 },
      },
    })
    expect(broken).toMatchObject({ error: { name: 'TypeError', message: 'this is not a function' } })
    expect(unsendable).toMatchObject({ error: { name: 'DataCloneError' } })
  })

  it('sends the common value once to each worker, and again only for another key', async () => {
    const jobs: Jobs = Array.from({ length: 6 }, () => ({ what: 'count' }))
    const counts = async (key: string): Promise<unknown[]> => {
      const found = await outcomes(one, jobs, {}, { key, value: { rows: [1, 2, 3] } })
      return found.map((outcome) => 'result' in outcome && outcome.result)
    }
    expect(await counts('first')).toEqual([1, 1, 1, 1, 1, 1])
    expect(await counts('first')).toEqual([1, 1, 1, 1, 1, 1])
    expect(await counts('second')).toEqual([2, 2, 2, 2, 2, 2])
  })

  it('keeps what is shared within the common value shared', async () => {
    const inputs = new Float64Array(4)
    const value = { left: inputs, right: inputs }
    expect(await outcomes(two, [{ what: 'alike' }], {}, { key: 'shared', value })).toEqual([
      { job: 0, result: true },
    ])
  })

  it('fails the jobs alone whose common value cannot be copied', async () => {
    const value = { never: () => undefined }
    const [failed] = await outcomes(one, [{ what: 'double' }], {}, { key: 'uncopied', value })
    expect(failed).toMatchObject({ error: { name: 'DataCloneError' } })
    expect(await outcomes(one, [{ what: 'double', value: 4 }])).toEqual([{ job: 0, result: 8 }])
  })

  it('stops running jobs between steps, keeps what was done, and throws the reason', async () => {
    const stop = new AbortController()
    const jobs: Jobs = [
      { what: 'double', value: 1 },
      { what: 'wait', value: 60_000 },
      { what: 'wait', value: 60_000 },
    ]
    const seen: Outcome<unknown>[] = []
    const run = async (): Promise<void> => {
      for await (const outcome of two.run(deed, { key: 'nothing', value: null }, jobs, {
        signal: stop.signal,
      })) {
        seen.push(outcome)
        stop.abort(new Error('enough'))
      }
    }
    await expect(run()).rejects.toThrow('enough')
    expect(seen).toEqual([{ job: 0, result: 2 }])
    // Both threads are free again.
    expect(
      await outcomes(two, [
        { what: 'double', value: 1 },
        { what: 'double', value: 2 },
      ]),
    ).toHaveLength(2)
    await expect(outcomes(two, jobs, { signal: stop.signal })).rejects.toThrow('enough')
  })

  it('stops running jobs when nobody wants the rest', async () => {
    const jobs: Jobs = [
      { what: 'double', value: 1 },
      { what: 'wait', value: 60_000 },
    ]
    for await (const outcome of two.run(deed, { key: 'nothing', value: null }, jobs)) {
      expect(outcome).toEqual({ job: 0, result: 2 })
      break
    }
    expect(await outcomes(two, [{ what: 'double', value: 3 }])).toEqual([{ job: 0, result: 6 }])
  })

  it('fails the job whose listener throws', async () => {
    const options = {
      onEvent: () => {
        throw new Error('no ear')
      },
    }
    const [failed] = await outcomes(one, [{ what: 'tell', value: 2 }], options)
    expect(failed).toMatchObject({ error: { message: 'no ear' } })
  })

  it('fails a job whose worker ends, and goes on with another worker', async () => {
    const jobs: Jobs = [{ what: 'exit' }, { what: 'double', value: 5 }]
    const found = await outcomes(one, jobs)
    expect(found[0]).toMatchObject({
      error: {
        code: 'workers/died',
        message: expect.stringContaining('ended before it had answered') as string,
      },
    })
    expect(found[1]).toEqual({ job: 1, result: 10 })
  })

  it('fails all jobs of a worker module that cannot be loaded or serves nothing', async () => {
    const missing = workerThreadExecutor({ url: new URL('./no-such-module.ts', import.meta.url), threads: 1 })
    const [lost] = await outcomes(missing, [{ what: 'double' }])
    expect(lost).toMatchObject({ error: { code: 'workers/died' } })
    expect('error' in lost && String(lost.error)).toContain('no-such-module')
    await missing.close()
    const silent = workerThreadExecutor({ url: new URL('./errors.ts', import.meta.url), threads: 1 })
    const [unserved] = await outcomes(silent, [{ what: 'double' }])
    expect(unserved).toMatchObject({ error: { code: 'workers/not-served' } })
    await silent.close()
  })
})

describe('an executor that is closed', () => {
  it('fails the job that runs and those that come', async () => {
    const executor = workerThreadExecutor({ url, threads: 1 })
    const running = outcomes(executor, [
      { what: 'wait', value: 60_000 },
      { what: 'double', value: 1 },
    ])
    setTimeout(() => void executor.close(), 100)
    expect(await running).toMatchObject([
      { error: { code: 'workers/died' } },
      { error: { code: 'workers/closed' } },
    ])
    expect(await outcomes(executor, [{ what: 'double' }])).toMatchObject([
      { error: { code: 'workers/closed' } },
    ])
  })

  it.each([0, -1, 1.5, NaN])('refuses %s threads', (threads) => {
    expect(() => workerThreadExecutor({ url, threads })).toThrow('threads must be an integer >= 1')
  })
})

describe('a comparison in worker threads', () => {
  const data: Dataset = relatedTasks({
    random: createRandom('workers'),
    tasks: 8,
    rows: 16,
    features: 3,
    spread: 0.5,
    noise: 1,
  })

  async function judged(executor?: Executor): Promise<unknown> {
    const events: CompareEvent[] = []
    const result = await compare({ 'mean-regularised': meanRegularised() }, data, {
      random: 7,
      onEvent: (event) => events.push(event),
      ...(executor && { executor }),
    })
    const trained = events.flatMap((event) => (event.type === 'training' ? [event] : []))
    const steps = trained
      .map(({ estimator, split, event }) => JSON.stringify([estimator, split, event]))
      .sort()
    return { ...timeless(result), steps }
  }

  function timeless({ seconds, ...rest }: Comparison): object {
    return { labels: Object.keys(seconds), ...rest, toDocument: undefined }
  }

  it('is that of one thread, to the bit', async () => {
    const here = await judged()
    expect(await judged(one)).toEqual(here)
    expect(await judged(two)).toEqual(here)
  })

  it('stops between steps and is taken up elsewhere', async () => {
    const stop = new AbortController()
    const fits: CompareEvent[] = []
    const stopped = compare({ 'mean-regularised': meanRegularised() }, data, {
      random: 7,
      executor: two,
      signal: stop.signal,
      onEvent(event) {
        if (event.type !== 'fit') return
        fits.push(event)
        if (event.done === 3) stop.abort(new Error('enough'))
      },
    })
    await expect(stopped).rejects.toThrow('enough')
    const finished = fits.flatMap((event) => (event.type === 'fit' ? [event.fit] : []))
    expect(finished.length).toBeGreaterThanOrEqual(3)
    const resumed = await compare({ 'mean-regularised': meanRegularised() }, data, { random: 7, finished })
    const here = (await judged()) as { scores: unknown; verdict: string }
    expect(resumed.scores).toEqual(here.scores)
    expect(resumed.verdict).toBe(here.verdict)
  })
})
