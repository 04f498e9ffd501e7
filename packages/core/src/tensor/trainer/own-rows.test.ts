import { describe, expect, it } from 'vitest'
import type { Network } from '../types.ts'
import { withOwnRows } from './own-rows.ts'

const filled = (value: number): Parameters<typeof withOwnRows>[1] => ({
  'shared/kernel': { shape: [2], values: new Float32Array(2).fill(value) },
  'tasks/gate': { shape: [3, 2], values: new Float32Array(6).fill(value) },
  'tasks:1/head': { shape: [2, 1], values: new Float32Array(2).fill(value) },
  'task:2/column': { shape: [1], values: new Float32Array(1).fill(value) },
  'state/mean': { shape: [1], values: new Float32Array(1).fill(value) },
})
const network = { groups: [{ tasks: [1] }, { tasks: [2, 0] }] } as unknown as Network

describe('what a task owns', () => {
  it('is its row of all tasks, its row of its group, and its own variables', () => {
    const [ours, theirs] = [filled(0), filled(1)]
    const mixed = withOwnRows(network, ours, theirs, [0])
    expect(Object.entries(mixed).map(([name, { values }]) => [name, ...values])).toEqual([
      ['shared/kernel', 0, 0],
      ['tasks/gate', 1, 1, 0, 0, 0, 0],
      ['tasks:1/head', 0, 1],
      ['task:2/column', 0],
      ['state/mean', 0],
    ])
    expect(withOwnRows(network, ours, theirs, [2])['task:2/column'].values).toEqual(Float32Array.of(1))
    expect([ours, theirs]).toEqual([filled(0), filled(1)])
  })
})
