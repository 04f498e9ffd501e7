import type { Dataset, Feature, Matrix, Task } from '@mtl/core'

/** An input column over all tasks. */
export interface FeatureSummary {
  readonly column: string
  readonly type: 'number' | 'levels' | 'ids'
  /** Of numbers; null where there are none. */
  readonly least: number | null
  readonly most: number | null
  /** Of levels or ids. */
  readonly levels: readonly string[]
  /** Empty cells, in the rows of all tables. */
  readonly missing: number
}

type OpenSummary = { -readonly [Key in keyof FeatureSummary]: FeatureSummary[Key] }

/** Inputs of all tasks by column; a matrix that tasks share counts once. */
export function summariseFeatures({ tasks }: Dataset): FeatureSummary[] {
  const summaries = new Map<string, OpenSummary>()
  const tables = new Set<Matrix>()
  for (const { features, inputs } of tasks) {
    const isNew = !tables.has(inputs)
    tables.add(inputs)
    features.forEach((feature, j) => {
      const summary = summaries.get(feature.column) ?? emptySummary(feature)
      summaries.set(feature.column, summary)
      addLevels(summary, feature)
      if (isNew && summary.type === 'number' && feature.level === undefined) addNumbers(summary, inputs, j)
    })
  }
  return [...summaries.values()]
}

function emptySummary({ column, level, vocabulary }: Feature): OpenSummary {
  const type = vocabulary !== undefined ? 'ids' : level === undefined ? 'number' : 'levels'
  return { column, type, least: null, most: null, levels: [], missing: 0 }
}

/** The level of an empty cell is none. */
function addLevels(summary: OpenSummary, { level = '', vocabulary = [] }: Feature): void {
  const found = [level, ...vocabulary].filter((text) => text !== '' && !summary.levels.includes(text))
  if (found.length > 0) summary.levels = [...summary.levels, ...found]
}

function addNumbers(summary: OpenSummary, { rows, columns, data }: Matrix, column: number): void {
  for (let i = 0; i < rows; i++) {
    const value = data[i * columns + column]
    if (Number.isNaN(value)) summary.missing += 1
    else {
      summary.least = Math.min(summary.least ?? Infinity, value)
      summary.most = Math.max(summary.most ?? -Infinity, value)
    }
  }
}

/** Labels that a task has. */
export function labelsOf({ targets }: Task): number {
  return targets.reduce((count, value) => (Number.isNaN(value) ? count : count + 1), 0)
}

/** Something that a comparison of such data will suffer from. */
export interface DataWarning {
  readonly code: string
  readonly message: string
}

/** Fewer labels leave, at a quarter, too few test rows to tell anything of the task. */
const fewestLabels = 20
const mostNamed = 5

/** What is amiss with the tasks, told once for all that suffer from it. */
export function warningsOf({ tasks }: Dataset): DataWarning[] {
  const labels = new Map(tasks.map((task) => [task, labelsOf(task)]))
  const having = (accepts: (count: number, task: Task) => boolean): string[] =>
    tasks.filter((task) => accepts(labels.get(task) ?? 0, task)).map(({ name }) => name)
  const told = (code: string, names: readonly string[], what: string): DataWarning[] =>
    names.length === 0 ? [] : [{ code, message: `${counted(names)} ${what}: ${listed(names)}` }]
  return [
    ...told(
      'no-labels',
      having((count) => count === 0),
      'without a single label',
    ),
    ...told(
      'few-labels',
      having((count) => count > 0 && count < fewestLabels),
      `with fewer than ${fewestLabels} labels, so fewer than 5 test rows at a quarter`,
    ),
    ...told(
      'one-value',
      having((count, task) => count > 1 && hasOneValue(task)),
      'whose labels are all the same',
    ),
  ]
}

function hasOneValue({ targets }: Task): boolean {
  const first = targets.find((value) => !Number.isNaN(value))
  return targets.every((value) => Number.isNaN(value) || value === first)
}

function counted(names: readonly string[]): string {
  return `${names.length} ${names.length === 1 ? 'task' : 'tasks'}`
}

function listed(names: readonly string[]): string {
  const rest = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : ''
  return `${names.slice(0, mostNamed).join(', ')}${rest}`
}
