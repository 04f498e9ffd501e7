import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { mmoeArchitecture, sharedBottomArchitecture } from '@mtl/architectures'
import { createRandom, dataset, matrix, sampleNormal, type Dataset } from '@mtl/core'
import { useBackend, type Architecture } from '@mtl/core/tensor'
import { layersMmoeStep, type MmoeSize } from './layers-mmoe.ts'
import { networkStep } from './network-step.ts'
import type { Row } from './rows.ts'
import { secondsInTurns, secondsOfPair } from './time.ts'

const size: MmoeSize = { inputs: 499, experts: 8, units: 16, tower: 8, tasks: 2, rows: 256 }

/** A step of MMoE against tf.layers and, where Python has it, torch; then steps at numbers of tasks with the same rows in all. */
export async function benchNetworkSteps(): Promise<readonly Row[]> {
  await useBackend(['wasm'])
  return [
    ...(await benchMmoe()),
    ...(await benchTaskCounts('shared-bottom', sharedBottomArchitecture())),
    ...(await benchTaskCounts('mmoe', mmoeArchitecture())),
  ]
}

async function benchMmoe(): Promise<readonly Row[]> {
  const { experts, units, tower } = size
  const architecture = mmoeArchitecture({
    experts,
    expertLayers: [units],
    expertDropout: 0,
    loadBalance: 0,
    heads: { sharing: 'own', taskLayers: [tower] },
  })
  using step = networkStep(architecture, sharedRows(size.tasks, 2048, size.inputs), size.rows)
  const { ours, theirs, ratio } = await secondsOfPair(() => step.run(), layersMmoeStep(size), 25)
  const what = `mmoe step, ${size.inputs} inputs, ${experts} experts, ${size.rows} rows, wasm`
  const rate = `${(1 / ours).toFixed(0)} steps/s`
  const torch = torchSeconds()
  return [
    { what, seconds: ours, rate, against: `tf.layers ${theirs.toFixed(4)} s`, ratio },
    ...(torch === undefined
      ? []
      : [
          {
            what,
            seconds: ours,
            rate,
            against: `torch, fused, 1 thread ${torch.toFixed(4)} s`,
            ratio: ours / torch,
          },
        ]),
  ]
}

async function benchTaskCounts(name: string, architecture: Architecture): Promise<readonly Row[]> {
  const counts = [10, 100, 1000, 10_000]
  const steps = counts.map((tasks) => networkStep(architecture, ownRows(tasks, 20_000, 10), 256))
  const seconds = await secondsInTurns(steps.map((step) => () => step.run()))
  for (const step of steps) step[Symbol.dispose]()
  return counts.map((tasks, c) => ({
    what: `${name} step, ${tasks.toLocaleString('en')} tasks that own 20,000 rows x 10 inputs, 256 rows`,
    seconds: seconds[c],
    rate: `${(1 / seconds[c]).toFixed(0)} steps/s`,
    ...(c > 0 && { against: '10 tasks', ratio: seconds[c] / seconds[0] }),
  }))
}

/** Milliseconds that the reference prints for the network with experts in one product, as seconds. */
function torchSeconds(): number | undefined {
  const folder = process.env['MTL_REFERENCE_DIR']
  if (folder === undefined) return undefined
  const { stdout, status } = spawnSync('/usr/bin/python3', [join(folder, 'bench_mmoe_torch.py')], {
    encoding: 'utf8',
    timeout: 120_000,
  })
  const found = /torch, experts fused\s+wall median ([\d.]+) ms/.exec(stdout)
  if (status === 0 && found) return Number(found[1]) / 1000
  console.error('Python has no torch here: mmoe is not compared with it')
  return undefined
}

function sharedRows(tasks: number, rows: number, inputs: number): Dataset {
  const random = createRandom(2)
  const x = matrix(rows, inputs, normals(rows * inputs, random))
  return dataset(
    Array.from({ length: tasks }, (_, k) => ({
      name: `task ${k}`,
      inputs: x,
      targets: normals(rows, random.fork(k)),
    })),
  )
}

function ownRows(tasks: number, rows: number, inputs: number): Dataset {
  const random = createRandom(2)
  const each = rows / tasks
  return dataset(
    Array.from({ length: tasks }, (_, k) => ({
      name: `task ${k}`,
      inputs: matrix(each, inputs, normals(each * inputs, random)),
      targets: normals(each, random),
    })),
  )
}

function normals(count: number, random: ReturnType<typeof createRandom>): Float64Array {
  return Float64Array.from({ length: count }, () => sampleNormal(random))
}
