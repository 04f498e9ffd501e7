import { changeOf, expectedDistances, messageBeliefs, squaredDistances } from '../messages/distances.ts'
import { whitened, type Factors } from '../messages/factors.ts'
import type { MessagePass } from '../messages/message-pass.ts'
import { transformed, type Metric } from '../messages/metric.ts'
import type { Proposal } from '../options.ts'
import { greedyTree } from '../tree/greedy-tree.ts'
import type { MergeRule } from '../tree/merge.ts'
import { neighbourTree } from '../tree/neighbour-tree.ts'
import { rootAge, stretched, tasksOf, type TaskTree } from '../tree/task-tree.ts'

/** A tree that a step may take, and what it is called in the list of those taken. */
export interface Candidate {
  readonly name: string
  readonly tree: TaskTree
}

/** The posterior from which trees are proposed: of `tree`, passed in the metric `from`; distances are measured in `to`. */
export interface ProposalContext {
  readonly tree: TaskTree
  readonly pass: MessagePass
  readonly factors: Factors
  readonly from: Metric
  readonly to: Metric
  readonly minGap: number
  readonly neighbours: number
}

/** More tasks have no matrix of distances: partners of a merge are searched among neighbours. */
export const exactLimit = 1000

/** Greedy trees from what is known of the leaves; their tips are as long as the present ones. */
export function proposedTrees(
  proposals: readonly Proposal[],
  context: ProposalContext,
): readonly Candidate[] {
  const { tree, to, minGap, neighbours } = context
  const isLarge = tasksOf(tree) > exactLimit
  const sources = new Map<string, Source>()
  return tried(proposals, tasksOf(tree)).map((name) => {
    const [source, rule] = name.split('/') as ['expected' | 'point' | 'message', MergeRule]
    const from = sources.get(source) ?? sourceOf(source, context)
    sources.set(source, from)
    const variances = from.variances.map((variance) => variance + tree.tipLength)
    const { size } = to
    const grown = isLarge
      ? neighbourTree({ points: from.points, variances, size }, { neighbours, minGap })
      : greedyTree({ distances: from.distances(), variances, size }, { rule, minGap })
    return { name, tree: { ...grown, tipLength: tree.tipLength } }
  })
}

/** The rules that look at all pairs in each merge cost K^3: more tasks do without. */
const cubicLimit = 300

/** What many tasks can afford; the data's own tree at least. */
function tried(proposals: readonly Proposal[], tasks: number): readonly Proposal[] {
  if (tasks <= cubicLimit) return proposals
  const fit = proposals.filter(
    (name) => name.endsWith('/rate1') && (tasks <= exactLimit || !name.startsWith('expected')),
  )
  return fit.length > 0 ? fit : ['message/rate1']
}

interface Source {
  /** K times D, whitened. */
  readonly points: Float64Array
  readonly variances: Float64Array
  /** K x K, squared. */
  distances(): Float64Array
}

function sourceOf(
  source: 'expected' | 'point' | 'message',
  { tree, pass, factors, from, to }: ProposalContext,
): Source {
  const tasks = tasksOf(tree)
  const { size } = to
  const change = changeOf(from, to)
  if (source === 'message') {
    const ridge = 2 * (rootAge(tree) + tree.tipLength + 1e-3)
    const { means: points, variances } = messageBeliefs(whitened(factors, to), size, ridge)
    const distances = once(() => squaredDistances(points, size))
    return { points, variances, distances }
  }
  const points = transformed(change, pass.means.subarray(0, tasks * size), size)
  const variances = new Float64Array(tasks)
  const distances = once(() =>
    source === 'expected' ? expectedDistances(tree, pass, change) : squaredDistances(points, size),
  )
  return { points, variances, distances }
}

/** What several rules share is computed when the first asks. */
function once<Value>(compute: () => Value): () => Value {
  let value: Value | undefined
  return () => (value ??= compute())
}

/** Ages that move variance between the tree and the tips. */
export function stretches(tree: TaskTree): readonly Candidate[] {
  return [
    { name: 'shrink', tree: stretched(tree, 0.7) },
    { name: 'stretch', tree: stretched(tree, 1 / 0.7) },
  ]
}
