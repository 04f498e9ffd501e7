import { matrix, unscaleWeights } from '@mtl/core'
import type { Matrix, ModelScaling, TaskInfo, View } from '@mtl/core'
import type { HierarchyFit, LatentHierarchyParameters, LatentScaleHierarchyParameters } from './parameters.ts'
import { cladesBelow, groupsOfClades, majorityClades } from './tree/consensus.ts'
import { priorCorrelation } from './tree/linkage.ts'
import { rootAge } from './tree/task-tree.ts'

/** More tasks have no matrix to look at. */
const largestMatrix = 1000

/** The tree, how alike tasks are by it, what trees and star weigh, and each task's weights. */
export function hierarchyViews(
  parameters: LatentHierarchyParameters,
  tasks: readonly TaskInfo[],
  scaling?: ModelScaling,
): readonly View[] {
  const [{ kind, classes }] = tasks
  const outputs = kind === 'multiclass' ? classes.length : 1
  const each = parameters.fits.length / outputs
  const fits = parameters.fits.slice(0, each)
  const shares = parameters.shares.subarray(0, each)
  const names = tasks.map(({ name }) => name)
  const of = kind === 'multiclass' ? ` of class ${classes[0]}` : ''
  return [
    ...(tasks.length > 1 && parameters.structure !== 'star' ? [treeView(parameters, fits, names, of)] : []),
    ...(tasks.length > 1 && tasks.length <= largestMatrix ? [correlationView(fits, shares, names, of)] : []),
    ...stackingViews(parameters),
    weightsView(fits, shares, tasks, of, scaling),
    fitTable(fits, shares, tasks, of, scaling),
  ]
}

function treeView(
  { newick, structure }: Pick<LatentHierarchyParameters, 'newick' | 'structure'>,
  fits: readonly HierarchyFit[],
  names: readonly string[],
  of: string,
): View {
  const isAveraged = fits.length > 1
  const clades = isAveraged ? majorityClades(fits.slice(0, -1)) : cladesBelow(fits[0], rootAge(fits[0]) / 2)
  const groups = groupsOfClades(clades, names.length)
  const coloured = names.flatMap((name, k) => (groups[k] === '' ? [] : [[name, groups[k]] as const]))
  return {
    kind: 'tree',
    title: `Tree of the tasks${of}`,
    reading: isAveraged
      ? 'Tasks that join early are alike; a number says in how many per cent of the trees the group is one.'
      : `Tasks that join early are alike${structure === 'given' ? '; the tree is the given one' : ''}. The last part of each branch is the task's own.`,
    newick,
    ...(coloured.length > 0 && { groups: Object.fromEntries(coloured) }),
  }
}

function correlationView(
  fits: readonly HierarchyFit[],
  shares: Float64Array,
  names: readonly string[],
  of: string,
): View {
  const values = matrix(names.length, names.length)
  fits.forEach((fit, f) =>
    priorCorrelation(fit).data.forEach((value, at) => (values.data[at] += shares[f] * value)),
  )
  return {
    kind: 'matrix',
    title: `Correlation of tasks by the tree${of}`,
    reading:
      'Share of the way from the root that two tasks have in common: 1 is the same task, 0 no more than all tasks.',
    rows: names,
    columns: names,
    values,
  }
}

function stackingViews({ stacking, shares, fits }: LatentHierarchyParameters): readonly View[] {
  if (!stacking) return []
  const { share, logDensity } = stacking
  const best = share[logDensity.indexOf(Math.max(...logDensity))]
  const star = fits.length > 1 ? 1 - best : shares[0]
  return [
    {
      kind: 'bars',
      title: 'Share of trees and star in predictions',
      reading: 'A small share of the trees says that tasks are as well taken as all alike.',
      labels: ['trees', 'star'],
      values: Float64Array.of(best, star),
    },
    {
      kind: 'lines',
      title: 'Held-out log density by the share of the trees, mean per row',
      reading: 'The highest point is the share that was taken.',
      x: share,
      marked: best,
      series: [{ name: 'log density', values: logDensity }],
    },
  ]
}

/** The tree, how alike tasks are by it, how large each weight is expected to be, and the fit. */
export function scaleHierarchyViews(
  parameters: LatentScaleHierarchyParameters,
  tasks: readonly TaskInfo[],
  scaling?: ModelScaling,
): readonly View[] {
  const { fits, shares, structure } = parameters
  const names = tasks.map(({ name }) => name)
  const size = fits[0].diffusion.rows
  const features = [...tasks[0].features.map(({ name }) => name), 'level']
  const scales = matrix(
    tasks.length,
    size,
    fits[0].nodeMeans.data.slice(0, tasks.length * size).map(Math.exp),
  )
  const tree = { newick: parameters.newick, structure }
  return [
    ...(tasks.length > 1 && structure !== 'star' ? [treeView(tree, fits, names, '')] : []),
    ...(tasks.length > 1 && tasks.length <= largestMatrix ? [correlationView(fits, shares, names, '')] : []),
    {
      kind: 'matrix',
      title: 'Expected size of each weight, in standard deviations of the target for one of the input',
      reading: 'A row is a task: inputs with large values matter to it, whatever the sign.',
      rows: names,
      columns: features,
      values: scales,
    },
    {
      kind: 'matrix',
      title: 'Correlation of weights within a task',
      reading: 'The same for all tasks: 0 says that one weight tells nothing of another.',
      rows: features,
      columns: features,
      values: parameters.correlation,
      diverging: true,
    },
    fitTable(fits, shares, tasks, '', scaling),
  ]
}

/** Mean over fits by their shares. */
function meanWeights(fits: readonly HierarchyFit[], shares: Float64Array, tasks: number): Matrix {
  const size = fits[0].diffusion.rows
  const result = matrix(tasks, size)
  fits.forEach(({ nodeMeans }, f) => {
    for (let at = 0; at < result.data.length; at++) result.data[at] += shares[f] * nodeMeans.data[at]
  })
  return result
}

function weightsView(
  fits: readonly HierarchyFit[],
  shares: Float64Array,
  tasks: readonly TaskInfo[],
  of: string,
  scaling?: ModelScaling,
): View {
  const means = meanWeights(fits, shares, tasks.length)
  const size = means.columns
  const inputs = size - 1
  const weights = matrix(tasks.length, inputs)
  const intercepts = new Float64Array(tasks.length)
  for (let k = 0; k < tasks.length; k++) {
    weights.data.set(means.data.subarray(k * size, k * size + inputs), k * inputs)
    intercepts[k] = means.data[k * size + inputs]
  }
  const raw = scaling ? unscaleWeights(weights, intercepts, scaling) : { weights, intercepts }
  const values = matrix(tasks.length, size)
  for (let k = 0; k < tasks.length; k++) {
    values.data.set(raw.weights.data.subarray(k * inputs, (k + 1) * inputs), k * size)
    values.data[k * size + inputs] = raw.intercepts[k]
  }
  return {
    kind: 'matrix',
    title: `Weights of each task${of}, in units of the target for one of the input`,
    reading: 'A row is a task, a column an input; the last column is the level where all inputs are 0.',
    rows: tasks.map(({ name }) => name),
    columns: [...tasks[0].features.map(({ name }) => name), 'level'],
    values,
    diverging: true,
  }
}

function fitTable(
  fits: readonly HierarchyFit[],
  shares: Float64Array,
  tasks: readonly TaskInfo[],
  of: string,
  scaling?: ModelScaling,
): View {
  const deviation = scaling?.targets.deviations[0] ?? 1
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value / values.length, 0)
  const rows = fits.map((fit, f) => [
    nameOf(fits.length, f),
    shares[f],
    rootAge(fit),
    fit.tipLength,
    ...(fit.noiseVariance.length > 0 ? [deviation * Math.sqrt(mean(fit.noiseVariance))] : []),
    fit.objective,
  ])
  return {
    kind: 'table',
    title: `Fits${of}`,
    reading:
      'Ages are in units of the diffusion; a tip as long as the root is old says that most of a task is its own.',
    columns: [
      'fit',
      'share',
      'age of the root',
      'tip length',
      ...(tasks[0].kind === 'regression' ? ['deviation of residuals'] : []),
      'log evidence and priors',
    ],
    rows,
  }
}

function nameOf(count: number, position: number): string {
  if (count === 1) return 'tree'
  return position === count - 1 ? 'star' : `tree ${position + 1}`
}
