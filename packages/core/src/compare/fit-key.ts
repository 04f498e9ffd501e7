import { digest, fingerprint } from '../data/fingerprint.ts'
import type { Split } from '../data/types.ts'
import type { FitCommon, FitJob } from './types.ts'

interface Names {
  /** Of data, splits and metrics. */
  readonly common: string
  /** Of a fit: data, split, metrics, estimator, options and random stream. */
  readonly fit: (job: FitJob) => string
}

// A name reads all data, and a worker runs many jobs on the same.
const known = new WeakMap<FitCommon, Names>()

/** Names of what jobs share and of each of them, equal in every place and process. */
export function fitKeys(common: FitCommon): Names {
  const names = known.get(common) ?? makeNames(common)
  known.set(common, names)
  return names
}

function makeNames({ data, splits, metrics }: FitCommon): Names {
  const content = fingerprint(data)
  const tests = splits.map(nameOfSplit)
  return {
    common: `compare-${digest([content, ...tests, JSON.stringify(metrics)])}`,
    fit({ estimator, split, random }) {
      const { name, options } = estimator
      return digest([content, tests[split], JSON.stringify([metrics, name, options, random])])
    },
  }
}

function nameOfSplit({ test, unseen = [] }: Split): string {
  return digest([...test, Int32Array.from(unseen)])
}
