import { check, isReal, nearest, rescale, scaleInputs } from '@mtl/core'
import type { Distribution, Matrix, Model } from '@mtl/core'
import type { LatentHierarchyParameters } from './parameters.ts'
import { predictBelief } from './predict.ts'

/**
 * The prediction for a task that hangs at a node of the one fitted tree and has nothing of its own: by a node's number, or by the name
 * that a given tree has for it. Rows have the columns that training kept, unscaled; the prediction is in the target's units.
 * @throws MtlError 'unsupported' for an average of trees, whose nodes differ; 'unknown-name' for no such node; 'dimension-mismatch'
 */
export function predictAtNode(
  model: Model<string, LatentHierarchyParameters>,
  node: number | string,
  inputs: Matrix,
): Distribution {
  const { parameters, tasks, scaling } = model
  const { structure, fits, nodeNames = [] } = parameters
  const text = "a node is one of a single tree: fit with structure 'single-tree' or 'given'"
  check(structure !== 'averaged', 'unsupported', text, { structure })
  const names = [...tasks.map(({ name }) => name), ...nodeNames]
  const at = typeof node === 'number' ? node : names.indexOf(node)
  const count = 2 * tasks.length - 1
  const known = names.filter((name) => name !== '')
  const like = typeof node === 'string' ? nearest(node, known) : []
  const hint = like.length > 0 ? `, did you mean "${like[0]}"?` : ''
  const missing = `the tree has ${count} nodes, numbered from 0, and none is ${node}${hint}`
  check(Number.isInteger(at) && at >= 0 && at < count, 'unknown-name', missing, { known })
  const scaled = scaling ? scaleInputs(inputs, scaling.inputs[0]) : inputs
  const prediction = predictBelief(fits, at, tasks[0].kind, scaled)
  if (!scaling || !isReal(prediction) || tasks[0].kind !== 'regression') return prediction
  return rescale(prediction, scaling.targets.deviations[0], scaling.targets.means[0])
}
