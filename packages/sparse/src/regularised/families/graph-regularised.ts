/**
 * Graph-regularised multi-task learning: tasks that are said to be related have like weights.
 *
 *   Omega(W) = couplingPenalty / 2 tr(W'L W) + ridgePenalty |W|^2 / 2 + penalty sum |W|
 *   tr(W'L W) = sum over pairs of strength x |w_s - w_t|^2
 *
 * It is the coupling penalty that the path chooses. With the squared loss and no `penalty` the minimum is solved as linear
 * equations.
 *
 * Evgeniou, Micchelli and Pontil (2005), Learning multiple tasks with kernel methods, JMLR 6.
 */
import type { Estimator, Matrix, View } from '@mtl/core'
import { matrix } from '@mtl/core'
import type { FoldWork } from '../fold-work.ts'
import { absoluteSum } from '../norms.ts'
import { softThresholdInPlace } from '../proximal.ts'
import { regularisedFactory } from '../regularised.ts'
import { checkRelations, laplacianOf, type TaskRelations } from '../relations.ts'
import { checkPenalty, checkStrength } from '../settings.ts'
import { laplacianTerm } from '../smooth-terms.ts'
import type {
  FamilyShape,
  PenaltyFamily,
  RegularisedOptions,
  RegularisedParameters,
  SmoothTerm,
} from '../types.ts'

export interface GraphRegularisedOptions extends Omit<RegularisedOptions, 'penalty'> {
  /** Pull of related tasks on one another, >= 0. Default 'auto': 1e3, 1e2, ... 1e-3, by folds. */
  readonly couplingPenalty?: number | 'auto'
  /** Pull on the absolute value of each weight, >= 0. Default 0. */
  readonly penalty?: number
  /** Which tasks are alike. Default 'all': each is drawn towards the mean of all. */
  readonly taskRelations?: TaskRelations
  /** Takes relations by degree, so that tasks with many are not drawn harder. Default false. */
  readonly normaliseRelations?: boolean
  /** Pull on the square of all weights, >= 0. Default 1e-3: no minimiser is free. */
  readonly ridgePenalty?: number
}

interface Own {
  readonly penalty: number
  readonly taskRelations: TaskRelations
  readonly normaliseRelations: boolean
  readonly ridgePenalty: number
}

const factory = regularisedFactory<Own>({
  name: 'graph-regularised',
  familyOf: ({ taskRelations, normaliseRelations, ...rest }, { tasks }) =>
    graphFamily({ ...rest, laplacian: laplacianOf(taskRelations, normaliseRelations, tasks) }),
  views: (_, tasks, { taskRelations, normaliseRelations }) =>
    taskRelations === 'all'
      ? []
      : [relationsView(laplacianOf(taskRelations, normaliseRelations, tasks), tasks)],
})

export const graphRegularisedWork: FoldWork<Own> = factory.work

/** Weights alike where tasks are related. @throws MtlError 'invalid-option'; in training 'unknown-name' */
export function graphRegularised(options: GraphRegularisedOptions = {}): Estimator<RegularisedParameters> {
  const { taskRelations = 'all', normaliseRelations = false, couplingPenalty = 'auto', ...rest } = options
  checkRelations(taskRelations)
  const own = {
    penalty: checkPenalty('penalty', options.penalty ?? 0),
    taskRelations,
    normaliseRelations,
    ridgePenalty: checkPenalty('ridgePenalty', options.ridgePenalty ?? 1e-3),
  }
  const value = checkStrength('couplingPenalty', couplingPenalty)
  return factory.make({ option: 'couplingPenalty', value }, rest, own)
}

/** By coupling penalty. */
export function graphFamily({
  penalty,
  laplacian,
  ridgePenalty,
}: {
  readonly penalty: number
  /** T x T. */
  readonly laplacian: Matrix
  readonly ridgePenalty: number
}): PenaltyFamily {
  const term = laplacianTerm(laplacian, (coupling) => coupling, ridgePenalty)
  const smooth: SmoothTerm = penalty > 0 ? term : { ...term, quadratic: quadraticOf(laplacian, ridgePenalty) }
  return {
    parts: 1,
    value: ([w]) => penalty * absoluteSum(w),
    proximalInPlace: (part, _, __, step) => {
      if (penalty > 0) softThresholdInPlace(part, step * penalty)
    },
    smooth,
    largestPenalty: () => NaN,
  }
}

function quadraticOf(laplacian: Matrix, ridgePenalty: number): (coupling: number) => Matrix {
  const { rows } = laplacian
  return (coupling) => {
    const data = laplacian.data.map((entry) => coupling * entry)
    for (let t = 0; t < rows; t++) data[t * rows + t] += ridgePenalty
    return matrix(rows, rows, data)
  }
}

function relationsView(laplacian: Matrix, tasks: FamilyShape['tasks']): View {
  const { rows } = laplacian
  const names = tasks.map(({ name }) => name)
  const values = matrix(
    rows,
    rows,
    laplacian.data.map((entry, at) => (at % (rows + 1) === 0 || entry === 0 ? 0 : -entry)),
  )
  return {
    kind: 'matrix',
    title: 'Relations of tasks, as they were declared',
    reading: 'The higher a number, the more do the two tasks draw one another.',
    rows: names,
    columns: names,
    values,
  }
}
