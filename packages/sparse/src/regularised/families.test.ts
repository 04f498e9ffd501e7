import { describeEstimator } from '@mtl/core/testing'
import { clustered } from './families/clustered.ts'
import { dirty } from './families/dirty.ts'
import { fusedLasso } from './families/fused-lasso.ts'
import { graphRegularised } from './families/graph-regularised.ts'
import { jointFeature } from './families/joint-feature.ts'
import { lasso } from './families/lasso.ts'
import { robustTraceNorm } from './families/robust-trace-norm.ts'
import { robust } from './families/robust.ts'
import { sparseGroupLasso } from './families/sparse-group-lasso.ts'
import { temporal } from './families/temporal.ts'
import { traceNorm } from './families/trace-norm.ts'

/** Folds within training: rows of a pair may fall apart, and draws are named by task. */
const folded = {
  'order of rows does not matter': 'folds of rows are drawn by their order',
  'names of tasks do not matter': 'folds of rows are drawn by the name of their task',
  'weight 2 is a row given twice': 'a row and its copy may fall into two folds',
  'rows given twice at half weight change nothing': 'a row and its copy may fall into two folds',
} as const

/** A task without rows has weights all the same. */
const coupled = {
  'a task without rows disturbs no other': 'those that are drawn to it are drawn to what it follows',
  'a task without labels disturbs no other': 'those that are drawn to it are drawn to what it follows',
} as const

/** Tasks in their order. */
const chained = { ...coupled, 'order of tasks does not matter': 'each task is drawn to the next' } as const

// Tight, since solutions are equal to the tolerance of the solver alone.
const given = { penalty: 0.05, tolerance: 1e-11 }

// The same for what is chosen on a path: few points of it, near where it begins.
const chosen = { pathLength: 3, pathEnd: 0.5, folds: 2, tolerance: 1e-11 }
/** Where no penalty leaves nothing the path is of powers of ten: few steps at each. */
const hurried = { folds: 2, maxSteps: 15 }
const unfinished = {
  'order of features does not matter': 'the length of a step is estimated, and after so few it shows',
} as const

describeEstimator('joint-feature of a given penalty', () => jointFeature(given))
describeEstimator('lasso of a given penalty', () => lasso(given))
describeEstimator('trace-norm of a given penalty', () => traceNorm(given))
describeEstimator(
  'graph-regularised of a given coupling',
  () => graphRegularised({ couplingPenalty: 0.1, tolerance: 1e-11 }),
  { except: coupled },
)
describeEstimator('dirty of a given penalty', () => dirty(given))
describeEstimator('robust of a given penalty', () => robust(given))
describeEstimator('robust-trace-norm of a given penalty', () => robustTraceNorm(given))
describeEstimator('sparse-group-lasso of a given penalty', () => sparseGroupLasso(given))
describeEstimator('clustered of a given penalty', () => clustered(given))
describeEstimator('temporal of a given penalty', () => temporal(given), { except: chained })
describeEstimator('fused-lasso of a given penalty', () => fusedLasso(given), { except: chained })

describeEstimator('joint-feature of a chosen penalty', () => jointFeature(chosen), { except: folded })
describeEstimator('lasso of a chosen penalty', () => lasso(chosen), { except: folded })
describeEstimator('trace-norm of a chosen penalty', () => traceNorm(chosen), { except: folded })
describeEstimator('graph-regularised of a chosen coupling', () => graphRegularised(hurried), {
  except: { ...folded, ...coupled, ...unfinished },
})
describeEstimator('dirty of a chosen penalty', () => dirty(chosen), { except: folded })
describeEstimator('robust of a chosen penalty', () => robust(chosen), { except: folded })
describeEstimator('robust-trace-norm of a chosen penalty', () => robustTraceNorm(chosen), { except: folded })
describeEstimator('sparse-group-lasso of a chosen penalty', () => sparseGroupLasso(chosen), {
  except: folded,
})
describeEstimator('clustered of a chosen penalty', () => clustered(hurried), {
  except: { ...folded, ...unfinished },
})
describeEstimator('temporal of a chosen penalty', () => temporal(chosen), {
  except: { ...folded, ...chained },
})
describeEstimator('fused-lasso of a chosen penalty', () => fusedLasso(chosen), {
  except: { ...folded, ...chained },
})
