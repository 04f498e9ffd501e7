import type { Comparison, Estimate, EstimatorSummary } from '@mtl/core'

const marks = { helps: '▲ helps', hurts: '▼ hurts', mixed: '○ mixed', undecided: '○ undecided' }

/** The verdict, and under it the methods with their gains over single-task learning, best first. */
export function resultOf(comparison: Comparison): readonly HTMLElement[] {
  const summaries = comparison.summaries.filter(({ baseline }) => baseline === 'single-task')
  const gainOf = (method: string): EstimatorSummary | undefined =>
    summaries.find(({ estimator }) => estimator === method)
  const methods = comparison.scores.estimators.toSorted(
    (a, b) => (gainOf(b)?.overall.mean ?? 0) - (gainOf(a)?.overall.mean ?? 0),
  )
  const metrics = [...new Set(comparison.overall.map(({ metric }) => metric))].filter(
    (metric) => !metric.endsWith('-task-mean'),
  )
  const head = ['method', ...metrics.slice(0, 4), 'gain (95 %)', 'against single-task']
  const rows = methods.map((method) => {
    const summary = gainOf(method)
    const figures = metrics.slice(0, 4).map((metric) => meanOf(comparison, method, metric))
    return [
      method,
      ...figures,
      summary ? percent(summary.overall) : '',
      summary ? marks[summary.verdict] : '■ baseline',
    ]
  })
  const failed = comparison.failures.map(({ estimator, message }) => element('p', `${estimator}: ${message}`))
  return [element('p', comparison.verdict, 'verdict'), table(head, rows), ...failed]
}

function meanOf({ overall }: Comparison, method: string, metric: string): string {
  const values = overall
    .filter((score) => score.estimator === method && score.metric === metric)
    .map(({ value }) => value)
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Number.isFinite(mean) ? mean.toPrecision(3) : '–'
}

function percent({ mean, lower, upper }: Estimate): string {
  const signed = (value: number): string => `${value < 0 ? '−' : ''}${Math.abs(value).toFixed(1)}`
  return `${mean > 0 ? '+' : ''}${signed(mean)} % [${signed(lower)}, ${signed(upper)}]`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): HTMLElement {
  const scroller = element('div', '', 'scroll')
  scroller.tabIndex = 0
  const lines = [head, ...rows].map((cells, line) => {
    const tr = document.createElement('tr')
    tr.append(...cells.map((text) => element(line === 0 ? 'th' : 'td', text, wordOf(text))))
    return tr
  })
  const whole = document.createElement('table')
  whole.append(...lines)
  scroller.append(whole)
  return scroller
}

function wordOf(text: string): string {
  return text.startsWith('▲') ? 'helps' : text.startsWith('▼') ? 'hurts' : ''
}

function element(tag: string, text: string, className = ''): HTMLElement {
  return Object.assign(document.createElement(tag), { textContent: text, className })
}
