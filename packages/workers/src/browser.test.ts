import { createRegistry, inlineExecutor } from '@mtl/core'
import type { Executor, MtlError, Outcome } from '@mtl/core'
import { describe, expect, it, vi } from 'vitest'
import { webWorkerExecutor } from './browser.ts'
import type { JobMessage } from './protocol.ts'
import { answer, serve } from './serve.ts'
import { deed, testPlugin } from './plugin.fixture.ts'

serve(createRegistry(testPlugin))

interface Page {
  readonly start: () => Worker
  started: number
  terminated: number
}

/** A page whose workers answer in this thread, over real ports; `broken` ones report an error instead. */
function page(broken: (worker: number) => boolean = () => false): Page {
  const state: Page = {
    started: 0,
    terminated: 0,
    start() {
      const number = state.started++
      const worker = {
        onerror: null as ((event: object) => void) | null,
        postMessage(message: JobMessage) {
          if (!broken(number)) void answer(message)
          else setTimeout(() => worker.onerror?.({ message: 'cannot load worker.js' }))
        },
        terminate() {
          state.terminated += 1
        },
      }
      return worker as unknown as Worker
    },
  }
  return state
}

type Jobs = Parameters<typeof deed.run>[1][]

async function outcomes(executor: Executor, jobs: Jobs, signal?: AbortSignal): Promise<Outcome<unknown>[]> {
  const found: Outcome<unknown>[] = []
  const options = signal && { signal }
  for await (const outcome of executor.run(deed, { key: 'none', value: null }, jobs, options))
    found.push(outcome)
  return found.sort((a, b) => a.job - b.job)
}

const jobs: Jobs = Array.from({ length: 7 }, (_, value) => ({
  what: value === 3 ? 'refuse' : 'double',
  value,
}))

describe('webWorkerExecutor', () => {
  it('gives the outcomes of one thread, from no more workers than were asked for', async () => {
    const three = page()
    const executor = webWorkerExecutor({ start: three.start, workers: 3 })
    const [first, second] = await Promise.all([outcomes(executor, jobs), outcomes(executor, jobs)])
    expect(first).toEqual(await outcomes(inlineExecutor(), jobs))
    expect(second).toEqual(first)
    expect(three.started).toBe(3)
    await executor.close()
    expect(three.terminated).toBe(3)
  })

  it('replaces a worker that fails, and fails its job alone', async () => {
    const failing = page((number) => number === 0)
    const executor = webWorkerExecutor({ start: failing.start, workers: 1 })
    const [lost, ...others] = await outcomes(executor, jobs.slice(0, 3))
    expect(lost).toMatchObject({ error: { code: 'workers/died' } })
    expect(String('error' in lost && lost.error)).toContain('cannot load worker.js')
    expect(others).toEqual([
      { job: 1, result: 2 },
      { job: 2, result: 4 },
    ])
    expect([failing.started, failing.terminated]).toEqual([2, 1])
  })

  it('stops waiting and running jobs with the reason of its signal', async () => {
    const busy = page()
    const executor = webWorkerExecutor({ start: busy.start, workers: 1 })
    const stop = new AbortController()
    const long: Jobs = [{ what: 'wait', value: 60_000 }]
    const runs = [outcomes(executor, long, stop.signal), outcomes(executor, long, stop.signal)]
    setTimeout(() => stop.abort(new Error('enough')), 50)
    for (const run of runs) await expect(run).rejects.toThrow('enough')
    expect(await outcomes(executor, [{ what: 'double', value: 2 }])).toEqual([{ job: 0, result: 4 }])
  })

  it('fails what runs and what waits when it is closed', async () => {
    const closing = page()
    const executor = webWorkerExecutor({ start: closing.start, workers: 1 })
    const long: Jobs = [
      { what: 'wait', value: 60_000 },
      { what: 'double', value: 1 },
    ]
    const runs = Promise.all([outcomes(executor, long), outcomes(executor, long)])
    setTimeout(() => void executor.close(), 50)
    const codes = (await runs).map((found) =>
      found.map((one) => 'error' in one && (one.error as MtlError).code),
    )
    expect(codes).toEqual([
      ['workers/died', 'workers/closed'],
      ['workers/died', 'workers/closed'],
    ])
    expect(closing.started).toBe(1)
  })

  it.each([0, -1, 1.5, NaN])('refuses %s workers', (workers) => {
    expect(() => webWorkerExecutor({ start: page().start, workers })).toThrow(
      'workers must be an integer >= 1',
    )
  })

  it('takes one fewer worker than the processor has cores', async () => {
    vi.stubGlobal('navigator', { hardwareConcurrency: 4 })
    const many = page()
    const executor = webWorkerExecutor({ start: many.start })
    await outcomes(
      executor,
      Array.from({ length: 8 }, () => ({ what: 'wait', value: 30 })),
    )
    expect(many.started).toBe(3)
    await executor.close()
    vi.unstubAllGlobals()
  })
})
