import { createHash } from 'node:crypto'
import { fingerprint } from '@mtl/core'
import type { CostEstimate, Dataset, Estimator, FitResult } from '@mtl/core'
import type { Identity, KeptWork } from '../state-file.ts'
import type { CompareRequest } from './options.ts'

/** A comparison as far as it came. */
export interface CompareState {
  /** As first estimated: by them a time limit left methods out. */
  readonly costs: readonly CostEstimate[]
  readonly finished: readonly FitResult[]
}

/** What makes the comparison of these methods on such data this one. */
export function identityOf(
  data: Dataset,
  methods: Readonly<Record<string, Estimator>>,
  { splits, trainFraction, seed, timeLimit }: CompareRequest,
  versions: Readonly<Record<string, string>>,
): Identity {
  const options = Object.entries(methods).map(([name, { options: inForce }]) => [name, inForce])
  return {
    data: fingerprint(data),
    settings: JSON.stringify({ options, splits, trainFraction, seed, timeLimit }),
    versions: JSON.stringify(versions),
  }
}

/** Where a comparison is kept unless told: in the working directory, under a name of its own. */
export function defaultStateFile(identity: Identity): string {
  const digest = createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 8)
  return `mtl-compare-${digest}.state.json`
}

/** A comparison that is kept in a file while it runs. */
export const keptComparison: KeptWork<CompareState> = {
  type: 'comparison-state',
  noun: 'comparison',
  remedy: 'name another file with --state',
  isContent: ({ costs, finished }) =>
    Array.isArray(costs) && Array.isArray(finished) && finished.every(isFit),
}

function isFit(fit: Partial<FitResult> | null): boolean {
  return typeof fit?.key === 'string' && fit.scores instanceof Float64Array && Array.isArray(fit.overall)
}
