import { rmse } from '../metric/regression.ts'
import { fixedWeighting } from '../weighting/fixed.ts'
import { describePlugin } from './describe-plugin.ts'
import { sound } from './laws/descent.fixture.ts'

describePlugin(
  {
    name: 'mtl-plugin-other',
    version: '1.0.0',
    estimators: { descent: sound },
    weightings: {
      'other-fixed': (options?: Parameters<typeof fixedWeighting>[0]) => ({
        ...fixedWeighting(options),
        name: 'other-fixed',
      }),
    },
    metrics: { 'other-rmse': { ...rmse, name: 'other-rmse' } },
    works: { 'mtl-plugin-other/wait': { name: 'mtl-plugin-other/wait', run: () => Promise.resolve(0) } },
  },
  { descent: { tolerance: 1e-7 } },
)
