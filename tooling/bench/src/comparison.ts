import { compare, inlineExecutor, meanRegularised, taskMean, type Estimator, type Executor } from '@mtl/core'
import { highSchoolAndBeyond, verbalAggression, type ExampleData } from '@mtl/datasets'
import { workerThreadExecutor } from '@mtl/workers/node'
import type { Row } from './rows.ts'
import { secondsOf } from './time.ts'

const splits = 5

/** Short fits: the whole comparison of `pnpm start`, all four baselines. */
export function benchShortFits(threads: number): Promise<Row> {
  const methods = { 'mean-regularised': meanRegularised(), 'task-mean': taskMean() }
  return benchComparison(highSchoolAndBeyond, methods, threads, 5)
}

/** Longer fits: the two baselines of classes, whose penalties are chosen by folds. */
export function benchLongFits(threads: number): Promise<Row> {
  return benchComparison(verbalAggression, {}, threads, 1)
}

async function benchComparison(
  set: ExampleData,
  methods: Readonly<Record<string, Estimator>>,
  threads: number,
  repeats: number,
): Promise<Row> {
  const url = new URL('./worker.ts', import.meta.url)
  const executor: Executor = threads === 0 ? inlineExecutor() : workerThreadExecutor({ url, threads })
  const data = set.data()
  const plan = { repeats: splits, testFraction: 0.25 }
  const run = (): Promise<unknown> => compare(methods, data, { random: 0, executor, splits: plan })
  const seconds = await secondsOf(run, repeats)
  await executor.close()
  const where = threads === 0 ? 'in this thread' : `${threads} worker${threads === 1 ? '' : 's'}`
  const fits = splits * (Object.keys(methods).length + 2)
  return {
    what: `comparison on ${set.title}, ${fits} fits, ${where}`,
    seconds,
    rate: `${(fits / seconds).toFixed(1)} fits/s`,
  }
}
