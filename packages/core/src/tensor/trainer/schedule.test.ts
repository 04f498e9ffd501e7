import { describe, expect, it } from 'vitest'
import { checkSchedule, checkScheduledRates, checkScheduledTasks, settingsAt } from './schedule.ts'

const schedule = {
  10: { tasks: ['easy', 'hard'], rates: { 'shared/': 0 } },
  1: { tasks: ['easy'], lossWeights: { easy: 2 } },
  12: { rates: {} },
}

describe('a schedule by epoch', () => {
  it('holds each setting until a later entry names it', () => {
    expect(settingsAt(schedule, 1)).toEqual({ tasks: ['easy'], lossWeights: { easy: 2 } })
    expect(settingsAt(schedule, 9)).toEqual(settingsAt(schedule, 1))
    expect(settingsAt(schedule, 11)).toEqual({
      tasks: ['easy', 'hard'],
      lossWeights: { easy: 2 },
      rates: { 'shared/': 0 },
    })
    expect(settingsAt(schedule, 20).rates).toEqual({})
  })

  it('leaves everything as it is before its first entry', () => {
    expect(settingsAt({ 5: { tasks: ['hard'] } }, 4)).toEqual({})
    expect(settingsAt(undefined, 4)).toEqual({})
  })

  it.each([
    ['0', { tasks: ['a'] }],
    ['1.5', { tasks: ['a'] }],
    ['first', { tasks: ['a'] }],
    ['21', { tasks: ['a'] }],
    ['3', { tasks: [] }],
    ['3', { lossWeights: { a: -1 } }],
    ['3', { rates: { 'shared/': NaN } }],
    ['3', { task: ['a'] }],
  ])('refuses the entry %s: %j', (key, settings) => {
    expect(() => checkSchedule({ [key]: settings } as unknown as typeof schedule, 20)).toThrow(
      expect.objectContaining({ code: 'invalid-option', message: expect.stringContaining(key) as string }),
    )
  })

  it('refuses tasks and prefixes that do not exist, by name', () => {
    const tasks = (entry: object): void => checkScheduledTasks({ 2: entry }, ['maths', 'reading'])
    const rates = (entry: object): void => checkScheduledRates({ 2: entry }, ['shared/trunk/0/kernel'])
    expect(() => tasks({ tasks: ['mahts'] })).toThrow(
      expect.objectContaining({ code: 'unknown-name', message: expect.stringContaining('maths') as string }),
    )
    expect(() => tasks({ lossWeights: { maths: 1, science: 2 } })).toThrow(/"science"/)
    expect(() => tasks({ tasks: ['reading'] })).not.toThrow()
    expect(() => rates({ rates: { 'shared/tower': 0 } })).toThrow(/"shared\/tower"/)
    expect(() => rates({ rates: { 'shared/': 0 } })).not.toThrow()
  })
})
