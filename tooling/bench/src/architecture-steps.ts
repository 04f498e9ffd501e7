import * as exported from '@mtl/architectures'
import { createRandom, dataset, matrix, sampleNormal, type Dataset } from '@mtl/core'
import { useBackend, type Architecture } from '@mtl/core/tensor'
import { networkStep } from './network-step.ts'
import type { Row } from './rows.ts'
import { secondsInTurns } from './time.ts'

const size = { tasks: 2, rows: 2048, inputs: 100, batchSize: 256 }

/** A step of every architecture with its default options against one of MMoE, in turns, on rows that two binary tasks share. */
export async function benchArchitectureSteps(): Promise<readonly Row[]> {
  await useBackend(['wasm'])
  const data = binaryTasks()
  const networks = architectures()
  const steps = networks.map((architecture) => networkStep(architecture, data, size.batchSize))
  const seconds = await secondsInTurns(steps.map((step) => () => step.run()))
  for (const step of steps) step[Symbol.dispose]()
  const base = seconds[networks.findIndex(({ name }) => name === 'mmoe')]
  return networks.map(({ name }, n) => ({
    what: `${name} step, ${size.tasks} tasks, ${size.inputs} inputs, ${size.batchSize} rows, wasm`,
    seconds: seconds[n],
    rate: `${(1 / seconds[n]).toFixed(0)} steps/s`,
    against: `mmoe ${base.toFixed(4)} s`,
    ratio: seconds[n] / base,
  }))
}

/** Of every function of the package that makes one. */
function architectures(): readonly Architecture[] {
  return Object.entries(exported).flatMap(([name, value]) =>
    name.endsWith('Architecture') ? [(value as () => Architecture)()] : [],
  )
}

function binaryTasks(): Dataset {
  const random = createRandom(2)
  const { rows, inputs } = size
  const x = matrix(
    rows,
    inputs,
    Float64Array.from({ length: rows * inputs }, () => sampleNormal(random)),
  )
  return dataset(
    Array.from({ length: size.tasks }, (_, k) => ({
      name: `task ${k}`,
      kind: 'binary' as const,
      inputs: x,
      targets: Float64Array.from({ length: rows }, () => Number(sampleNormal(random) > 0)),
    })),
  )
}
