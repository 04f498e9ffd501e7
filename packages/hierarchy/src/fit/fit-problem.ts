import { isotropicRoot } from '../messages/root.ts'
import type { Settings } from '../options.ts'
import type { DiffusionPrior } from './diffusion.ts'
import { inference, type Inference } from './inference.ts'
import type { NoisePrior } from './noise.ts'
import { logisticLikelihood, regressionLikelihood } from './likelihood.ts'
import type { Problem } from './problem.ts'

/** What a fit needs of the options. */
type FitSettings = NoisePrior &
  Pick<
    Settings,
    | 'proposals'
    | 'neighbours'
    | 'minGap'
    | 'tolerance'
    | 'tipLength'
    | 'tipStart'
    | 'noiseStart'
    | 'diffusionStart'
  >

/** Data, priors and the memory for the passes of one fit. */
export interface FitProblem {
  readonly problem: Problem
  readonly inference: Inference
  readonly settings: FitSettings
  readonly prior: DiffusionPrior
  /** Regression: everything is exact, and there is a noise. */
  readonly numeric: boolean
  /** 1 for the tasks that count in the updates; all where absent. */
  readonly counted?: Uint8Array
}

/** Of tasks whose weights diffuse. `counted` leaves tasks without rows out of the updates, which they would but slow down. */
export function fitProblem(
  problem: Problem,
  settings: Settings,
  numeric: boolean,
  counted?: Uint8Array,
): FitProblem {
  const { size, tasks } = problem
  const likelihood = numeric ? regressionLikelihood(problem) : logisticLikelihood(problem)
  return {
    problem,
    inference: inference(likelihood, tasks, isotropicRoot(size, settings.rootVariance)),
    settings,
    prior: {
      covariance: settings.covariance,
      scale: settings.diffusionScale,
      degrees: settings.diffusionDegrees === 'auto' ? size + 1 : settings.diffusionDegrees,
      shape: settings.diffusionShape,
    },
    numeric,
    ...(counted && { counted }),
  }
}
