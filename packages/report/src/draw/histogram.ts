import { count } from '../text/numbers.ts'
import { chart, isNarrow } from './chart.ts'
import type { Frame } from './chart.ts'
import { extent } from './extent.ts'
import { axisRoom, path, text, tickFormat, xAxis, yAxis } from './marks.ts'
import { tenth } from './shapes.ts'
import { ticks } from './ticks.ts'

export interface HistogramTitles {
  readonly title: string
  /** What lies across: 'rows'. */
  readonly across: string
  /** What is counted: 'schools'. */
  readonly counted: string
}

const mostBins = 16
const height = 170

/** How many values lie in each of some equal ranges with round borders. Undefined where all are one. */
export function drawHistogram(
  values: ArrayLike<number>,
  { title, across, counted }: HistogramTitles,
  width: number,
  document: Document,
): SVGSVGElement | undefined {
  const range = extent(Array.from(values))
  if (range === undefined || range[0] === range[1]) return undefined
  const borders = bordersOf(range)
  const step = borders[1] - borders[0]
  const counts = borders.slice(1).map(() => 0)
  for (const value of Array.from(values)) {
    if (Number.isFinite(value))
      counts[Math.min(counts.length - 1, Math.floor((value - borders[0]) / step + 1e-9))] += 1
  }
  const most = Math.max(...counts)
  const [low, high] = [borders[0], borders[borders.length - 1]]
  const whole = ticks(0, most, 3)
  const up = { values: whole.values.filter(Number.isInteger), digits: 0 }
  const frame: Frame = {
    width,
    height,
    label: `${title}: from ${count(range[0])} to ${count(range[1])}`,
    margins: { top: 22, right: 12, bottom: 40, left: axisRoom(up, tickFormat(up), 36) },
    x: [low, high],
    y: [0, most],
  }
  return chart(document, frame, [
    ...yAxis(up),
    path('bars0', (x, y) =>
      counts
        .map((n, k) =>
          n === 0
            ? ''
            : `M${tenth(x(borders[k]) + 0.5)} ${tenth(y(0))}V${tenth(y(n))}H${tenth(x(borders[k + 1]) - 0.5)}V${tenth(y(0))}Z`,
        )
        .join(''),
    ),
    ...xAxis(ticks(low, high, isNarrow(width) ? 4 : 7), frame),
    text('s', 'start', 0, 12, counted),
    text('s', 'end', width - 12, height - 4, across),
  ])
}

function bordersOf([low, high]: readonly [number, number]): number[] {
  const { values } = ticks(low, high, mostBins)
  const step = values.length > 1 ? values[1] - values[0] : high - low
  const first = Math.floor(low / step + 1e-9) * step
  const bins = Math.max(1, Math.floor((high - first) / step + 1e-9) + 1)
  return Array.from({ length: bins + 1 }, (_, k) => first + k * step)
}
