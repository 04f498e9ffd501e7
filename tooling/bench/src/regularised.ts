import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { dataset, fit, matrixFromRows } from '@mtl/core'
import type { Dataset, Estimator } from '@mtl/core'
import {
  clustered,
  dirty,
  fusedLasso,
  graphRegularised,
  jointFeature,
  lasso,
  robust,
  robustTraceNorm,
  sparseGroupLasso,
  temporal,
  traceNorm,
  type RegularisedParameters,
} from '@mtl/sparse'
import type { Row } from './rows.ts'
import { secondsOf } from './time.ts'

/** What the reference program and this package both solve: tasks that are standardised already, and a penalty. */
interface Problem {
  readonly loss: 'squared' | 'logistic'
  readonly tasks: readonly { readonly X: number[][]; readonly y: number[] }[]
  readonly runs: readonly { readonly id: string; readonly penalty: Penalty }[]
}

type Penalty = { readonly kind: string } & Readonly<Record<string, number>>

const ridgeOf = (penalty: Penalty): number => ('ridge' in penalty ? penalty.ridge : 0)

const exact = { tolerance: 1e-10, maxSteps: 200_000 }

/** Of the penalties of the goldens; groups are threes of features. */
const makers: Readonly<Record<string, (p: Penalty, tasks: number) => Estimator<RegularisedParameters>>> = {
  lasso: (p) => lasso({ penalty: p.lambda, ridgePenalty: ridgeOf(p), ...exact }),
  l21: (p) => jointFeature({ penalty: p.lambda, ridgePenalty: ridgeOf(p), ...exact }),
  trace: (p) => traceNorm({ penalty: p.lambda, ...exact }),
  mean: (p) => graphRegularised({ couplingPenalty: p.rho, ridgePenalty: p.ridge, ...exact }),
  temporal: (p) => temporal({ penalty: p.lambda, couplingPenalty: p.rho, ...exact }),
  fused: (p) =>
    fusedLasso({
      penalty: p.lambda1 + p.lambda2,
      elementShare: p.lambda1 / (p.lambda1 + p.lambda2),
      ...exact,
    }),
  dirty: (p) => dirty({ penalty: p.lambdaSparse, blockRatio: p.lambdaBlock / p.lambdaSparse, ...exact }),
  robust: (p) =>
    robust({ penalty: p.lambdaShared, outlierRatio: p.lambdaOutlier / p.lambdaShared, ...exact }),
  robustTrace: (p) =>
    robustTraceNorm({ penalty: p.lambdaShared, outlierRatio: p.lambdaOutlier / p.lambdaShared, ...exact }),
  sparseGroup: (p) =>
    sparseGroupLasso({
      penalty: p.lambda1 + p.lambda2,
      elementShare: p.lambda1 / (p.lambda1 + p.lambda2),
      ...exact,
    }),
  clustered: (p) => clustered({ penalty: p.rho1, clusters: p.k, withinRatio: p.rho2 / p.rho1, ...exact }),
}

/** Solves each problem once to warm up and once by the clock, and prints seconds and objectives. */
const program = `
import json, sys, time
sys.path.insert(0, sys.argv[1])
import regularised as r
found = []
for problem in json.load(open(sys.argv[2])):
    tasks = [(r.np.array(t['X']), r.np.array(t['y'])) for t in problem['tasks']]
    seconds, objectives = 0.0, []
    for run in problem['runs']:
        p = dict(run['penalty'])
        if p['kind'] == 'sparseGroup':
            p['groups'] = [[j] for j in range(tasks[0][0].shape[1])]
        r.solve(r.Loss(tasks, problem['loss']), p)
        start = time.perf_counter()
        objectives.append(r.solve(r.Loss(tasks, problem['loss']), p)['objective'])
        seconds += time.perf_counter() - start
    found.append(dict(seconds=seconds, objectives=objectives))
print(json.dumps(found))
`

/**
 * The regularised goldens, each to a residual of 1e-10, in the same run as their reference program, which is looked for in the
 * directory MTL_REFERENCE_DIR; without it that column is left out.
 */
export async function benchRegularised(): Promise<Row[]> {
  const problems = [goldenProblem('squared'), goldenProblem('logistic')]
  const reference = solvedByReference(problems)
  const rows: Row[] = []
  for (const [at, problem] of problems.entries()) {
    const data = datasetOf(problem)
    const estimators = problem.runs.map(({ penalty }) => makers[penalty.kind](penalty, problem.tasks.length))
    const solve = async (): Promise<RegularisedParameters[]> => {
      const all: RegularisedParameters[] = []
      for (const estimator of estimators) all.push((await fit(estimator, data, { random: 1 })).parameters)
      return all
    }
    const solved = await solve()
    const residual = Math.max(...solved.map((parameters) => parameters.residual))
    const seconds = await secondsOf(solve, 3)
    const theirs = reference?.[at]
    const off = solved.map(({ objective }, k) =>
      Math.abs(objective / (theirs?.objectives[k] ?? objective) - 1),
    )
    rows.push({
      what: `${problem.runs.length} regularised problems, ${problem.loss} loss, largest residual ${residual.toExponential(1)}`,
      seconds,
      rate: `${Math.round(problem.runs.length / seconds)} problems/s`,
      ...(theirs && {
        against: `reference ${theirs.seconds.toFixed(3)} s, objectives within ${Math.max(...off).toExponential(1)}`,
        ratio: seconds / theirs.seconds,
      }),
    })
  }
  return rows
}

/** Joint features of 50 tasks of 200 rows of their own x 10,000 features, in a process of its own for its memory. */
export function benchLargeRegularised(): Row {
  const script = new URL('large-regularised.ts', import.meta.url).pathname
  const { stdout, stderr, status } = spawnSync(process.execPath, [...process.execArgv, script], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`large-regularised.ts failed: ${stderr}`)
  const { seconds, gigabytes, steps, residual, features } = JSON.parse(stdout) as Record<string, number>
  return {
    what: `joint-feature, 50 tasks x 200 rows x 10000 inputs: ${features} found, residual ${residual.toExponential(1)}, peak ${gigabytes.toFixed(2)} GB with the data`,
    seconds,
    rate: `${(steps / seconds).toFixed(1)} steps/s`,
  }
}

function goldenProblem(name: string): Problem {
  const file = new URL(`../../../packages/sparse/src/regularised/goldens/${name}.json`, import.meta.url)
  const golden = JSON.parse(readFileSync(file, 'utf8')) as Problem
  // Graphs are given as matrices there, and groups as lists: the kinds that have a plain number for each key will do.
  const runs = golden.runs.filter(({ penalty }) => penalty.kind in makers)
  return { loss: golden.loss, tasks: standardised(golden), runs }
}

/** As core would: pooled over tasks, so that both programs see one and the same problem. */
function standardised({ tasks, loss }: Problem): Problem['tasks'] {
  const columns = tasks[0].X[0].map((_, j) => momentsOf(tasks.flatMap(({ X }) => X.map((row) => row[j]))))
  const target = loss === 'squared' ? momentsOf(tasks.flatMap(({ y }) => y)) : { mean: 0, deviation: 1 }
  return tasks.map(({ X, y }) => ({
    X: X.map((row) => row.map((x, j) => (x - columns[j].mean) / columns[j].deviation)),
    y: y.map((value) => (value - target.mean) / target.deviation),
  }))
}

function momentsOf(values: readonly number[]): { readonly mean: number; readonly deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, deviation: Math.sqrt(squares / values.length) }
}

function datasetOf({ tasks, loss }: Problem): Dataset {
  return dataset(
    tasks.map(({ X, y }, t) => ({
      name: `task ${t}`,
      kind: loss === 'squared' ? ('regression' as const) : ('binary' as const),
      inputs: matrixFromRows(X),
      targets: y,
    })),
  )
}

interface Solved {
  readonly seconds: number
  readonly objectives: readonly number[]
}

function solvedByReference(problems: readonly Problem[]): readonly Solved[] | undefined {
  const folder = process.env.MTL_REFERENCE_DIR
  if (folder === undefined) {
    console.error('MTL_REFERENCE_DIR is not set: regularised problems are not compared with their reference')
    return undefined
  }
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'mtl-bench-')), 'problems.json')
  writeFileSync(file, JSON.stringify(problems))
  const { stdout, stderr, status } = spawnSync('python3', ['-c', program, folder, file], {
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  })
  if (status !== 0) throw new Error(`the reference program failed: ${stderr}`)
  return JSON.parse(stdout) as readonly Solved[]
}
