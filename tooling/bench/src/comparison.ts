import { compare, inlineExecutor, meanRegularised, taskMean, type Executor } from '@mtl/core'
import { highSchoolAndBeyond } from '@mtl/datasets'
import { workerThreadExecutor } from '@mtl/workers/node'
import { secondsOf } from './time.ts'
import type { Row } from './rows.ts'

/** The whole comparison of `pnpm start`: four baselines, five splits of High School & Beyond. */
export async function benchComparison(threads: number): Promise<Row> {
  const executor: Executor =
    threads === 0
      ? inlineExecutor()
      : workerThreadExecutor({ url: new URL('./worker.ts', import.meta.url), threads })
  const data = highSchoolAndBeyond.data()
  const methods = { 'mean-regularised': meanRegularised(), 'task-mean': taskMean() }
  const seconds = await secondsOf(() => compare(methods, data, { random: 0, executor }), 3)
  await executor.close()
  const where =
    threads === 0 ? 'in this thread' : `${threads} worker${threads === 1 ? '' : 's'}, started before`
  return {
    what: `comparison on High School & Beyond, ${where}`,
    seconds,
    rate: `${(20 / seconds).toFixed(1)} fits/s`,
  }
}
