import type { Network, Weights } from '../types.ts'
import type { CheckedOptions } from './options.ts'
import { withOwnRows } from './own-rows.ts'
import {
  afterPlateau,
  fresh,
  isOver,
  meanOfRelative,
  watched,
  type Plateaus,
  type TargetRows,
  type Watch,
} from './stopping.ts'

/** What validation has shown so far; plain data. */
export interface Validation {
  /** Losses by task after the first epoch, and the latest; NaN without held-out labels. */
  readonly first: Float64Array
  readonly latest: Float64Array
  /** What is watched, after the latest epoch. */
  readonly value: number
  readonly plateaus: Plateaus
  /** Of `value`, or by task where each is watched for itself. */
  readonly watches: readonly Watch[]
  /** Of the best epoch; where each task is watched, what it owns is that of its own best epoch. */
  readonly best?: Weights
  /** Tasks that no longer train. */
  readonly stopped: readonly number[]
  /** Patience is at its end. */
  readonly isOver: boolean
}

/** What validation says after an epoch, and the weights to go on with, where these change. */
export interface Verdict {
  readonly validation: Validation
  readonly weights?: Weights
}

/** An epoch that has ended. */
export interface Ended {
  readonly before: Validation | undefined
  /** Of held-out rows, by task. */
  readonly losses: Float64Array
  readonly rows: TargetRows
  readonly epoch: number
  readonly network: Network
  /** Tasks that train in some epoch, and in this one. */
  readonly trained: readonly number[]
  readonly active: readonly number[]
  readonly options: Pick<CheckedOptions, 'learningRate' | 'patience' | 'monitor'>
  /** The one task that is watched. */
  readonly task?: number
  /** The weights after the epoch. */
  readonly read: () => Promise<Weights>
}

/** Watches nothing without patience. */
export async function afterEpoch(ended: Ended): Promise<Verdict> {
  const { before, losses, rows, epoch, options, task } = ended
  const first = before?.first ?? losses
  const value = task === undefined ? meanOfRelative(losses, first, rows) : losses[task]
  const plateaus = afterPlateau(
    before?.plateaus ?? { epochs: [], watch: fresh },
    value,
    epoch,
    options.learningRate.every,
  )
  const seen = { first, latest: losses, value, plateaus }
  const { patience } = options
  if (patience === undefined) return { validation: { ...seen, watches: [], stopped: [], isOver: false } }
  return options.monitor === 'each' ? eachForItself(ended, seen, patience) : together(ended, seen, patience)
}

type Seen = Pick<Validation, 'first' | 'latest' | 'value' | 'plateaus'>

async function together({ before, epoch, read }: Ended, seen: Seen, patience: number): Promise<Verdict> {
  const watch = watched(before?.watches[0] ?? fresh, seen.value, epoch)
  const best = watch.bestEpoch === epoch ? await read() : before?.best
  return {
    validation: {
      ...seen,
      watches: [watch],
      ...(best && { best }),
      stopped: [],
      isOver: isOver(watch, patience),
    },
  }
}

/**
 * A task that stops gets what it owns back from its best epoch. One that does not train yet, or no longer, is not watched.
 */
async function eachForItself(
  { before, epoch, network, trained, active, read }: Ended,
  seen: Seen,
  patience: number,
): Promise<Verdict> {
  const stoppedBefore = new Set(before?.stopped)
  const labelled = trained.filter((k) => !Number.isNaN(seen.first[k]))
  const isWatched = (k: number): boolean => active.includes(k) && !stoppedBefore.has(k)
  const watches = Array.from(seen.latest, (loss, k) => {
    const watch = before?.watches[k] ?? fresh
    return isWatched(k) ? watched(watch, loss, epoch) : watch
  })
  const now = await read()
  const improved = labelled.filter((k) => watches[k].bestEpoch === epoch)
  const best = before?.best ? withOwnRows(network, before.best, now, improved) : now
  const stopping = labelled.filter((k) => isWatched(k) && isOver(watches[k], patience))
  const stopped = [...stoppedBefore, ...stopping]
  return {
    validation: { ...seen, watches, best, stopped, isOver: stopped.length === labelled.length },
    ...(stopping.length > 0 && { weights: withOwnRows(network, now, best, stopping) }),
  }
}
