import { dataset } from '@mtl/core'
import type { CompareEvent, CostEstimate } from '@mtl/core'
import { describe, expect, it } from 'vitest'
import { comparisonJson } from './comparison-json.fixture.ts'
import { exampleComparison, exampleData } from './comparison.fixture.ts'
import { styleFor } from '../text/style.ts'
import { costLine } from './cost-line.ts'
import { dataLine } from './data-line.ts'
import { intervalPlot } from './interval-plot.ts'
import { jsonPieces } from './json.ts'
import { methodsTable } from './methods-table.ts'
import { nextSteps } from './next-steps.ts'
import { progress } from './progress.ts'

const plain = styleFor({}, {})
const cost = (estimator: string, seconds: number, bytes = NaN): CostEstimate => ({
  estimator,
  seconds,
  bytes,
  parameters: NaN,
})

describe('dataLine', () => {
  it('says what the data is, with kinds and counts', () => {
    expect(dataLine(exampleData, plain)).toBe(
      'fields.csv · 2 tasks (fields) · 6 rows · 4 labels · target yield (regression) ·\n  1 input (rain)',
    )
  })

  it('names targets of several kinds, and counts many', () => {
    const tasks = (kinds: readonly ('regression' | 'binary')[]): typeof exampleData.data =>
      dataset(kinds.map((kind, k) => ({ name: `y${k}`, target: `y${k}`, kind, inputs: [[1]], targets: [1] })))
    const wide = { ...exampleData, layout: 'wide', taskNoun: 'task', rows: 1 } as const
    expect(dataLine({ ...wide, data: tasks(['regression', 'binary']) }, plain)).toContain(
      '2 tasks (targets) · 1 row · targets y0 (regression), y1 (binary)',
    )
    expect(
      dataLine({ ...wide, data: tasks(['binary', 'binary', 'binary', 'binary', 'regression']) }, plain),
    ).toContain('5 targets (binary: 4, regression: 1)')
  })
})

describe('costLine', () => {
  it('states what every method takes before it runs', () => {
    expect(costLine([cost('pooled', 0.001), cost('mean-regularised', 3.2, 12.4e6)])).toBe(
      'cost before training, of one fit: pooled < 0.01 s, mean-regularised 3.2 s (at most 12 MB)',
    )
  })
})

describe('methodsTable', () => {
  const lines = methodsTable(exampleComparison, exampleData.data, plain)

  it('orders methods by their gain, the baseline where it falls', () => {
    expect(lines.slice(2).map((line) => line.split(' ')[0])).toEqual([
      'mean-regularised',
      'single-task',
      'pooled',
    ])
  })

  it('shows figures with their spread, gains with their interval, and the word with its glyph', () => {
    expect(lines[2]).toMatch(
      /^mean-regularised +35\.0 ± 1\.0 +6\.050 +3\.240 +\+0\.94 \[−0\.01, 1\.68\] +▲ helps$/,
    )
    expect(lines[3]).toContain('■ baseline')
    expect(lines[4]).toContain('▼ hurts')
  })

  it('leaves out a figure that fewer than half of the methods have', () => {
    expect(lines.join('\n')).not.toContain('covers')
  })

  it('fits in 80 columns, and shows the intervals where there is room', () => {
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
    const wide = methodsTable(exampleComparison, exampleData.data, { ...plain, width: 140 })
    expect(wide[2]).toMatch(/─*│─*▲|▲|○/)
    expect(wide[2].length).toBeGreaterThan(80)
  })

  it('colours a line by its verdict, and the recommended method bold', () => {
    const coloured = methodsTable(exampleComparison, exampleData.data, styleFor({ isTTY: true }, {}))
    expect(coloured[2]).toContain('\u001b[1m')
    expect(coloured[2]).toContain('\u001b[94m')
    expect(coloured[4]).toContain('\u001b[33m')
  })

  it('names no winners and no losers where there is too little data', () => {
    const few = { ...exampleComparison, decision: 'too-little-data' } as const
    const text = methodsTable(few, exampleData.data, { ...plain, width: 140 }).join('\n')
    expect(text).not.toMatch(/helps|hurts|▲|▼/)
    expect(text).toContain('■ baseline')
  })

  it('judges nothing where the baseline could not be fitted', () => {
    const { seconds, ...rest } = exampleComparison
    const without = methodsTable(
      { ...rest, seconds: { ...seconds, 'single-task': NaN } },
      exampleData.data,
      plain,
    )
    expect(without).toHaveLength(4)
    expect(without.join('\n')).not.toMatch(/gain|helps/)
    expect(without[2]).toMatch(/3\.240$/)
  })

  it('cuts names only where nothing else makes room', () => {
    const narrow = methodsTable(exampleComparison, exampleData.data, { ...plain, width: 62 })
    expect(narrow[2]).toMatch(/^mean-regu…/)
  })

  it('leaves out figures in units where targets have several', () => {
    const data = dataset(
      ['a', 'b'].map((target) => ({ name: target, target, features: ['x'], inputs: [[1]], targets: [1] })),
    )
    expect(methodsTable(exampleComparison, data, plain).join('\n')).not.toContain('RMSE')
  })
})

describe('intervalPlot', () => {
  it('draws all intervals on one scale, with zero in one place', () => {
    const plots = intervalPlot(
      [{ mean: 2, lower: 1, upper: 3 }, { mean: -1, lower: -2, upper: 0.5 }, undefined],
      11,
      plain.symbols,
    )
    expect(plots).toEqual(['····│·──▲──', '──○─│─·····', '····│······'])
  })
})

describe('nextSteps', () => {
  const environment = {}
  const args = ['compare', 'fields.csv', '--target', 'yield', '--time-limit', '9']
  const request = { host: { args, environment }, splits: 3, compared: ['pooled'] }

  it('offers more splits where nothing is shown, and the methods that were left out', () => {
    expect(nextSteps(exampleComparison, request, [cost('trace-norm', 40)])).toEqual([
      'more splits narrow the intervals: mtl compare fields.csv --target yield --time-limit 9 --splits 20',
      'the 1 left out, about 2 min: mtl compare fields.csv --target yield --methods trace-norm',
    ])
  })

  it('offers no splits where they would not help: too few rows, or one task', () => {
    const tooLittle = { ...exampleComparison, decision: 'too-little-data' } as const
    expect(nextSteps(tooLittle, request, [])[0]).toContain('every figure')
    expect(nextSteps(tooLittle, { ...request, splits: 2 }, [])[0]).toContain('--splits 20')
    const alone = { ...exampleComparison, scores: { ...exampleComparison.scores, tasks: ['north'] } }
    expect(nextSteps(alone, { ...request, splits: 2 }, [])[0]).toContain('every figure')
  })

  it('offers the model where something is shown, with the options that it was compared with', () => {
    const shown = { ...exampleComparison, decision: 'together', recommended: 'pooled' } as const
    const options = ['--option', 'pooled.penalty=2', '--option=single-task.penalty=1', '--splits', '30']
    const asked = { ...request, host: { args: [...args, ...options], environment } }
    expect(nextSteps(shown, asked, [])).toEqual([
      'the model on all rows: mtl train fields.csv --target yield --method pooled --out model --option penalty=2',
    ])
  })

  it('else offers every figure', () => {
    expect(nextSteps(exampleComparison, { ...request, splits: 20 }, [])).toEqual([
      'every figure, for a program: mtl compare fields.csv --target yield --time-limit 9 --json',
    ])
  })
})

describe('jsonPieces', () => {
  const settings = {
    methods: ['pooled'],
    splits: 3,
    trainFraction: 0.75,
    seed: 0,
    versions: { '@mtl/core': '1' },
  }
  const pieces = [...jsonPieces(exampleData, settings, [cost('pooled', 0.1)], exampleComparison)]
  const parsed = comparisonJson.parse(JSON.parse(pieces.join('')))

  it('is one object of the documented shape', () => {
    expect(parsed.data.tasks[0]).toEqual({
      name: 'north',
      kind: 'regression',
      target: 'yield',
      rows: 3,
      labels: 2,
    })
    expect(parsed.scores.length).toBeGreaterThan(30)
    expect(parsed.overall).toHaveLength(exampleComparison.overall.length)
    expect(parsed.costs).toEqual([{ estimator: 'pooled', parameters: null, seconds: 0.1, bytes: null }])
  })

  it('writes what is undefined as null', () => {
    expect(parsed.summaries[0].gains[1]).toMatchObject({
      task: 'south',
      metric: 'rmse',
      mean: -2.5,
      lower: null,
    })
    expect(parsed.overall.some(({ value }) => value === null)).toBe(true)
  })

  it('writes scores one at a time', () => {
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(600)
  })
})

describe('progress', () => {
  const finished = (done: number): CompareEvent => ({
    type: 'fit',
    fit: { estimator: 'pooled', split: 0, key: '', scores: new Float64Array(), overall: [], seconds: 0.5 },
    done,
    total: 4,
  })
  const told = (rewrites: boolean, width = 100): string => {
    let text = ''
    let seconds = 0
    const reporter = progress({
      write: (more) => (text += more),
      rewrites,
      style: { ...plain, width },
      methods: 2,
      splits: 2,
      costs: [cost('pooled', 1), cost('single-task', 3)],
      clock: () => (seconds += 1),
    })
    reporter.onEvent(finished(1))
    expect(reporter.state()).toEqual({ done: 1, total: 4 })
    reporter.onEvent({
      type: 'training',
      estimator: 'single-task',
      split: 1,
      event: { type: 'warning', code: 'slow', message: 'slow' },
    })
    reporter.end()
    return text
  }

  it('rewrites one line on a terminal and takes it away at the end', () => {
    const text = told(true)
    expect(text).not.toContain('\n')
    expect(text).toContain('comparing 2 methods on 2 splits ━━━━━–––––––––––––')
    expect(text).toContain('1/4  pooled, split 1  ')
    expect(text).toContain('single-task, split 2')
    expect(text).toMatch(/s left/)
    expect(text.endsWith('\r\u001b[2K')).toBe(true)
  })

  it('never needs more than the width', () => {
    for (const width of [80, 90, 100])
      for (const line of told(true, width).split('\r\u001b[2K')) expect(line.length).toBeLessThan(width)
  })

  it('writes a line for each finished fit elsewhere', () => {
    expect(told(false)).toBe('1/4 pooled, split 1: 0.50 s\n')
  })
})
