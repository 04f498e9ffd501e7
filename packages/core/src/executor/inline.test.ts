import { describe, expect, it } from 'vitest'
import { inlineExecutor } from './inline.ts'
import type { Work } from './types.ts'

describe('inlineExecutor', () => {
  it('hears an abort between jobs that never give the event loop a turn themselves', async () => {
    const abort = new AbortController()
    const work: Work<null, number, number> = {
      name: 'test/busy',
      run: () => {
        const end = performance.now() + 20
        while (performance.now() < end);
        return Promise.resolve(1)
      },
    }
    const finished: number[] = []
    const running = (async () => {
      const jobs = Array.from({ length: 200 }, (_, i) => i)
      const outcomes = inlineExecutor().run(work, { key: '', value: null }, jobs, { signal: abort.signal })
      for await (const { job } of outcomes) finished.push(job)
    })()
    setTimeout(() => abort.abort(new Error('stopped')), 5)
    await expect(running).rejects.toThrow('stopped')
    expect(finished.length).toBeLessThan(100)
  })

  it('throws the reason of a signal that comes with the last job, or before there is one', async () => {
    const work: Work<null, number, number> = { name: 'test/echo', run: (_, job) => Promise.resolve(job) }
    const stopped = async (jobs: readonly number[]): Promise<number[]> => {
      const abort = new AbortController()
      if (jobs.length === 0) abort.abort(new Error('stopped'))
      const finished: number[] = []
      const outcomes = inlineExecutor().run(work, { key: '', value: null }, jobs, { signal: abort.signal })
      for await (const { job } of outcomes) {
        finished.push(job)
        abort.abort(new Error('stopped'))
      }
      return finished
    }
    await expect(stopped([])).rejects.toThrow('stopped')
    await expect(stopped([1])).rejects.toThrow('stopped')
  })
})
