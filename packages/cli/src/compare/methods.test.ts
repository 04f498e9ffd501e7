import { createRegistry, dataset } from '@mtl/core'
import type { CostEstimate } from '@mtl/core'
import { describe, expect, it } from 'vitest'
import { errorLines } from '../error/error-lines.ts'
import { chooseMethods, leftOutBaselines, methodsOnOffer, withinLimit } from './methods.ts'

const registry = { ...createRegistry(), unloaded: { '@mtl/architectures': ['mmoe'] } }
const data = dataset(
  ['a', 'b'].map((name) => ({ name, features: ['x'], inputs: [[1], [2]], targets: [1, 2] })),
)
const wide = dataset(['a', 'b'].map((name) => ({ name, target: name, inputs: [[1], [2]], targets: [1, 2] })))
const names = (methods: readonly string[] | undefined, on = data): string[] =>
  Object.keys(chooseMethods(registry, { ...(methods && { methods }), methodOptions: {} }, on))

function linesOf(run: () => unknown): string[] {
  try {
    run()
    return []
  } catch (error) {
    return errorLines(error, false)
  }
}

describe('chooseMethods', () => {
  it('takes every installed method, and always the baselines', () => {
    expect(names(undefined).sort()).toEqual(registry.names.estimators)
    expect(names(['mean-regularised'])).toEqual(['single-task', 'pooled', 'mean-regularised'])
  })

  it('takes no network unnamed, and says so of its options', () => {
    expect(names(undefined)).not.toContain('mmoe')
    const methodOptions = { mmoe: { experts: 2 } }
    expect(linesOf(() => chooseMethods(registry, { methodOptions }, data))).toEqual([
      'error [invalid-option] --option sets mmoe, which is not among --methods',
    ])
  })

  it('pools only where a target has several tasks, unless told to', () => {
    expect(names(undefined, wide)).not.toContain('pooled')
    expect(names(['pooled'], wide)).toContain('pooled')
    expect(leftOutBaselines({}, wide)).toEqual([
      'pooled is not compared: each target is one task, and there is nothing to pool',
    ])
    expect(leftOutBaselines(chooseMethods(registry, { methodOptions: {} }, data), data)).toEqual([])
  })

  it('passes options on, of the baselines too', () => {
    const methodOptions = { 'single-task': { penalty: 3 }, 'mean-regularised': { meanPenalty: 2 } }
    const made = chooseMethods(registry, { methods: ['mean-regularised'], methodOptions }, data)
    expect(made['single-task'].options.penalty).toBe(3)
    expect(made['mean-regularised'].options.meanPenalty).toBe(2)
  })

  it('names the nearest method and where methods come from', () => {
    expect(linesOf(() => names(['mean-regularized', 'xyz']))).toEqual([
      'error [unknown-name] no method "mean-regularized" in the installed plugins (@mtl/architectures, @mtl/core). Nearest: mean-regularised',
      `error [unknown-name] no method "xyz" in the installed plugins (@mtl/architectures, @mtl/core). Known: ${methodsOnOffer(registry).join(', ')}`,
    ])
  })

  it('refuses options that no method takes', () => {
    const given = (methodOptions: Record<string, Record<string, unknown>>): string[] =>
      linesOf(() => chooseMethods(registry, { methods: ['pooled'], methodOptions }, data))
    expect(given({ 'mean-regularised': { meanPenalty: 2 } })).toEqual([
      'error [invalid-option] --option sets mean-regularised, which is not among --methods',
    ])
    expect(given({ pooled: { penalti: 2 } })[0]).toMatch(/^error \[invalid-option\] .*penalti/)
  })
})

describe('withinLimit', () => {
  const cost = (estimator: string, seconds: number): CostEstimate => ({
    estimator,
    seconds,
    parameters: NaN,
    bytes: NaN,
  })
  const methods = chooseMethods(
    registry,
    { methods: ['mean-regularised', 'task-mean'], methodOptions: {} },
    data,
  )
  const costs = [cost('single-task', 4), cost('pooled', 4), cost('mean-regularised', 5), cost('task-mean', 1)]

  it('leaves out what would not end in time, dearest first, and never a baseline', () => {
    const { methods: kept, leftOut } = withinLimit(methods, costs, 5, 50)
    expect(Object.keys(kept).sort()).toEqual(['pooled', 'single-task', 'task-mean'])
    expect(leftOut.map(({ estimator }) => estimator)).toEqual(['mean-regularised'])
    expect(Object.keys(withinLimit(methods, costs, 5, 1).methods)).toEqual(['single-task', 'pooled'])
  })

  it('leaves out nothing without a limit', () => {
    expect(withinLimit(methods, costs, 5).leftOut).toEqual([])
  })
})
