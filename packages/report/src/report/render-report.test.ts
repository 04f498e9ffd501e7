import type { Comparison } from '@mtl/core'
import { parseHTML } from 'linkedom'
import { describe, expect, it } from 'vitest'
import { all, faultsOf, textsOutside } from '../checks.fixture.ts'
import { comparisonOf, tasksOf } from '../comparison.fixture.ts'
import { createDocument } from '../node.ts'
import { hostile, kinds, viewOf } from '../views.fixture.ts'
import type { ReportContext } from './context.ts'
import { renderReport } from './render-report.ts'

const document = createDocument()

function reportOf(
  tasks: number,
  changes: Partial<Comparison> = {},
  context: Partial<ReportContext> = {},
): string {
  const data = tasksOf(tasks)
  const learnt = kinds.map((kind) => ({ method: 'mean-regularised', kind }))
  return renderReport(
    comparisonOf(data, changes),
    {
      data,
      title: 'schools.csv',
      taskNoun: 'school',
      learnt: [{ method: 'mean-regularised', views: learnt.map(({ kind }) => viewOf(kind, tasks)) }],
      costs: [{ estimator: 'trace-norm', parameters: 640, seconds: 3, bytes: 2e6 }],
      repeat: {
        command: 'mtl compare schools.csv',
        settings: ['seed 7'],
        versions: { '@mtl/core': '1.0.0' },
      },
      date: '26 November 2026',
      ...context,
    },
    document,
  )
}

function parsed(text: string): Document {
  return parseHTML(text).document
}

describe('a report', () => {
  const text = reportOf(12)
  const page = parsed(text)
  const words = page.body.textContent

  it('says the verdict first, its answer set off, and then the evidence', () => {
    expect(page.querySelector('h1')?.textContent).toBe(
      'Learn these schools together: yes, with mean-regularised.',
    )
    expect(page.querySelector('h1 em')?.textContent).toBe('yes')
    expect(page.querySelector('.lead')?.textContent).toMatch(/^On the same held-out rows/)
    const facts = all(page, '.facts dd').map((fact) => fact.textContent)
    expect(facts).toEqual([
      '+1.3\u202f%95\u202f% interval [0.7, 1.9]',
      '+1.3\u202f%95\u202f% interval [0.7, 1.9]',
      '1 / 0own interval above / below zero: 5 / 2; by chance about 0.3 each',
      '−2.4\u202f%95\u202f% interval [−3.0, −1.8]',
    ])
  })

  it('has its sections in reading order, each reached by a link', () => {
    const ids = all(page, 'section').map((section) => section.id)
    expect(ids).toEqual(['methods', 'gains', 'learnt', 'cost', 'data', 'repeat'])
    expect(all(page, 'nav a').map((link) => link.getAttribute('href'))).toEqual(ids.map((id) => `#${id}`))
    expect(page.querySelectorAll('main')).toHaveLength(1)
  })

  it('lists the methods by their gain, the baseline where it falls, what failed last with its reason', () => {
    const rows = all(page, '.methods tbody tr')
    expect(rows.map((row) => row.querySelector('th .nw')?.textContent)).toEqual([
      'mean-regularised',
      'trace-norm',
      'single-task',
      'pooled',
      'latent-hierarchy',
    ])
    expect(rows.map((row) => row.querySelector('.verdict')?.textContent ?? '')).toEqual([
      'helps',
      'undecided',
      '',
      'hurts',
      '',
    ])
    expect(rows[0].getAttribute('class')).toBe('best')
    expect(rows[4].textContent).toContain('needs descriptors')
  })

  it('leaves a figure out that most methods lack, and says so', () => {
    expect(all(page, '.methods thead th').map((head) => head.textContent)).not.toContain(
      'In 90\u202f% interval',
    )
    expect(words).toContain('Left out, for most methods do not have it: In 90\u202f% interval')
  })

  it('tells cost, data and how to repeat it', () => {
    const trace = all(page, '.costs tr').map((row) => Array.from(row.children, (cell) => cell.textContent))
    expect(trace).toContainEqual(['trace-norm', '4.0 s', '3.0 s', '640', '2.0 MB'])
    expect(words).toContain('12 schools, 111 rows, 1 input (ses). 1 of 111 labels are missing')
    expect(page.querySelector('pre')?.textContent).toBe('mtl compare schools.csv')
    expect(words).toContain('seed 7 · @mtl/core 1.0.0')
  })

  it('puts a table behind every chart, and a name on each', () => {
    for (const figure of all(page, '#gains figure, #learnt figure')) {
      expect(figure.querySelector('table')).not.toBeNull()
      for (const svg of all(figure, '.wide svg.chart')) expect(svg.getAttribute('aria-label')).toBeTruthy()
    }
    for (const head of all(page, 'th')) expect(head.getAttribute('scope')).toMatch(/^(row|col)$/)
  })

  it('needs nothing beside it', () => {
    expect(text).not.toMatch(/<script|<link|<img|src=|url\(|@import|https?:\/\/(?!www\.w3\.org)/)
  })
})

describe('a report of any size', () => {
  for (const [tasks, most] of [
    [2, 400_000],
    [160, 400_000],
    [10_000, 1_000_000],
  ] as const)
    it(`of ${tasks} tasks is under ${most / 1000} kB, with every text in its frame`, () => {
      const text = reportOf(tasks)
      expect(new TextEncoder().encode(text).length).toBeLessThan(most)
      const { body } = parsed(text)
      expect(textsOutside(body)).toEqual([])
      expect(faultsOf(body)).toEqual([])
    }, 120_000)
})

describe('the verdict of a report', () => {
  const heading = (verdict: string, decision: Comparison['decision']): (string | undefined)[] => {
    const page = parsed(reportOf(3, { verdict, decision }))
    return [
      page.querySelector('h1')?.textContent,
      page.querySelector('h1 em')?.textContent,
      page.querySelector('.lead')?.textContent,
    ]
  }

  it('sets the answer off whatever it is', () => {
    expect(heading('Yes, one model for all will do. pooled predicts best.', 'one-model')[1]).toBe('Yes')
    expect(heading('Learn these 3 tasks together: yes, but not all. With a it falls.', 'some')[1]).toBe(
      'yes, but not all',
    )
    expect(heading('Learn these 3 tasks together: no. The best method hurts.', 'separate')[1]).toBe('no')
    expect(heading('Learn these 3 tasks together: not shown. None does.', 'undecided')[1]).toBe('not shown')
    expect(
      heading(
        'Too little data to tell: one split, where 3 are needed for a test. What follows describes.',
        'too-little-data',
      ),
    ).toEqual([
      'Too little data to tell.',
      'Too little data to tell',
      'One split, where 3 are needed for a test. What follows describes.',
    ])
  })

  it('stands whole where it has no answer', () => {
    expect(heading('There is one task: nothing to learn together.', 'undecided')).toEqual([
      'There is one task: nothing to learn together.',
      undefined,
      undefined,
    ])
  })

  it('names no winner where there is too little data', () => {
    const page = parsed(reportOf(3, { decision: 'too-little-data' }))
    expect(page.querySelectorAll('.methods .verdict')).toHaveLength(0)
    expect(page.querySelectorAll('.methods .m.help, .methods .m.hurt, .methods .best')).toHaveLength(0)
  })
})

describe('a report of awkward data', () => {
  it('writes names as text, wherever they stand', () => {
    const data = tasksOf(hostile.length, (t) => `${hostile[t]} ${t}`)
    const [script] = hostile
    const comparison = comparisonOf(data, {
      verdict: `Learn these together: yes, with ${script}. ${hostile[1]}.`,
    })
    const text = renderReport(
      comparison,
      {
        data,
        title: script,
        taskNoun: script,
        notes: [...hostile],
        date: script,
        repeat: { command: script, settings: [...hostile] },
      },
      document,
    )
    expect(text.replace(/="[^"]*"/g, '')).not.toMatch(/<script|<img/)
    expect(parsed(text).querySelectorAll('script, img')).toHaveLength(0)
  })

  it('is written of one task, of no method beside the baseline, and of scores that are none', () => {
    const nothing = { mean: NaN, lower: NaN, upper: NaN }
    const data = tasksOf(1)
    const whole = comparisonOf(data)
    const undefinedGains = whole.summaries.map((summary) => ({
      ...summary,
      overall: nothing,
      balanced: nothing,
      gains: {
        ...summary.gains,
        mean: Float64Array.of(NaN),
        lower: Float64Array.of(NaN),
        upper: Float64Array.of(NaN),
      },
    }))
    for (const changes of [{}, { summaries: [] }, { summaries: undefinedGains }, { overall: [] }]) {
      const { body } = parsed(renderReport(comparisonOf(data, changes), { data, title: 'one' }, document))
      expect(textsOutside(body)).toEqual([])
      expect(faultsOf(body)).toEqual([])
      expect(body.textContent).not.toMatch(/NaN|undefined|Infinity/)
    }
  })
})
