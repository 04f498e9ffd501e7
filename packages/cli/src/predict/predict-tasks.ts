import { alignInputs, check, nearest, observed } from '@mtl/core'
import type { Capabilities, Dataset, Distribution, Model, Task, UnseenTask } from '@mtl/core'

/** What a prediction for tasks that the model lacks can rest on. */
export interface Grounds {
  /** Of the model's method. */
  readonly capabilities: Capabilities
  /** Labelled rows of such tasks. */
  readonly support?: Dataset
  /** Columns that describe a task, where the model was trained with some. */
  readonly descriptors: readonly string[]
  /** The files, as they are named in messages. */
  readonly file: string
}

/**
 * A prediction for each task of the data, in order; those that the model lacks by their descriptors and by the labelled
 * rows of `support`.
 * @throws MtlError 'unsupported' naming the tasks that the model lacks and what the method needs of them
 */
export async function predictTasks(model: Model, data: Dataset, grounds: Grounds): Promise<Distribution[]> {
  const unseen = new Set(unseenTasks(model, data))
  const examples = new Map(grounds.support?.tasks.map((task) => [task.name, observed(task)]))
  checkGrounds(model, [...unseen], examples, grounds)
  const known = data.tasks.filter((task) => !unseen.has(task))
  const answers = known.length === 0 ? {} : await model.predict({ tasks: known })
  const predictions: Distribution[] = []
  for (const task of data.tasks) {
    predictions.push(
      unseen.has(task) ? await predictUnseen(model, task, examples.get(task.name)) : answers[task.name],
    )
  }
  return predictions
}

/** The tasks that the model was not trained on. */
export function unseenTasks(model: Model, { tasks }: Dataset): readonly Task[] {
  const known = new Set(model.tasks.map(({ name }) => name))
  return tasks.filter(({ name }) => !known.has(name))
}

function predictUnseen(model: Model, task: Task, examples: Task | undefined): Promise<Distribution> {
  const { kind, target, descriptor, features, inputs } = task
  const like = model.tasks.find((known) => known.kind === kind && known.target === target)
  const wanted = like?.features ?? features
  const unseen: UnseenTask = {
    kind,
    target,
    ...(descriptor && { descriptor }),
    ...(examples && {
      examples: {
        inputs: alignInputs(examples.inputs, examples.features, wanted),
        targets: examples.targets,
      },
    }),
  }
  return model.predictTask(unseen, alignInputs(inputs, features, wanted))
}

function checkGrounds(
  model: Model,
  unseen: readonly Task[],
  examples: ReadonlyMap<string, Task>,
  { capabilities, descriptors, file }: Grounds,
): void {
  const lacking = unseen.filter(({ name, descriptor }) => {
    const given = {
      nothing: true,
      descriptor: descriptor !== undefined,
      examples: (examples.get(name)?.targets.length ?? 0) > 0,
    }
    const needed = capabilities.descriptors !== 'needed' || descriptor !== undefined
    return !(needed && capabilities.unseenTasks.some((ground) => given[ground]))
  })
  if (lacking.length === 0) return
  const names = lacking.map(({ name }) => name)
  const one = names.length === 1
  const meant = one
    ? nearest(
        names[0],
        model.tasks.map(({ name }) => name),
      ).at(0)
    : undefined
  const message = [
    `${file} has ${one ? 'a task' : `${names.length} tasks`} that the model does not know: ${listed(names)}.`,
    ...(meant === undefined ? [] : [`Nearest: ${meant}.`]),
    remedyFor(model.estimator, capabilities, descriptors),
  ].join(' ')
  check(false, 'unsupported', message, { tasks: names })
}

function remedyFor(
  method: string,
  { unseenTasks: grounds }: Capabilities,
  descriptors: readonly string[],
): string {
  const ways = [
    ...(grounds.includes('examples') ? ['labelled rows of them, by --support FILE'] : []),
    ...(grounds.includes('descriptor') && descriptors.length > 0
      ? [`their descriptors (${listed(descriptors)}), as columns or by --descriptor-file FILE`]
      : []),
  ]
  return ways.length === 0
    ? `${method} cannot predict for tasks that it was not trained on: train it with rows of them`
    : `${method} needs ${ways.join(', or ')}`
}

const mostNamed = 5

function listed(names: readonly string[]): string {
  const rest = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : ''
  return `${names.slice(0, mostNamed).join(', ')}${rest}`
}
