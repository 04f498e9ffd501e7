import type { Matrix, TaskInfo, View } from '@mtl/core'
import { taskSimilarity } from './task-similarity.ts'

/** Routes of tasks: policies by depth, tasks x choices; a choice past the modules leaves things as they are. */
export function routingViews(
  tasks: readonly TaskInfo[],
  policies: readonly Matrix[],
  modules: number,
): readonly View[] {
  const names = tasks.map(({ name }) => name)
  const label = (choice: number): string => (choice < modules ? `module ${choice + 1}` : 'skip')
  const depths = policies.map((_, d) => `depth ${d + 1}`)
  return [
    {
      kind: 'table',
      title: 'Routes',
      reading: 'The most probable choice of each task at each depth; tasks with one route share all of it.',
      columns: ['task', ...depths],
      rows: names.map((name, t) => [name, ...policies.map((policy) => label(largestOf(policy, t)))]),
    },
    ...policies.map((values, d) => ({
      kind: 'matrix' as const,
      title: `Choices at depth ${d + 1}`,
      reading: 'Probability of each choice; lines that are alike are tasks that share their modules.',
      rows: names,
      columns: Array.from({ length: values.columns }, (_, choice) => label(choice)),
      values,
    })),
    {
      kind: 'bars',
      title: 'Entropy of the policies',
      reading: 'Mean over tasks, in nats: 0 where every task is sure of its choice.',
      labels: depths,
      values: Float64Array.from(policies, (policy) => meanEntropy(policy)),
    },
    taskSimilarity(names, policies),
  ]
}

function largestOf({ columns, data }: Matrix, row: number): number {
  const policy = data.subarray(row * columns, (row + 1) * columns)
  return policy.indexOf(Math.max(...policy))
}

function meanEntropy({ rows, data }: Matrix): number {
  return data.reduce((sum, p) => sum - (p > 0 ? p * Math.log(p) : 0), 0) / rows
}
