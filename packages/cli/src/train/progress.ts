import type { TrainEvent } from '@mtl/core'
import { duration, figure } from '../text/numbers.ts'
import { inGlyphs } from '../text/style.ts'
import type { Style } from '../text/style.ts'

/** What a training is doing, told on a stream: one line rewritten on a terminal, else a line for each tenth that
 * takes long. */
export interface TrainingProgress {
  readonly onEvent: (event: TrainEvent) => void
  /** Share that is done. */
  readonly fraction: () => number
  /** Takes the rewritten line away. */
  readonly end: () => void
}

export interface TrainingProgressOptions {
  readonly method: string
  readonly write: (text: string) => void
  /** Whether the stream is a terminal, whose line can be rewritten. */
  readonly rewrites: boolean
  readonly style: Style
  /** Share that was done before. */
  readonly from: number
  /** Seconds since some moment. */
  readonly clock: () => number
}

const secondsBetweenDrawings = 0.1
const secondsBetweenLines = 0.5
const cells = 18
const clearLine = '\r\u001b[2K'

/** Tells of a training as its events come. */
export function trainingProgress(options: TrainingProgressOptions): TrainingProgress {
  const { method, write, rewrites, style, from, clock } = options
  const started = clock()
  let fraction = from
  let drawn = rewrites ? -Infinity : started
  let told = Math.floor(10 * from)

  function tell(event: TrainEvent & { type: 'step' }): void {
    const { phase, step, maxSteps, objective } = event
    const at = `${phase === undefined ? '' : `${phase}, `}step ${step} of at most ${maxSteps}`
    const percent = `${Math.floor(100 * fraction)}${style.symbols.thinSpace}%`
    if (rewrites) {
      if (clock() - drawn < secondsBetweenDrawings) return
      drawn = clock()
      const filled = Math.round(cells * fraction)
      const bar = style.symbols.bar.repeat(filled) + style.symbols.none.repeat(cells - filled)
      const seconds = ((clock() - started) * (1 - fraction)) / (fraction - from)
      const left = fraction > from ? `  at most ${duration(seconds)} left` : ''
      write(clearLine + ` training ${method} ${bar} ${percent}  ${at}${left}`.slice(0, style.width - 1))
    } else if (Math.floor(10 * fraction) > told && clock() - drawn >= secondsBetweenLines) {
      drawn = clock()
      told = Math.floor(10 * fraction)
      write(`${percent} ${method}, ${at}: objective ${figure(objective, style.symbols)}\n`)
    }
  }

  return {
    onEvent(event) {
      if (event.type === 'warning') {
        if (rewrites) write(clearLine)
        write(`warning [${event.code}]: ${inGlyphs(event.message, style)}\n`)
      } else if (event.type === 'step') {
        fraction = Math.max(fraction, event.fraction)
        tell(event)
      }
    },
    fraction: () => fraction,
    end() {
      if (rewrites && drawn > -Infinity) write(clearLine)
    },
  }
}
