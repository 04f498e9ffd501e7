import { spawnSync } from 'node:child_process'
import { createRandom, dataset, fit, matrixFromRows, sampleNormal } from '@mtl/core'
import type { Dataset } from '@mtl/core'
import { latentHierarchy } from '@mtl/hierarchy'
import type { Row } from './rows.ts'
import { processorSeconds } from './time.ts'

interface Size {
  readonly tasks: number
  readonly inputs: number
  /** Of a task. */
  readonly rows: number
  /** EM steps of a fit, and those before its first tree; both sides take them all. */
  readonly steps: number
  readonly warmUp: number
  /** Runs of either side; the least of them is what a busy machine disturbs least. */
  readonly repeats: number
}

const few: Size = { tasks: 100, inputs: 5, rows: 30, steps: 10, warmUp: 5, repeats: 3 }
/** A step takes seconds on either side. */
const wide: Size = { tasks: 100, inputs: 50, rows: 60, steps: 2, warmUp: 1, repeats: 1 }
const many: Size = { tasks: 1000, inputs: 5, rows: 30, steps: 2, warmUp: 1, repeats: 1 }

/** Processor seconds of a fit of the reference, least of some. */
const program = `
import sys, time
sys.path.insert(0, sys.argv[1])
import numpy as np, hierarchy as h
K, D, n, steps, warm_up, repeats = map(int, sys.argv[2:8])
r = np.random.default_rng(1)
_, X, y = h.sample_tree_data(h.sample_coalescent(K, r), D, n, r)
best = 1e9
for _ in range(repeats):
    t = time.process_time(); h.fit_da(X, y, max_iter=steps, warmup=warm_up, tol=0); best = min(best, time.process_time() - t)
print(best)
`

/**
 * An EM step with the tree learnt, against the reference in Python where MTL_REFERENCE_DIR says where that is; then by size. Each row is
 * told as soon as it is known, since all take some minutes.
 */
export async function benchHierarchy(): Promise<readonly Row[]> {
  const rows: Row[] = []
  const add = (row: Row): void => {
    rows.push(row)
    console.error(`${row.what}: ${row.seconds.toFixed(3)} s, ${row.rate}; ${row.against ?? ''}`)
  }
  for (const size of [few, wide]) {
    const { seconds } = await stepOf(size)
    const reference = referenceSeconds(size)
    add({
      what: `latent-hierarchy, EM step with the tree, ${size.tasks} tasks, ${size.inputs} inputs`,
      seconds,
      rate: `${(1 / seconds).toFixed(1)} steps/s`,
      ...(reference !== undefined && {
        against: `numpy ${reference.toFixed(3)} s`,
        ratio: seconds / reference,
      }),
    })
  }
  let before = (await stepOf({ ...many, tasks: 250 })).seconds
  let from = 250
  for (const tasks of [1000, 10_000]) {
    const { seconds, search } = await stepOf({ ...many, tasks })
    const power = Math.log(seconds / before) / Math.log(tasks / from)
    add({
      what: `latent-hierarchy, EM step with the tree, search '${search}', ${tasks} tasks, 5 inputs`,
      seconds,
      rate: `grows from ${from} tasks on with the power ${power.toFixed(2)} of their number`,
    })
    ;[before, from] = [seconds, tasks]
  }
  add(await averagedRow())
  return rows
}

/** The star, a tree of sampled weights, and the same again in two folds: the default has 20 trees and five folds. */
async function averagedRow(): Promise<Row> {
  const data = treeTasks({ ...many, tasks: 10_000 })
  const estimator = latentHierarchy({ trees: 1, folds: 2, maxSteps: 5 })
  const start = process.cpuUsage()
  const { parameters } = await fit(estimator, data, { random: 1 })
  const seconds = processorSeconds(start)
  return {
    what: `latent-hierarchy, averaged, one tree and two folds, search '${parameters.search}', 10,000 tasks, 5 inputs`,
    seconds,
    rate: `${(seconds / 3).toFixed(1)} s for a star of five steps and a tree`,
  }
}

/** Processor seconds of a step, least of some fits, and how partners of merges were searched. */
async function stepOf(size: Size): Promise<{ readonly seconds: number; readonly search: string }> {
  const data = treeTasks(size)
  const { steps, warmUp, repeats } = size
  const estimator = latentHierarchy({
    structure: 'single-tree',
    maxSteps: steps,
    warmUpSteps: warmUp,
    tolerance: 0,
  })
  let least = Infinity
  let search = ''
  for (let run = 0; run <= repeats; run++) {
    const start = process.cpuUsage()
    const model = await fit(estimator, data, { random: 1 })
    search = model.parameters.search
    // The first run compiles.
    if (run > 0) least = Math.min(least, processorSeconds(start))
  }
  return { seconds: least / (steps + warmUp), search }
}

function referenceSeconds({ tasks, inputs, rows, steps, warmUp, repeats }: Size): number | undefined {
  const folder = process.env['MTL_REFERENCE_DIR']
  if (folder === undefined) {
    console.error('MTL_REFERENCE_DIR is not set: latent-hierarchy is not compared with its reference')
    return undefined
  }
  const given = [tasks, inputs + 1, rows, steps, warmUp, repeats].map(String)
  const { stdout, status } = spawnSync('python3', ['-c', program, folder, ...given], {
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
    encoding: 'utf8',
  })
  return status === 0 ? Number(stdout) / (steps + warmUp) : undefined
}

/** Tasks in groups of ten, alike within. */
function treeTasks({ tasks, inputs, rows }: Size): Dataset {
  const random = createRandom(3)
  const normals = (count: number): number[] => Array.from({ length: count }, () => sampleNormal(random))
  let group = normals(inputs + 1)
  return dataset(
    Array.from({ length: tasks }, (_, k) => {
      if (k % 10 === 0) group = normals(inputs + 1)
      const weights = normals(inputs + 1).map((value, d) => group[d] + 0.2 * value)
      const table = Array.from({ length: rows }, () => normals(inputs))
      const targets = table.map(
        (x) =>
          weights[inputs] + x.reduce((sum, value, d) => sum + weights[d] * value, 0.5 * sampleNormal(random)),
      )
      return {
        name: `task ${k}`,
        kind: 'regression' as const,
        inputs: matrixFromRows(table),
        targets: Float64Array.from(targets),
      }
    }),
  )
}
