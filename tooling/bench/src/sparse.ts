import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createRandom, sampleNormal } from '@mtl/core'
import type { SparseBayesianOptions } from '@mtl/sparse'
import { build } from 'tsup'
import type { Row } from './rows.ts'

interface Setting {
  readonly what: string
  readonly tasks: number
  readonly features: number
  readonly options: SparseBayesianOptions
  /** The same in the names of the reference program. */
  readonly reference: Readonly<Record<string, unknown>>
}

/** What either side is given. */
export interface SweepProblem {
  readonly tasks: readonly { readonly X: readonly (readonly number[])[]; readonly y: readonly number[] }[]
  readonly options: SparseBayesianOptions
  readonly reference: Readonly<Record<string, unknown>>
  readonly sweeps: number
  /** For how long each side repeats; the least of all runs is what a busy machine disturbs least. */
  readonly seconds: number
}

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
    options: { ...options, ratioStarts: [1] },
    reference: { ratio_start: [1], ...reference },
  })),
)

/** Of the reference program: processor seconds of one sweep, and the last bound. */
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
                              max_iter=problem['sweeps'], tol=-1.0, **problem['reference']).fit(tasks)
    m = run()
    seconds = []
    while sum(seconds) < problem['seconds']:
        start = time.process_time()
        run()
        seconds.append(time.process_time() - start)
    found.append(dict(seconds=min(seconds) / problem['sweeps'], bound=m.trace[-1]))
print(json.dumps(found))
`

/**
 * Sweeps of the variational ascent in the same run as the reference program, which is looked for in the directory MTL_REFERENCE_DIR;
 * without it that column is left out.
 */
export async function benchSparse(): Promise<Row[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'mtl-bench-'))
  const file = path.join(folder, 'problems.json')
  const problems: SweepProblem[] = settings.map(({ tasks, features, options, reference }) => ({
    tasks: tasksOf(tasks, features),
    options,
    reference,
    sweeps: 40,
    seconds: 1.5,
  }))
  writeFileSync(file, JSON.stringify(problems))
  const reference = byReference(file)
  const ours = await byPlainNode(folder, file)
  return settings.map(({ what }, k) => {
    const { seconds, bound } = ours[k]
    const theirs = reference?.[k]
    return {
      what,
      seconds,
      rate: 'one sweep',
      ...(theirs && {
        against: `reference ${theirs.seconds.toFixed(4)} s, bound within ${Math.abs(bound / theirs.bound - 1).toExponential(1)}`,
        ratio: seconds / theirs.seconds,
      }),
    }
  })
}

interface Found {
  readonly seconds: number
  readonly bound: number
}

/**
 * In a process as users have it. The loader of the bench hands memory between threads, after which V8 looks at every access to a typed
 * array whether its memory is still there: products of small matrices take a quarter longer.
 */
async function byPlainNode(folder: string, file: string): Promise<readonly Found[]> {
  await build({
    entry: [new URL('sparse-sweeps.ts', import.meta.url).pathname],
    outDir: folder,
    format: 'esm',
    noExternal: [/./],
    config: false,
    silent: true,
    outExtension: () => ({ js: '.mjs' }),
    esbuildOptions: (options) => {
      options.conditions = ['@mtl/source']
    },
  })
  return foundBy(process.execPath, [path.join(folder, 'sparse-sweeps.mjs'), file])
}

function byReference(file: string): readonly Found[] | undefined {
  const folder = process.env.MTL_REFERENCE_DIR
  if (folder !== undefined) return foundBy('python3', ['-c', program, folder, file])
  console.error('MTL_REFERENCE_DIR is not set: sparse Bayesian sweeps are not compared with their reference')
  return undefined
}

function foundBy(command: string, args: readonly string[]): readonly Found[] {
  const { stdout, stderr, status } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  })
  if (status !== 0) throw new Error(`${command} failed: ${stderr}`)
  return JSON.parse(stdout) as readonly Found[]
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

function tasksOf(tasks: number, features: number): SweepProblem['tasks'] {
  const random = createRandom(`sparse ${tasks}`)
  const common = Array.from({ length: features }, (_, j) => (j % 4 === 0 ? sampleNormal(random) : 0))
  return Array.from({ length: tasks }, () => {
    const weights = common.map((w) => (w === 0 ? 0 : w + 0.5 * sampleNormal(random)))
    const X = Array.from({ length: 20 }, () => weights.map(() => sampleNormal(random)))
    const y = X.map((row) => row.reduce((sum, x, j) => sum + x * weights[j], 0.5 * sampleNormal(random)))
    return { X, y }
  })
}
