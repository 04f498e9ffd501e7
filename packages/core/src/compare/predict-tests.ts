import { alignInputs } from '../data/align.ts'
import { observed } from '../data/rows.ts'
import type { Dataset, SplitData, Task } from '../data/types.ts'
import type { Distribution } from '../distribution/types.ts'
import type { Model, UnseenTask } from '../model/types.ts'
import { standIn } from '../model/unseen-task.ts'
import { hasLabels } from './overall.ts'

/** Predictions for the tasks of a test set, in order; undefined where no row has a label. */
export async function predictTests(
  model: Model,
  { test, examples }: SplitData,
  unseen: readonly number[] = [],
): Promise<readonly (Distribution | undefined)[]> {
  const left = new Set(unseen)
  const judged = [...test.tasks.keys()].filter((t) => hasLabels(test.tasks[t]))
  const known = judged.filter((t) => !left.has(t)).map((t) => test.tasks[t])
  const answers = known.length === 0 ? {} : await model.predict({ tasks: known })
  const predictions: (Distribution | undefined)[] = test.tasks.map(({ name }) => answers[name])
  const given = new Map(examples.tasks.map((task) => [task.name, task]))
  for (const t of judged) {
    if (left.has(t)) predictions[t] = await predictUnseen(model, test.tasks[t], given.get(test.tasks[t].name))
  }
  return predictions
}

/** As one that training did not contain: by kind, target, descriptor and examples; inputs aligned by feature. */
function predictUnseen(model: Model, task: Task, examples: Task | undefined): Promise<Distribution> {
  const { kind, target, descriptor, features } = task
  const like = model.tasks[standIn(model.tasks, { kind, target })] as Dataset['tasks'][number] | undefined
  const wanted = like?.features ?? features
  const labelled = examples && observed(examples)
  const unseen: UnseenTask = {
    kind,
    target,
    ...(descriptor && { descriptor }),
    ...(labelled && {
      examples: { inputs: alignInputs(labelled.inputs, features, wanted), targets: labelled.targets },
    }),
  }
  return model.predictTask(unseen, alignInputs(task.inputs, features, wanted))
}
