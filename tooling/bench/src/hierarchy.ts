import { spawnSync } from 'node:child_process'
import { createRandom, dataset, fit, matrixFromRows, sampleNormal } from '@mtl/core'
import type { Dataset } from '@mtl/core'
import { latentHierarchy } from '@mtl/hierarchy'
import type { Row } from './rows.ts'

/** EM steps of a fit, and those before its first tree; both sides take them all. */
const [steps, warmUp] = [10, 5]
/** Runs of either side; the least of them is what a busy machine disturbs least. */
const repeats = 3

/** Processor seconds of a fit of the reference, least of some. */
const program = `
import sys, time
sys.path.insert(0, sys.argv[1])
import numpy as np, hierarchy as h
K, D, n = map(int, sys.argv[2:5])
r = np.random.default_rng(1)
_, X, y = h.sample_tree_data(h.sample_coalescent(K, r), D, n, r)
best = 1e9
for _ in range(int(sys.argv[5])):
    t = time.process_time(); h.fit_da(X, y, max_iter=${steps}, tol=0); best = min(best, time.process_time() - t)
print(best)
`

/** An EM step with the tree learnt, against the reference in Python where MTL_REFERENCE_DIR says where that is; then by size. */
export async function benchHierarchy(): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const [tasks, inputs] of [
    [100, 5],
    [100, 50],
  ] as const) {
    const seconds = await stepSeconds(tasks, inputs, repeats)
    const reference = referenceSeconds(tasks, inputs)
    rows.push({
      what: `latent-hierarchy, EM step with the tree, ${tasks} tasks, ${inputs} inputs`,
      seconds,
      rate: `${(1 / seconds).toFixed(1)} steps/s`,
      ...(reference !== undefined && {
        against: `numpy ${reference.toFixed(3)} s`,
        ratio: seconds / reference,
      }),
    })
  }
  const few = await stepSeconds(250, 5, 1)
  const many = await stepSeconds(1000, 5, 1)
  rows.push({
    what: 'latent-hierarchy, EM step with the tree, exact, 1,000 tasks, 5 inputs',
    seconds: many,
    rate: `grows from 250 tasks on with the power ${(Math.log(many / few) / Math.log(4)).toFixed(2)} of their number`,
  })
  const limited = await stepSeconds(10_000, 5, 1)
  rows.push({
    what: 'latent-hierarchy, EM step with the tree, partners among 20 neighbours, 10,000 tasks, 5 inputs',
    seconds: limited,
    rate: `grows from 1,000 tasks on with the power ${Math.log10(limited / many).toFixed(2)} of their number`,
  })
  return rows
}

async function stepSeconds(tasks: number, inputs: number, runs: number): Promise<number> {
  const data = treeTasks(tasks, inputs, inputs > 20 ? 60 : 30)
  const estimator = latentHierarchy({
    structure: 'single-tree',
    maxSteps: steps,
    warmUpSteps: warmUp,
    tolerance: 0,
  })
  let least = Infinity
  for (let run = 0; run <= runs; run++) {
    const start = process.cpuUsage()
    await fit(estimator, data, { random: 1 })
    const { user, system } = process.cpuUsage(start)
    // The first run compiles.
    if (run > 0) least = Math.min(least, (user + system) / 1e6)
  }
  return least / (steps + warmUp)
}

function referenceSeconds(tasks: number, inputs: number): number | undefined {
  const folder = process.env['MTL_REFERENCE_DIR']
  if (folder === undefined) {
    console.error('MTL_REFERENCE_DIR is not set: latent-hierarchy is not compared with its reference')
    return undefined
  }
  const given = [tasks, inputs + 1, inputs > 20 ? 60 : 30, inputs > 20 ? 1 : repeats].map(String)
  const { stdout, status } = spawnSync('python3', ['-c', program, folder, ...given], {
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
    encoding: 'utf8',
  })
  return status === 0 ? Number(stdout) / (steps + warmUp) : undefined
}

/** Tasks in groups of ten, alike within. */
function treeTasks(tasks: number, inputs: number, rows: number): Dataset {
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
