import type { Dataset, TaskKind } from '../../data/types.ts'
import type { Checkpoint, Estimator, Model, TrainEvent } from '../../model/types.ts'
import { createRandom } from '../../random/generator.ts'
import { sampleNormal } from '../../random/sample.ts'
import { fit } from '../../training/fit.ts'
import type { FitOptions } from '../../training/types.ts'
import { relatedTasks } from '../related-tasks.ts'
import type { EstimatorLaws, Layout } from '../types.ts'

/** What a law is tried on: an estimator and data that it can learn. */
export interface Bench {
  readonly make: () => Estimator
  readonly layout: Layout
  readonly kind: TaskKind
  readonly data: Dataset
  readonly tolerance: number
  /** A new training, with the bench's seed unless another is given. */
  readonly train: (data: Dataset, options?: Partial<FitOptions>) => Promise<Model>
  /** The training on `data` with a checkpoint after each step; done once for all laws that ask. */
  readonly course: () => Promise<Course>
}

interface Course {
  readonly model: Model
  readonly events: readonly TrainEvent[]
  readonly checkpoints: readonly Checkpoint[]
}

/** A law throws where the estimator breaks it. */
export interface Law {
  /** Whether it says anything of such an estimator and data; default: always. */
  readonly applies?: (bench: Bench) => boolean
  readonly run: (bench: Bench) => Promise<void> | void
}

/** Of every training on a bench. */
export const seed = 11

const layouts: Readonly<Record<Estimator['capabilities']['inputs'], readonly Layout[]>> = {
  'same-rows': ['wide', 'partial'],
  'same-features': ['long', 'wide', 'partial'],
  nothing: ['long', 'wide', 'list', 'partial'],
}

/** The layouts that the estimator admits and its kinds, both in turn until each was met. */
export function benchesOf(make: () => Estimator, { data, tolerance = 1e-8 }: EstimatorLaws): Bench[] {
  const { capabilities } = make()
  const admitted = layouts[capabilities.inputs]
  const { kinds } = capabilities
  return Array.from({ length: Math.max(admitted.length, kinds.length) }, (_, turn) => {
    const layout = admitted[turn % admitted.length]
    const kind = kinds[turn % kinds.length]
    const given = data?.(layout, kind) ?? described(sampleOf(layout, kind), capabilities.descriptors)
    return benchOf(make, layout, kind, given, tolerance)
  })
}

/** Four tasks of twelve rows and three features. */
export function sampleOf(layout: Layout, kind: TaskKind): Dataset {
  const random = createRandom(5)
  return relatedTasks({ random, tasks: 4, rows: 12, features: 3, spread: 0.2, noise: 0.1, kind, layout })
}

function benchOf(
  make: () => Estimator,
  layout: Layout,
  kind: TaskKind,
  data: Dataset,
  tolerance: number,
): Bench {
  const train: Bench['train'] = (given, options = {}) => fit(make(), given, { random: seed, ...options })
  let course: Promise<Course> | undefined
  return { make, layout, kind, data, tolerance, train, course: () => (course ??= courseOf(train, data)) }
}

async function courseOf(train: Bench['train'], data: Dataset): Promise<Course> {
  const events: TrainEvent[] = []
  const model = await train(data, { checkpointEvery: 1, onEvent: (event) => events.push(event) })
  const checkpoints = events.flatMap((event) => (event.type === 'checkpoint' ? [event.checkpoint] : []))
  return { model, events, checkpoints }
}

/** The data with two traits of each task, where the estimator looks at them. */
function described({ tasks }: Dataset, descriptors: Estimator['capabilities']['descriptors']): Dataset {
  if (descriptors === 'ignored') return { tasks }
  const descriptorFeatures = ['first', 'second'].map((name) => ({ name, column: name }))
  return {
    tasks: tasks.map((task, k) => {
      const random = createRandom(6).fork(k)
      const descriptor = Float64Array.of(sampleNormal(random), sampleNormal(random))
      return { ...task, descriptor, descriptorFeatures }
    }),
  }
}
