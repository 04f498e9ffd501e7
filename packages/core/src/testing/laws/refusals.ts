import { expect } from 'vitest'
import type { Dataset, TaskKind } from '../../data/types.ts'
import { matrix } from '../../linalg/matrix.ts'
import type { LawName } from '../types.ts'
import { sampleOf, type Bench, type Law } from './bench.ts'
import { columnsOf, mapColumns, withWeights } from './changed.ts'
import { expectRefusal } from './outcome.ts'

export const refusalLaws: Readonly<Partial<Record<LawName, Law>>> = {
  'refuses kinds that it does not list': { applies: (bench) => unlistedKinds(bench).length > 0, run: kinds },
  'refuses inputs that it does not list': {
    applies: ({ make }) => make().capabilities.inputs !== 'nothing',
    run: inputs,
  },
  'refuses weights that it does not honour': {
    applies: ({ make }) => !make().capabilities.weights,
    run: weights,
  },
  'refuses data without tasks': { run: noTasks },
  'refuses columns other than the trained, by name': { run: otherColumns },
  'refuses a task that it does not know': { run: unknownTask },
  'refuses an unseen task without what it rests on': {
    applies: ({ make }) => {
      const { unseenTasks, descriptors } = make().capabilities
      return descriptors === 'needed' || !unseenTasks.includes('nothing')
    },
    run: unseenTask,
  },
}

const allKinds: readonly TaskKind[] = ['regression', 'binary', 'multiclass']

/** Data of each kind that is not listed, and of two kinds where these may not be mixed. */
function unlistedKinds({ make, layout, data, kind }: Bench): Dataset[] {
  const { kinds, mixedKinds } = make().capabilities
  const unlisted = allKinds.filter((other) => !kinds.includes(other)).map((other) => sampleOf(layout, other))
  if (mixedKinds) return unlisted
  const [guest] = sampleOf(layout, kind === 'regression' ? 'binary' : 'regression').tasks
  const { inputs: rows, features } = data.tasks[0]
  const targets = Float64Array.from({ length: rows.rows }, (_, i) => i % 2)
  return [
    ...unlisted,
    { tasks: [...data.tasks, { ...guest, name: 'guest', inputs: rows, features, targets }] },
  ]
}

async function kinds(bench: Bench): Promise<void> {
  for (const data of unlistedKinds(bench)) await expectRefusal(() => bench.train(data), 'unsupported')
}

async function inputs({ make, kind, train }: Bench): Promise<void> {
  await expectRefusal(() => train(sampleOf('list', kind)), 'unsupported')
  if (make().capabilities.inputs !== 'same-rows') return
  await expectRefusal(() => train(sampleOf('long', kind)), 'unsupported')
}

async function weights({ data, train }: Bench): Promise<void> {
  await expectRefusal(() => train(withWeights(data, () => 1)), 'unsupported')
}

async function noTasks({ train }: Bench): Promise<void> {
  await expectRefusal(() => train({ tasks: [] }), 'unsupported')
}

async function otherColumns({ data, course }: Bench): Promise<void> {
  const { model } = await course()
  const renamed = mapColumns(data, (features) =>
    columnsOf(features).map((column, j) =>
      j > 0 ? column : { ...column, feature: { name: 'stranger', column: 'stranger' } },
    ),
  )
  const [lacking] = data.tasks[0].features
  const { message } = await expectRefusal(() => model.predict(renamed), 'unknown-column')
  expect(message).toContain(lacking.name)
  const wider = matrix(1, model.tasks[0].features.length + 1)
  await expectRefusal(() => model.predictTask(model.tasks[0].name, wider), 'dimension-mismatch')
}

async function unknownTask({ data, course }: Bench): Promise<void> {
  const { model } = await course()
  const strangers = { tasks: [...data.tasks, { ...data.tasks[0], name: 'stranger' }] }
  const { message } = await expectRefusal(() => model.predict(strangers), 'unknown-name')
  expect(message).toContain('stranger')
  await expectRefusal(() => model.predictTask('stranger', data.tasks[0].inputs), 'unknown-name')
}

async function unseenTask({ data, course }: Bench): Promise<void> {
  const { model } = await course()
  const { kind, target, inputs: rows } = data.tasks[0]
  await expectRefusal(() => model.predictTask({ kind, target }, rows), 'unsupported')
}
