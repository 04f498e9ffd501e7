import { changeOf, expectedDistances, messageBeliefs, squaredDistances } from '../messages/distances.ts'
import { whitened, type Factors } from '../messages/factors.ts'
import type { MessagePass } from '../messages/message-pass.ts'
import { transformed, type Metric } from '../messages/metric.ts'
import type { Proposal } from '../options.ts'
import { greedyTree } from '../tree/greedy-tree.ts'
import type { MergeRule } from '../tree/merge.ts'
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
}

/** Greedy trees from what is known of the leaves; their tips are as long as the present ones. */
export function proposedTrees(
  proposals: readonly Proposal[],
  context: ProposalContext,
): readonly Candidate[] {
  const sources = new Map<string, Source>()
  return proposals.map((name) => {
    const [source, rule] = name.split('/') as ['expected' | 'point' | 'message', MergeRule]
    const from = sources.get(source) ?? sourceOf(source, context)
    sources.set(source, from)
    const { tree, to, minGap } = context
    const variances = from.variances.map((variance) => variance + tree.tipLength)
    const grown = greedyTree({ distances: from.distances, variances, size: to.size }, { rule, minGap })
    return { name, tree: { ...grown, tipLength: tree.tipLength } }
  })
}

interface Source {
  readonly distances: Float64Array
  readonly variances: Float64Array
}

function sourceOf(
  source: 'expected' | 'point' | 'message',
  { tree, pass, factors, from, to }: ProposalContext,
): Source {
  const tasks = tasksOf(tree)
  const exact = new Float64Array(tasks)
  if (source === 'expected')
    return { distances: expectedDistances(tree, pass, changeOf(from, to)), variances: exact }
  if (source === 'point') {
    const means = transformed(changeOf(from, to), pass.means.subarray(0, tasks * to.size), to.size)
    return { distances: squaredDistances(means, to.size), variances: exact }
  }
  const { means, variances } = messageBeliefs(
    whitened(factors, to),
    to.size,
    2 * (rootAge(tree) + tree.tipLength + 1e-3),
  )
  return { distances: squaredDistances(means, to.size), variances }
}

/** Ages that move variance between the tree and the tips. */
export function stretches(tree: TaskTree): readonly Candidate[] {
  return [
    { name: 'shrink', tree: stretched(tree, 0.7) },
    { name: 'stretch', tree: stretched(tree, 1 / 0.7) },
  ]
}
