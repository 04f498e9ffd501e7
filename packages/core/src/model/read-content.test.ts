import { describe, expect, it } from 'vitest'
import { singleTask } from '../baseline/single-task.ts'
import { fromJson, toJson } from '../document/json.ts'
import type { Json } from '../error/types.ts'
import { createRandom } from '../random/generator.ts'
import { relatedTasks } from '../testing/related-tasks.ts'
import { fit } from '../training/fit.ts'

const random = createRandom('stored')
const data = relatedTasks({ random, tasks: 2, rows: 10, features: 2, spread: 0.2, noise: 0.2 })
const stored = JSON.stringify(toJson((await fit(singleTask(), data, { random })).toDocument()))

type Tree = Record<string, unknown>

/** Restores the model after a change of what was stored. */
function restoredAfter(change: (value: Tree) => void): () => unknown {
  const json = JSON.parse(stored) as { value: Tree }
  change(json.value)
  return () => singleTask().restore(fromJson(json as unknown as Json))
}

const firstTask = (value: Tree): Tree => (value.tasks as Tree[])[0]

describe('a stored model that was cut or changed', () => {
  it('is restored as it is when nothing was changed', () => {
    expect(restoredAfter(() => {})).not.toThrow()
  })

  it.each<[string, (value: Tree) => void]>([
    ['its tasks are no list', (value) => (value.tasks = {})],
    ['a task has no name', (value) => (firstTask(value).name = '')],
    ['a task is called like a member of every object', (value) => (firstTask(value).name = 'toString')],
    ['two tasks have one name', (value) => (firstTask(value).name = 'task-1')],
    ['a task is of no known kind', (value) => (firstTask(value).kind = 'ordinal')],
    ['a regression has classes', (value) => (firstTask(value).classes = ['no', 'yes'])],
    ['a feature has no column', (value) => (firstTask(value).features = [{ name: 'x' }])],
    [
      'a descriptor has no names',
      (value) => (firstTask(value).descriptor = { $array: 'Float64Array', base64: '' }),
    ],
    ['scales are missing', (value) => (value.scaling = { inputs: [] })],
    ['its diagnostics are missing', (value) => delete value.diagnostics],
    ['its version is no count', (value) => (value.version = 'one')],
  ])('is refused when %s', (_, change) => {
    expect(restoredAfter(change)).toThrow(expect.objectContaining({ code: 'invalid-document' }) as Error)
  })

  it('is refused when a matrix has not as many numbers as it says', () => {
    const change = (value: Tree): unknown =>
      (value.parameters = {
        weights: { rows: 1e9, columns: 2, data: { $array: 'Float64Array', base64: '' } },
      })
    expect(restoredAfter(change)).toThrow(/"parameters"/)
  })

  it('says when asked that its parameters are not the method’s', async () => {
    const json = JSON.parse(stored) as { value: Tree }
    json.value.parameters = {}
    const model = singleTask().restore(fromJson(json as unknown as Json))
    await expect(model.predict(data)).rejects.toMatchObject({ code: 'invalid-document' })
    expect(() => model.views()).toThrow(/not what single-task writes/)
  })
})
