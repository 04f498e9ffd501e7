import { isReserved } from '../data/names.ts'
import { tablesOf } from '../data/tables.ts'
import type { TaskInfo } from '../data/types.ts'
import type { Document } from '../document/types.ts'
import { check } from '../error/mtl-error.ts'
import type { ModelContent } from './model.ts'

type Test = (value: unknown) => boolean

/** What a document of a model holds, as far as every method's is alike. */
export interface StoredModel extends ModelContent<string, unknown> {
  readonly estimator: string
  readonly version: number
}

/**
 * The content of a stored model, whose form was looked at: a document may have been cut, edited or written by
 * something else. What the parameters of a method must be only the method knows; here their matrices hold as many numbers
 * as they say.
 * @throws MtlError 'invalid-document' naming the member that is not what it must be
 */
export function readContent({ type, value }: Document): StoredModel {
  check(type === 'model', 'invalid-document', `expected a model, got a ${type}`)
  const content = value as StoredModel
  mustBe(record(contentMembers), value, 'what stands at the top')
  content.tasks.forEach(checkTask)
  const names = new Set(content.tasks.map(({ name }) => name))
  mustBe(() => names.size === content.tasks.length, value, 'the list of names of tasks')
  checkScaling(content)
  mustBe(soundMatrices, content.parameters, '"parameters"')
  return content
}

function checkTask(task: TaskInfo, k: number): void {
  const { name, kind, classes, features, descriptor, descriptorFeatures } = task
  const place = `task ${k + 1}`
  mustBe(record(taskMembers), task, place)
  mustBe(() => name !== '' && !isReserved(name), task, `the name of ${place}`)
  const fewest = { regression: 0, binary: 2, multiclass: 1 }[kind]
  const most = kind === 'multiclass' ? Infinity : fewest
  mustBe(() => classes.length >= fewest && classes.length <= most, task, `the classes of ${place}`)
  mustBe(listOf(record(featureMembers)), features, `the features of ${place}`)
  mustBe(optional(listOf(record(featureMembers))), descriptorFeatures, `the descriptor of ${place}`)
  mustBe(() => descriptor?.length === descriptorFeatures?.length, task, `the descriptor of ${place}`)
}

function checkScaling({ tasks, scaling }: StoredModel): void {
  if (scaling === undefined) return
  const { inputs, descriptor, targets } = scaling
  const tables = tablesOf(tasks)
  const sound = (columns: number): Test => record({ means: floats(columns), deviations: floats(columns) })
  mustBe(() => Array.isArray(inputs) && inputs.length === Math.max(-1, ...tables) + 1, inputs, '"scaling"')
  tasks.forEach(({ features }, k) => mustBe(sound(features.length), inputs[tables[k]], '"scaling"'))
  mustBe(sound(tasks.at(0)?.descriptor?.length ?? 0), descriptor, 'the scaling of descriptors')
  mustBe(sound(tasks.length), targets, 'the scaling of targets')
}

const text: Test = (value) => typeof value === 'string'
const count: Test = (value) => Number.isSafeInteger(value) && (value as number) >= 0
const finite: Test = (value) => Number.isFinite(value)
const kindOfTask: Test = (value) => ['regression', 'binary', 'multiclass'].includes(value as string)
const anything: Test = () => true
const floats =
  (length?: number): Test =>
  (value) =>
    value instanceof Float64Array && (length === undefined || value.length === length)
const optional =
  (test: Test): Test =>
  (value) =>
    value === undefined || test(value)
const listOf =
  (test: Test): Test =>
  (value) =>
    Array.isArray(value) && value.every(test)
const record =
  (members: Readonly<Record<string, Test>>): Test =>
  (value) =>
    isRecord(value) && Object.entries(members).every(([name, test]) => test(value[name]))

const contentMembers: Readonly<Record<string, Test>> = {
  estimator: text,
  version: count,
  options: record({}),
  tasks: listOf(record({})),
  parameters: anything,
  scaling: optional(record({})),
  diagnostics: record({
    steps: count,
    converged: (value) => typeof value === 'boolean',
    objective: floats(),
    phases: optional(listOf(record({ name: text, steps: count }))),
    warnings: listOf(text),
  }),
}

const taskMembers: Readonly<Record<string, Test>> = {
  name: text,
  kind: kindOfTask,
  target: text,
  classes: listOf(text),
  features: listOf(record({})),
  descriptor: optional(floats()),
}

const featureMembers: Readonly<Record<string, Test>> = {
  name: text,
  column: text,
  level: optional(text),
  vocabulary: optional(listOf(text)),
  fill: optional((value) => value === 'mean' || finite(value)),
}

/** Whether each matrix within holds as many numbers as its rows and columns say. */
function soundMatrices(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(soundMatrices)
  if (!isRecord(value) || ArrayBuffer.isView(value)) return true
  const { rows, columns, data } = value
  if (!ArrayBuffer.isView(data)) return Object.values(value).every(soundMatrices)
  if (!('rows' in value && 'columns' in value)) return true
  return (
    count(rows) && count(columns) && (rows as number) * (columns as number) === (data as Float64Array).length
  )
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function mustBe(test: Test, value: unknown, what: string): void {
  check(
    test(value),
    'invalid-document',
    `${what} of this stored model is not what a model stores; it was cut or changed`,
  )
}
