import { describe, expect, it } from 'vitest'
import { errorLines } from '../error/error-lines.ts'
import { compareRequest } from './options.ts'

const given = { target: 'mathach', trainFraction: '0.75', splits: '5', seed: '0' }

function linesOf(options: Record<string, unknown>): string[] {
  try {
    compareRequest(['pupils.csv'], options)
    return []
  } catch (error) {
    return errorLines(error, false)
  }
}

describe('compareRequest', () => {
  it('converts what the command line gives as texts', () => {
    const request = compareRequest(['pupils.csv'], {
      ...given,
      target: 'written, course',
      kind: 'regression',
      missing: ['n/a'],
      timeLimit: '60',
      methods: 'pooled,mean-regularised',
      option: ['mean-regularised.meanPenalty=2', 'mean-regularised.slopePenalty=auto'],
    })
    expect(request).toMatchObject({
      data: { target: ['written', 'course'], kind: ['regression'], missing: ['n/a'], categorical: [] },
      methods: ['pooled', 'mean-regularised'],
      methodOptions: { 'mean-regularised': { meanPenalty: 2, slopePenalty: 'auto' } },
      trainFraction: 0.75,
      splits: 5,
      seed: 0,
      timeLimit: 60,
      json: false,
    })
    expect(compareRequest(['pupils.csv'], { ...given, methods: 'all' }).methods).toBe('all')
    expect(compareRequest(['pupils.csv'], given).methods).toBeUndefined()
  })

  it('tells everything that is wrong, a line each', () => {
    const wrong = { ...given, splits: 'many', trainFraction: '1', kind: 'number', fill: 'median' }
    expect(linesOf(wrong)).toEqual([
      'error [invalid-option] --kind must be regression, binary or multiclass',
      'error [invalid-option] --fill must be mean',
      'error [invalid-option] --train-fraction must be a number above 0 and below 1',
      'error [invalid-option] --splits must be a whole number from 1 to 10000',
    ])
  })

  it('takes no text for no number', () => {
    expect(linesOf({ ...given, seed: '' })).toEqual([
      'error [invalid-option] --seed must be a whole number, at least 0',
    ])
  })

  it('refuses what cannot go together', () => {
    expect(linesOf({ ...given, kind: 'binary,regression' })).toEqual([
      'error [invalid-option] --kind needs one kind, or one for each of the 1 targets',
    ])
    expect(linesOf({ ...given, features: 'ses,mathach' })).toEqual([
      'error [invalid-option] --features "mathach" is the task, a target or the weight, and cannot be an input too',
    ])
    expect(linesOf({ ...given, target: 'a,a' })).toEqual([
      'error [invalid-option] --target names a column twice',
    ])
    expect(linesOf({ ...given, features: 'a,a' })).toEqual([
      'error [invalid-option] --features names a column twice',
    ])
    expect(linesOf({ ...given, task: 'mathach' })).toEqual([
      'error [invalid-option] --target "mathach" is the task or the weight, and cannot be predicted',
    ])
    expect(linesOf({ ...given, target: 'a,,b' })).toEqual([
      'error [invalid-option] --target a name is empty; names are separated by single commas',
    ])
  })

  it('says how an option of a method is written', () => {
    expect(linesOf({ ...given, option: ['penalty=3'] })).toEqual([
      'error [invalid-option] --option "penalty=3" must have the form method.key=value',
    ])
  })
})
