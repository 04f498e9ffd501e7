import { createRandom, datasetFromTable, fit, parseCsv, pooled, singleTask, taskMean } from '@mtl/core'
import type { Dataset, Distribution, Estimator, RandomGenerator, TableDescription } from '@mtl/core'
import { below, mutated, nasty, pick } from './mutate.fixture.ts'

const kinds = ['regression', 'binary', 'multiclass'] as const

const labels = [
  ['mathach', 'regression'],
  ['sex', 'binary'],
  ['grade', 'multiclass'],
] as const

/** A small table of three tasks, sound in itself. */
const sound = [
  'school,sector,ses,sex,grade,mathach',
  ...Array.from({ length: 18 }, (_, i) => {
    const school = 'abc'[i % 3]
    return [
      school,
      school === 'a' ? 1 : 0,
      (i * 7) % 5,
      'fm'[i % 2],
      'low mid high'.split(' ')[(i * 5) % 3],
      i / 4,
    ]
  }).map((cells) => cells.join(',')),
].join('\n')

/** Bytes without any meaning, as text. */
function noise(random: RandomGenerator): string {
  const bytes = Uint8Array.from({ length: below(random, 400) }, () => below(random, 256))
  return new TextDecoder().decode(bytes)
}

/** A text that claims to be a table. */
export function hostileTable(random: RandomGenerator): string {
  const lot = random.next()
  if (lot < 0.2) return noise(random)
  if (lot < 0.25)
    return nasty
      .map((text) => (random.next() < 0.5 ? text : `${text},`))
      .join(pick(random, ['\n', '\r\n', '\r']))
  if (lot < 0.45) return mutated(random, sound)
  return withStrangeCells(random)
}

/** The sound table with a few cells that are something else, quoted where that keeps the table's form. */
function withStrangeCells(random: RandomGenerator): string {
  const lines = sound.split('\n').map((line) => line.split(','))
  const from = random.next() < 0.1 ? 0 : 1
  for (let cells = below(random, 4); cells > 0; cells--) {
    const line = lines[from + below(random, lines.length - from)]
    const text = pick(random, nasty)
    line[below(random, line.length)] = /[",;\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  return lines.map((cells) => cells.join(',')).join('\n')
}

/** Roles for columns, half of them absent or unfit. */
function hostileDescription(random: RandomGenerator, columns: readonly string[]): TableDescription {
  const column = (): string => (random.next() < 0.05 ? pick(random, nasty) : pick(random, columns))
  const named = (wanted: string): string =>
    columns.includes(wanted) && random.next() < 0.8 ? wanted : column()
  const [target, kind] = pick(random, labels)
  return {
    ...(random.next() < 0.8 && { task: named('school') }),
    targets: { [named(target)]: random.next() < 0.9 ? kind : pick(random, kinds) },
    inputs: ['ses', 'sex', 'mathach']
      .slice(0, below(random, 4))
      .filter((name) => name !== target)
      .map(named),
    ...(random.next() < 0.3 && { descriptor: [named('sector')] }),
    ...(random.next() < 0.1 && { weight: column() }),
    ...(random.next() < 0.3 && { missingMarkers: [pick(random, nasty)] }),
    missing: pick(random, ['refuse', 'mean'] as const),
  }
}

/** Reads, describes, fits and predicts: all that a table can meet. */
export async function useTable(seed: string): Promise<void> {
  const random = createRandom(seed)
  const columns = parseCsv(hostileTable(random))
  const data = datasetFromTable(columns, hostileDescription(random, Object.keys(columns)))
  const estimators: readonly Estimator[] = [taskMean(), pooled(), singleTask()]
  const estimator = pick(random, estimators)
  const model = await fit(estimator, data, { random })
  checkFinite(await model.predict(data), data)
}

/** @throws Error when an answer is not finite or is not there */
export function checkFinite(predictions: Readonly<Record<string, Distribution>>, data: Dataset): void {
  for (const { name, inputs } of data.tasks) {
    const { point } = predictions[name]
    if (point.length !== inputs.rows)
      throw new Error(`task ${name} has ${point.length} answers for ${inputs.rows} rows`)
    if (!point.every(Number.isFinite)) throw new Error(`task ${name} has an answer that is not finite`)
  }
}
