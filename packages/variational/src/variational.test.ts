import { describeEstimator } from '@mtl/core/testing'
import { variational } from './variational.ts'

const byFolds = 'folds are drawn among rows, and those of a task by its name'

describeEstimator('variational', variational, {
  except: {
    'order of rows does not matter': byFolds,
    'weight 2 is a row given twice': byFolds,
    'rows given twice at half weight change nothing': byFolds,
    'names of tasks do not matter': byFolds,
  },
})

describeEstimator('variational by a given rule', () => variational({ priorRule: 'spread' }))
