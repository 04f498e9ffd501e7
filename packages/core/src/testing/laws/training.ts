import { expect } from 'vitest'
import type { Dataset } from '../../data/types.ts'
import { fromJson, toJson } from '../../document/json.ts'
import type { Json } from '../../error/types.ts'
import type { Checkpoint, TrainEvent, TrainingCost } from '../../model/types.ts'
import { expectNoLeak } from '../expect-no-leak.ts'
import type { LawName } from '../types.ts'
import type { Bench, Law } from './bench.ts'
import { mapRows, mapTasks } from './changed.ts'
import { outcomeOf } from './outcome.ts'

export const trainingLaws: Readonly<Partial<Record<LawName, Law>>> = {
  'steps count from 1 to at most maxSteps': { run: stepsCount },
  'objectives are finite': { run: objectivesFinite },
  'a monotone objective never rises': { run: objectiveNeverRises },
  'resumes from the first checkpoint to the same bits': { run: (bench) => resumes(bench, () => 0) },
  'resumes from a middle checkpoint to the same bits': {
    run: (bench) => resumes(bench, (count) => Math.floor(count / 2)),
  },
  'resumes from the last checkpoint to the same bits': {
    run: (bench) => resumes(bench, (count) => count - 1),
  },
  'resumes from a stored checkpoint to the same bits': {
    run: (bench) => resumes(bench, (count) => Math.floor(count / 3), stored),
  },
  'an aborted signal stops before the first step': { run: abortedBefore },
  'a signal stops between steps with its reason': { run: abortedBetween },
  'no tensor is left': { applies: () => '_tfengine' in globalThis, run: noTensorLeft },
  'stated cost grows with rows and tasks': {
    applies: ({ make }) => make().cost !== undefined,
    run: costGrows,
  },
}

const stepsOf = (events: readonly TrainEvent[]): Extract<TrainEvent, { type: 'step' }>[] =>
  events.flatMap((event) => (event.type === 'step' ? [event] : []))

async function stepsCount({ course }: Bench): Promise<void> {
  const { events, model } = await course()
  const steps = stepsOf(events)
  let before: { step: number; phase?: string; fraction: number } = { step: 0, fraction: 0 }
  for (const event of steps) {
    expect(event.step).toBe(event.phase === before.phase ? before.step + 1 : 1)
    expect(event.step).toBeLessThanOrEqual(event.maxSteps)
    expect(event.fraction).toBeGreaterThanOrEqual(before.fraction)
    expect(event.fraction).toBeLessThanOrEqual(1)
    before = event
  }
  const { diagnostics } = model
  expect(diagnostics.steps).toBe(steps.length)
  expect(diagnostics.objective).toHaveLength(steps.length)
  const inPhases = diagnostics.phases?.reduce((sum, phase) => sum + phase.steps, 0)
  expect(inPhases ?? steps.length).toBe(steps.length)
}

async function objectivesFinite({ course }: Bench): Promise<void> {
  const { events, model } = await course()
  expect(stepsOf(events).every(({ objective }) => Number.isFinite(objective))).toBe(true)
  expect(model.diagnostics.objective.every(Number.isFinite)).toBe(true)
}

async function objectiveNeverRises({ course }: Bench): Promise<void> {
  const { events } = await course()
  const rises = events.filter((event) => event.type === 'warning' && event.code === 'objective-rose')
  expect(rises).toEqual([])
}

/** A closed form has no checkpoints, and then there is nothing to resume. */
async function resumes(
  { data, train, course }: Bench,
  choose: (count: number) => number,
  carry: (checkpoint: Checkpoint) => Checkpoint = (checkpoint) => checkpoint,
): Promise<void> {
  const { model, checkpoints } = await course()
  if (checkpoints.length === 0) return
  const taken = checkpoints[choose(checkpoints.length)]
  const before = structuredClone(taken)
  const events: TrainEvent[] = []
  const onEvent = (event: TrainEvent): number => events.push(event)
  const resumed = await train(data, { random: 'not this one', resume: carry(taken), onEvent })
  expect(stepsOf(events)).toHaveLength(model.diagnostics.steps - taken.step)
  expect(resumed.parameters).toEqual(model.parameters)
  expect(resumed.diagnostics).toEqual(model.diagnostics)
  expect(taken, 'the checkpoint itself').toEqual(before)
}

/** Through the text of a file. */
function stored(checkpoint: Checkpoint): Checkpoint {
  const text = JSON.stringify(toJson({ type: 'checkpoint', version: 1, value: checkpoint }))
  return fromJson(JSON.parse(text) as Json).value as Checkpoint
}

async function abortedBefore({ data, train }: Bench): Promise<void> {
  const events: TrainEvent[] = []
  const reason = new Error('enough')
  const training = train(data, { signal: AbortSignal.abort(reason), onEvent: (event) => events.push(event) })
  await expect(training).rejects.toBe(reason)
  expect(stepsOf(events)).toEqual([])
}

async function abortedBetween({ data, train, course }: Bench): Promise<void> {
  const whole = stepsOf((await course()).events).length
  if (whole < 2) return
  const controller = new AbortController()
  const reason = new Error('enough')
  let steps = 0
  const stop = (event: TrainEvent): void => {
    if (event.type === 'step') steps++
    if (steps === Math.floor(whole / 2)) controller.abort(reason)
  }
  await expect(train(data, { signal: controller.signal, onEvent: stop })).rejects.toBe(reason)
  expect(steps).toBe(Math.floor(whole / 2))
}

async function noTensorLeft({ data, make, train }: Bench): Promise<void> {
  await expectNoLeak(async () => {
    const model = await train(data)
    await outcomeOf(model, data)
    make().restore(model.toDocument()).views()
  })
  await expectNoLeak(async () => {
    const controller = new AbortController()
    const stop = (): void => controller.abort(new Error('enough'))
    await train(data, { signal: controller.signal, onEvent: stop }).catch(() => undefined)
  })
}

/** With twice the rows, and with twice the tasks. */
function costGrows({ data, make }: Bench): void {
  const estimator = make()
  const costOf = (given: Dataset): TrainingCost => estimator.cost?.(given) as TrainingCost
  const small = costOf(data)
  const moreRows = mapRows(data, (rows) => [...Array(2 * rows).keys()].map((i) => i % rows))
  const again = mapTasks(data, (task) => ({ ...task, name: `${task.name}-again` }))
  for (const value of Object.values(small) as number[]) {
    expect(value).toBeGreaterThan(0)
    expect(Number.isFinite(value)).toBe(true)
  }
  for (const large of [costOf(moreRows), costOf({ tasks: [...data.tasks, ...again.tasks] })]) {
    expect(large.operations).toBeGreaterThan(small.operations)
    expect(large.bytes).toBeGreaterThanOrEqual(small.bytes)
    expect(large.parameters).toBeGreaterThanOrEqual(small.parameters)
  }
}
