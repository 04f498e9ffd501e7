import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createRandom, dataset, fit, matrixFromRows, sampleNormal } from '@mtl/core'
import type { Dataset } from '@mtl/core'
import { sparseBayesian } from '@mtl/sparse'
import type { SparseBayesianOptions } from '@mtl/sparse'
import type { Row } from './rows.ts'

interface Setting {
  readonly what: string
  readonly tasks: number
  readonly features: number
  readonly options: SparseBayesianOptions
  /** The same in the names of the reference program. */
  readonly reference: Readonly<Record<string, unknown>>
}

const sweeps = 40

const forms = {
  'exchangeable, exact': [{ taskCovariance: 'exchangeable' }, { task_cov: 'exchangeable' }],
  'inverse Wishart, exact': [{ taskCovariance: 'inverse-wishart', posterior: 'exact' }, {}],
  'inverse Wishart, by task': [
    { taskCovariance: 'inverse-wishart', posterior: 'by-task' },
    { posterior: 'byTask' },
  ],
  'inverse Wishart, by group': [
    { taskCovariance: 'inverse-wishart', posterior: 'by-group' },
    { posterior: 'byGroup' },
  ],
  'low rank': [
    { taskCovariance: 'low-rank', rank: 2 },
    { model: 'lowRank', K: 2 },
  ],
} as const satisfies Readonly<
  Record<string, readonly [SparseBayesianOptions, Readonly<Record<string, unknown>>]>
>

const settings: readonly Setting[] = [
  [6, 23],
  [20, 29],
].flatMap(([tasks, features]) =>
  Object.entries(forms).map(([form, [options, reference]]) => ({
    what: `sparse-bayesian, ${form}, ${tasks * (features + 1)} coefficients of ${tasks} tasks`,
    tasks,
    features,
    options: { ...options, ratioStarts: [1], maxSteps: sweeps, tolerance: 0 },
    reference: { ratio_start: [1], ...reference },
  })),
)

/** Runs of either side after the first, which is not counted. The least of them is what a busy machine disturbs least. */
const repeats = 7

/** Processor seconds of as many sweeps. */
const program = `
import json, sys, time
sys.path.insert(0, sys.argv[1])
import numpy as np, sparse as sp
found = []
for problem in json.load(open(sys.argv[2])):
    tasks = [(np.array(t['X']), np.array(t['y'])) for t in problem['tasks']]
    groups = [[j] for j in range(tasks[0][0].shape[1])]
    def run():
        return sp.SparseBayes(groups, dict(kind='ard'), intercept='group', noise='shared', standardise=True,
                              max_iter=${sweeps}, tol=-1.0, **problem['options']).fit(tasks)
    m = run()
    seconds = []
    for _ in range(${repeats}):
        start = time.process_time()
        run()
        seconds.append(time.process_time() - start)
    found.append(dict(seconds=min(seconds), bound=m.trace[-1]))
print(json.dumps(found))
`

/**
 * Sweeps of the variational ascent in the same run as the reference program, which is looked for in the directory MTL_REFERENCE_DIR;
 * without it that column is left out.
 */
export async function benchSparse(): Promise<Row[]> {
  const problems = settings.map(({ tasks, features }) => tasksOf(tasks, features))
  const reference = byReference(problems.map((tasks, k) => ({ tasks, options: settings[k].reference })))
  const rows: Row[] = []
  for (const [k, { what, options }] of settings.entries()) {
    const data = datasetOf(problems[k])
    const estimator = sparseBayesian(options)
    const { parameters } = await fit(estimator, data, { random: 1 })
    const seconds = (await leastSeconds(() => fit(estimator, data, { random: 1 }))) / sweeps
    const theirs = reference?.[k]
    rows.push({
      what,
      seconds,
      rate: 'one sweep',
      ...(theirs && {
        against: `reference ${(theirs.seconds / sweeps).toFixed(4)} s, bound within ${Math.abs(parameters.bound / theirs.bound - 1).toExponential(1)}`,
        ratio: seconds / (theirs.seconds / sweeps),
      }),
    })
  }
  return rows
}

/** Processor seconds, all threads of the process together. */
async function leastSeconds(run: () => unknown): Promise<number> {
  // Functions are compiled as they are met: theirs were before the clock.
  for (let warm = 0; warm < repeats; warm++) await run()
  let least = Infinity
  for (let repeat = 0; repeat < repeats; repeat++) {
    const start = process.cpuUsage()
    await run()
    const { user, system } = process.cpuUsage(start)
    least = Math.min(least, (user + system) / 1e6)
  }
  return least
}

/** 50 tasks on 200 shared rows of 10,000 features, in a process of its own for its memory. */
export function benchLargeSparse(): Row {
  const script = new URL('large-sparse.ts', import.meta.url).pathname
  const { stdout, stderr, status } = spawnSync(process.execPath, [...process.execArgv, script], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`large-sparse.ts failed: ${stderr}`)
  const { seconds, gigabytes, steps, found } = JSON.parse(stdout) as Record<string, number>
  return {
    what: `sparse-bayesian by group, 50 tasks x 200 shared rows x 10000 inputs: ${found} of 10 found, peak ${gigabytes.toFixed(2)} GB`,
    seconds,
    rate: `${(steps / seconds).toFixed(2)} sweeps/s`,
  }
}

type Tasks = readonly { readonly X: readonly (readonly number[])[]; readonly y: readonly number[] }[]

function tasksOf(tasks: number, features: number): Tasks {
  const random = createRandom(`sparse ${tasks}`)
  const common = Array.from({ length: features }, (_, j) => (j % 4 === 0 ? sampleNormal(random) : 0))
  return Array.from({ length: tasks }, () => {
    const weights = common.map((w) => (w === 0 ? 0 : w + 0.5 * sampleNormal(random)))
    const X = Array.from({ length: 20 }, () => weights.map(() => sampleNormal(random)))
    const y = X.map((row) => row.reduce((sum, x, j) => sum + x * weights[j], 0.5 * sampleNormal(random)))
    return { X, y }
  })
}

function datasetOf(tasks: Tasks): Dataset {
  return dataset(tasks.map(({ X, y }, t) => ({ name: `task ${t}`, inputs: matrixFromRows(X), targets: y })))
}

interface Found {
  readonly seconds: number
  readonly bound: number
}

function byReference(problems: readonly unknown[]): readonly Found[] | undefined {
  const folder = process.env.MTL_REFERENCE_DIR
  if (folder === undefined) {
    console.error(
      'MTL_REFERENCE_DIR is not set: sparse Bayesian sweeps are not compared with their reference',
    )
    return undefined
  }
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'mtl-bench-')), 'problems.json')
  writeFileSync(file, JSON.stringify(problems))
  const { stdout, stderr, status } = spawnSync('python3', ['-c', program, folder, file], {
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  })
  if (status !== 0) throw new Error(`the reference program failed: ${stderr}`)
  return JSON.parse(stdout) as readonly Found[]
}
