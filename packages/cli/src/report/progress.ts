import type { CompareEvent, CostEstimate } from '@mtl/core'
import { duration } from '../text/numbers.ts'
import type { Style } from '../text/style.ts'

/** What a comparison is doing, told on a stream: one line rewritten on a terminal, else a line for each fit. */
export interface Progress {
  readonly onEvent: (event: CompareEvent) => void
  /** Fits that are finished, of how many. */
  readonly state: () => { readonly done: number; readonly total: number }
  /** Takes the rewritten line away. */
  readonly end: () => void
}

export interface ProgressOptions {
  readonly write: (text: string) => void
  /** Whether the stream is a terminal, whose line can be rewritten. */
  readonly rewrites: boolean
  readonly style: Style
  readonly methods: number
  readonly splits: number
  /** By them the time that is left is shared out among the fits to come. */
  readonly costs: readonly CostEstimate[]
  /** Seconds since some moment. */
  readonly clock: () => number
}

const barCells = { least: 8, most: 18 }
const secondsBetweenDrawings = 0.1
const clearLine = '\r\u001b[2K'

/** Tells of a comparison as its events come. */
export function progress(options: ProgressOptions): Progress {
  const { write, rewrites, style, methods, splits, costs, clock } = options
  const weights = new Map(costs.map(({ estimator, seconds }) => [estimator, seconds]))
  const total = { done: 0, total: methods * splits }
  const started = clock()
  let drawn = -Infinity
  let current = ''
  let spentWeight = 0
  const allWeight = splits * sum(costs.map(({ seconds }) => weightOf(seconds)))

  function draw(): void {
    drawn = clock()
    const spent = clock() - started
    const left = (spent / spentWeight) * Math.max(0, allWeight - spentWeight)
    const told = spentWeight === 0 ? '' : `  ${duration(left)} left`
    const end = ` ${total.done}/${total.total}  ${current}${told}`
    const start = ` comparing ${methods} methods on ${splits} splits `
    write(clearLine + oneLine(start, total.done / Math.max(1, total.total), end, style))
  }

  return {
    onEvent(event) {
      if (event.type === 'training') {
        current = `${event.estimator}, split ${event.split + 1}`
        if (rewrites && clock() - drawn >= secondsBetweenDrawings) draw()
        return
      }
      const { fit, done } = event
      Object.assign(total, { done, total: event.total })
      spentWeight += weightOf(weights.get(fit.estimator))
      current = `${fit.estimator}, split ${fit.split + 1}`
      if (rewrites) draw()
      else write(`${done}/${event.total} ${current}: ${fit.failure?.message ?? duration(fit.seconds)}\n`)
    },
    state: () => ({ ...total }),
    end() {
      if (rewrites && drawn > -Infinity) write(clearLine)
    },
  }
}

/** A bar between two texts, as long as the width allows; where that is too little the first text gives way. */
function oneLine(start: string, share: number, end: string, { width, symbols }: Style): string {
  const first = start.length + barCells.least + end.length < width ? start : ' '
  const room = width - 1 - first.length - end.length
  const cells = Math.min(barCells.most, Math.max(barCells.least, room))
  const filled = Math.round(cells * share)
  const bar = symbols.bar.repeat(filled) + symbols.none.repeat(cells - filled)
  return (first + bar + end).slice(0, width - 1)
}

/** Seconds that count for a fit whose cost is not known, or is next to nothing. */
const leastSeconds = 0.001

function weightOf(seconds: number = leastSeconds): number {
  return seconds > leastSeconds ? seconds : leastSeconds
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
