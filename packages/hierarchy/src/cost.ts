import type { Dataset, TrainingCost } from '@mtl/core'
import type { ScaleSettings, Settings } from './options.ts'

/** Steps that a fit usually takes, and those of a sampled tree. */
const [steps, treeSteps] = [30, 12]

/** All candidates, trees, folds and classes. */
export function costOf({ tasks }: Dataset, settings: Settings | ScaleSettings): TrainingCost {
  const [{ kind, classes, features }] = tasks
  const outputs = kind === 'multiclass' ? classes.length : 1
  const [count, size] = [tasks.length, features.length + 1]
  const rows = tasks.reduce((sum, { targets }) => sum + targets.filter((y) => !Number.isNaN(y)).length, 0)
  const average = settings.structure === 'averaged' ? settings : undefined
  const fits = outputs * (average ? average.trees + 1 : 1)
  const candidates = settings.structure === 'single-tree' ? settings.proposals.length + 3 : 1
  const expected = settings.proposals.some((proposal) => proposal.startsWith('expected'))
  const pairs = settings.structure === 'single-tree' && expected ? count ** 2 * size ** 2 : 0
  const pass = 20 * count * size ** 3 + (average || candidates > 1 ? count ** 2 * size : 0)
  const fitted = average
    ? (average.folds + 1) * (steps + treeSteps * average.trees) * pass
    : steps * (candidates * pass + pairs)
  // Of classes each pass goes over the rows again, and the mode is searched in several.
  const search = kind === 'regression' ? 1 : 5
  const overRows = kind === 'regression' ? 0 : fits * steps * search * rows * size ** 2
  const nodes = 2 * count - 1
  return {
    parameters: fits * (nodes * (size + (size * (size + 1)) / 2) + (size * (size + 1)) / 2 + count),
    operations: 2 * rows * size ** 2 + outputs * search * fitted + overRows,
    bytes:
      8 *
      (fits * nodes * (2 * size ** 2 + 2 * size) + 6 * count * size ** 2 + rows * (size + 2) + count ** 2),
  }
}
