import * as exported from '@mtl/architectures'
import { createRandom, dataset, matrix, sampleNormal, type Dataset } from '@mtl/core'
import { useBackend, type Architecture } from '@mtl/core/tensor'
import { networkStep } from './network-step.ts'
import type { Row } from './rows.ts'
import { median } from './time.ts'

const size = { tasks: 2, rows: 2048, inputs: 100, batchSize: 256 }
const rounds = 40
const counted = 30

/** A step of every architecture with its default options against one of MMoE, in turns, on rows that two binary tasks share. */
export async function benchArchitectureSteps(): Promise<readonly Row[]> {
  await useBackend(['wasm'])
  const data = binaryTasks()
  const steps = architectures().map((architecture) => ({
    name: architecture.name,
    step: networkStep(architecture, data, size.batchSize),
    times: [] as number[],
  }))
  for (let round = 0; round < rounds; round++)
    for (const { step, times } of steps) {
      const start = performance.now()
      await step.run()
      if (round >= rounds - counted) times.push((performance.now() - start) / 1000)
    }
  for (const { step } of steps) step[Symbol.dispose]()
  const base = median(steps.find(({ name }) => name === 'mmoe')?.times ?? [])
  return steps.map(({ name, times }) => ({
    what: `${name} step, ${size.tasks} tasks, ${size.inputs} inputs, ${size.batchSize} rows, wasm`,
    seconds: median(times),
    rate: `${(1 / median(times)).toFixed(0)} steps/s`,
    against: `mmoe ${base.toFixed(4)} s`,
    ratio: median(times) / base,
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
