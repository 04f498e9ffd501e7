import { check, matrix, nearest } from '@mtl/core'
import type { Matrix, TaskInfo } from '@mtl/core'

/** How tasks are related: 'positive' is 1, 'neutral' 0, a number within 0 and 1 how strongly. */
export type Relation = 'positive' | 'neutral' | number

/** By task, by task; a pair needs to be said once. 'all': every pair alike. */
export type TaskRelations = Readonly<Record<string, Readonly<Record<string, Relation>>>> | 'all'

/** What can be told without data. @throws MtlError 'invalid-option' */
export function checkRelations(relations: TaskRelations): void {
  if (relations === 'all') return
  for (const [from, others] of Object.entries(relations)) {
    for (const [to, relation] of Object.entries(others)) {
      const pair = `taskRelations: "${from}" and "${to}"`
      const details = { tasks: [from, to] }
      check(from !== to, 'invalid-option', `taskRelations: "${from}" is related to itself`, details)
      const strength = strengthOf(relation)
      const range = `${pair} must be 'positive', 'neutral' or a number within 0 and 1, got ${JSON.stringify(relation)}`
      check(
        strength >= 0 && strength <= 1,
        'invalid-option',
        `${range}; this family has no negative relations`,
        details,
      )
      const back = (relations[to] as Readonly<Record<string, Relation>> | undefined)?.[from]
      const agree = back === undefined || strengthOf(back) === strength
      check(agree, 'invalid-option', `${pair} contradict one another: ${relation} and ${back}`, details)
    }
  }
}

/**
 * The Laplacian of the relations, degrees on the diagonal; normalised: D^-1/2 L D^-1/2, with rows of 0 for tasks without
 * relations. Of 'all' it is I - 11' / T, so that w'L w is the sum of squares around the mean.
 * @throws MtlError 'unknown-name'
 */
export function laplacianOf(
  relations: TaskRelations,
  normalised: boolean,
  tasks: readonly TaskInfo[],
): Matrix {
  const size = tasks.length
  const laplacian = matrix(size, size)
  const strengths = strengthsOf(relations, tasks)
  const degrees = Float64Array.from({ length: size }, (_, t) => {
    let degree = 0
    for (let s = 0; s < size; s++) degree += strengths.data[t * size + s]
    return degree
  })
  for (let t = 0; t < size; t++) {
    for (let s = 0; s < size; s++) {
      const scale = normalised ? Math.sqrt(degrees[t] * degrees[s]) : 1
      const entry = (t === s ? degrees[t] : 0) - strengths.data[t * size + s]
      laplacian.data[t * size + s] = scale === 0 ? 0 : entry / scale
    }
  }
  return laplacian
}

function strengthsOf(relations: TaskRelations, tasks: readonly TaskInfo[]): Matrix {
  const size = tasks.length
  const strengths = matrix(size, size)
  if (relations === 'all') {
    for (let t = 0; t < size; t++)
      for (let s = 0; s < size; s++) strengths.data[t * size + s] = t === s ? 0 : 1 / size
    return strengths
  }
  const names = tasks.map(({ name }) => name)
  const position = (name: string): number => {
    const near = nearest(name, names)
    const hint = near.length > 0 ? `; the nearest are ${near.join(', ')}` : ''
    const text = `taskRelations: no task is named "${name}"${hint}`
    check(names.includes(name), 'unknown-name', text, { name, nearest: near })
    return names.indexOf(name)
  }
  for (const [from, others] of Object.entries(relations)) {
    const t = position(from)
    for (const [to, relation] of Object.entries(others)) {
      const s = position(to)
      strengths.data[t * size + s] = strengthOf(relation)
      strengths.data[s * size + t] = strengthOf(relation)
    }
  }
  return strengths
}

function strengthOf(relation: unknown): number {
  if (relation === 'positive') return 1
  if (relation === 'neutral') return 0
  return typeof relation === 'number' ? relation : NaN
}
