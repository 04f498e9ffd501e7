import type { Estimator } from '../../model/types.ts'
import { describeEstimator } from '../../testing/describe-estimator.ts'
import { linearNetwork } from '../linear.fixture.ts'
import { networkEstimator } from './network-estimator.ts'
import { networkTrainer } from './network-trainer.ts'
import type { NetworkParameters, TrainerOptions } from './types.ts'

const linear = (options: TrainerOptions = {}): Estimator<NetworkParameters> =>
  networkEstimator(
    linearNetwork(),
    networkTrainer({ epochs: 4, batchSize: 16, learningRate: 0.03, ...options }),
  )

describeEstimator('a network of one layer', () => linear(), {
  tolerance: 1e-4,
  except: {
    'order of tasks does not matter': 'batches are drawn by position',
    'order of rows does not matter': 'batches are drawn by position',
    'order of features does not matter': 'weights are drawn by position',
    'weight 2 is a row given twice': 'batches hold so many rows',
    'rows given twice at half weight change nothing': 'batches hold so many rows',
  },
})
