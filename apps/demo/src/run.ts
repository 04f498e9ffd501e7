import { compare } from '@mtl/core'
import type { Comparison, FitResult } from '@mtl/core'
import { webWorkerExecutor } from '@mtl/workers/browser'
import { registry } from './methods.ts'
import type { Source } from './source.ts'

export interface Progress {
  readonly done: number
  readonly total: number
  /** What was fitted last: 'pooled, split 2'. */
  readonly last: string
}

/** Fits that were finished before a stop: the same comparison takes them up again, any other leaves them. */
let finished: FitResult[] = []

/** Compares the methods on 5 splits, in workers. @throws `signal.reason` when stopped */
export async function runComparison(
  { data, taskNoun }: Source,
  methods: readonly string[],
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<Comparison> {
  const start = (): Worker => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
  const executor = webWorkerExecutor({ start })
  const estimators = Object.fromEntries(methods.map((name) => [name, registry.estimator(name)]))
  const kept: FitResult[] = []
  try {
    return await compare(estimators, data, {
      random: 0,
      taskNoun,
      executor,
      signal,
      finished,
      onEvent(event) {
        if (event.type !== 'fit') return
        const { fit, done, total } = event
        kept.push(fit)
        onProgress({ done, total, last: `${fit.estimator}, split ${fit.split + 1}` })
      },
    })
  } finally {
    finished = [...finished, ...kept]
    await executor.close()
  }
}

/** Of other data no fit can be of use. */
export function forgetFits(): void {
  finished = []
}
