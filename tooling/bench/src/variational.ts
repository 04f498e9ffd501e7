import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createRandom, dataset, fit, matrixFromRows, sampleNormal } from '@mtl/core'
import type { Dataset, TaskKind } from '@mtl/core'
import { variational } from '@mtl/variational'
import type { VariationalOptions } from '@mtl/variational'
import type { Row } from './rows.ts'
import { secondsOf } from './time.ts'

interface Problem {
  readonly what: string
  readonly kind: TaskKind
  readonly classes: number
  /** Standardised already, without the constant. */
  readonly tasks: readonly { readonly X: readonly (readonly number[])[]; readonly y: readonly number[] }[]
  /** Fits by the clock, after one that is not counted. */
  readonly repeats: number
  readonly options: VariationalOptions
  /** The same in the names of the reference program. */
  readonly reference: Readonly<Record<string, unknown>>
}

/** Fits once to warm up and then as often by the clock, of which the median counts; the bound of the last outer step. */
const program = `
import json, sys, time
sys.path.insert(0, sys.argv[1])
import numpy as np, variational as v
found = []
for p in json.load(open(sys.argv[2])):
    tasks = [dict(X=np.hstack([np.array(t['X']).reshape(len(t['y']), p['inputs']), np.ones((len(t['y']), 1))]),
                  y=np.array(t['y'], int if p['kind'] == 'multiclass' else float)) for t in p['tasks']]
    if p['kind'] == 'multiclass':
        for t in tasks: t['classes'] = list(range(p['classes']))
    run = lambda: v.fit(tasks, p['kind'], **p['reference'])
    run()
    times = []
    for _ in range(p['repeats']):
        start = time.perf_counter()
        m = run()
        times.append(time.perf_counter() - start)
    found.append(dict(seconds=sorted(times)[len(times) // 2], bound=m['trace'][-1]['elbo']))
print(json.dumps(found))
`

/**
 * Whole fits in the same run as the reference program, which is looked for in the directory MTL_REFERENCE_DIR; without it that column is left
 * out.
 */
export async function benchVariational(): Promise<Row[]> {
  const problems = [goldenProblem(), manyClasses(12), manyClasses(50)]
  const reference = byReference(problems)
  const rows: Row[] = []
  for (const [at, problem] of problems.entries()) {
    const data = datasetOf(problem)
    const estimator = variational(problem.options)
    const { parameters } = await fit(estimator, data, { random: 1 })
    const bound = parameters.outer[parameters.outer.length - 1].bound.reduce((sum, own) => sum + own, 0)
    const seconds = await secondsOf(() => fit(estimator, data, { random: 1 }), problem.repeats)
    const theirs = reference?.[at]
    rows.push({
      what: problem.what,
      seconds,
      rate: 'one fit',
      ...(theirs && {
        against: `reference ${theirs.seconds.toFixed(3)} s, bound within ${Math.abs(bound / theirs.bound - 1).toExponential(1)}`,
        ratio: seconds / theirs.seconds,
      }),
    })
  }
  return rows
}

/** The binary problem of the goldens, to the precision that they were made with. */
function goldenProblem(): Problem {
  const file = new URL('../../../packages/variational/src/goldens/fit.json', import.meta.url)
  const { problems } = JSON.parse(readFileSync(file, 'utf8')) as {
    problems: readonly { data: readonly { X: number[][]; y: number[] }[] }[]
  }
  // Core scales inputs: both programs are given them scaled, and without the tasks that have no rows.
  const tasks = problems[0].data
    .filter(({ y }) => y.length > 0)
    .map(({ X, y }) => ({ X: X.map((row) => row.slice(0, -1)), y }))
  return {
    what: 'variational, the fit golden: two classes, 4 tasks of 12, 9, 15 and 1 rows x 3 inputs, tolerance 1e-13',
    kind: 'binary',
    classes: 2,
    tasks: standardised(tasks),
    repeats: 25,
    options: { priorRule: 'match', priorVariance: 1, tolerance: 1e-13, maxSteps: 3000 },
    reference: { mode: 'match', tol: 1e-13, max_inner: 3000 },
  }
}

/** 65 inputs with the constant, 10 classes, 6 tasks around two sets of weights. */
function manyClasses(rows: number): Problem {
  const [features, classes, tasks] = [64, 10, 6]
  const random = createRandom('variational')
  const normals = (count: number, scale: number): number[] =>
    Array.from({ length: count }, () => scale * sampleNormal(random))
  const groups = [0, 1].map(() => Array.from({ length: classes }, () => normals(features, 0.5)))
  const made = Array.from({ length: tasks }, (_, t) => {
    const X = Array.from({ length: rows }, () => normals(features, 1))
    const y = X.map((x) => {
      const scores = groups[t % 2].map((w) =>
        w.reduce((sum, value, j) => sum + value * x[j], sampleNormal(random)),
      )
      return scores.indexOf(Math.max(...scores))
    })
    return { X, y }
  })
  return {
    what: `variational, 10 classes, 6 tasks of ${rows} rows x 65 inputs with the constant, tolerance 1e-6`,
    kind: 'multiclass',
    classes,
    tasks: standardised(made),
    repeats: 3,
    options: { priorRule: 'match', priorVariance: 1, tolerance: 1e-6, maxSteps: 40 },
    reference: { mode: 'match', tol: 1e-6, max_inner: 40 },
  }
}

/** As core would: pooled over tasks, so that both programs see one and the same problem. */
function standardised(tasks: Problem['tasks']): Problem['tasks'] {
  const rows = tasks.flatMap(({ X }) => X)
  const moments = rows[0].map((_, j) => {
    const mean = rows.reduce((sum, row) => sum + row[j], 0) / rows.length
    return {
      mean,
      deviation: Math.sqrt(rows.reduce((sum, row) => sum + (row[j] - mean) ** 2, 0) / rows.length),
    }
  })
  return tasks.map(({ X, y }) => ({
    X: X.map((row) => row.map((x, j) => (x - moments[j].mean) / moments[j].deviation)),
    y,
  }))
}

function datasetOf({ kind, classes, tasks }: Problem): Dataset {
  return dataset(
    tasks.map(({ X, y }, t) => ({
      name: `task ${t}`,
      kind,
      classes: Array.from({ length: classes }, (_, k) => String(k)),
      inputs: matrixFromRows(X.map((row) => [...row])),
      targets: y,
    })),
  )
}

interface Fitted {
  readonly seconds: number
  readonly bound: number
}

function byReference(problems: readonly Problem[]): readonly Fitted[] | undefined {
  const folder = process.env.MTL_REFERENCE_DIR
  if (folder === undefined) {
    console.error('MTL_REFERENCE_DIR is not set: variational fits are not compared with their reference')
    return undefined
  }
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'mtl-bench-')), 'problems.json')
  writeFileSync(file, JSON.stringify(problems.map((p) => ({ ...p, inputs: p.tasks[0].X[0].length }))))
  const { stdout, stderr, status } = spawnSync('python3', ['-c', program, folder, file], {
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  })
  if (status !== 0) throw new Error(`the reference program failed: ${stderr}`)
  return JSON.parse(stdout) as readonly Fitted[]
}
