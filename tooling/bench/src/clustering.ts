import { taskClustering } from '@mtl/clustering'
import type { TaskClusteringOptions } from '@mtl/clustering'
import { createRandom, dataset, datasetFromTable, fit, matrix, sampleNormal } from '@mtl/core'
import type { Dataset, RandomGenerator } from '@mtl/core'
import { highSchoolAndBeyond } from '@mtl/datasets'
// The inner functions, which the package does not publish.
import { expectation } from '../../../packages/clustering/src/expectation.ts'
import { blockOf, sizeOf, type Activation, type Layout } from '../../../packages/clustering/src/layout.ts'
import { marginalLogLikelihood } from '../../../packages/clustering/src/marginal.ts'
import { maximisation } from '../../../packages/clustering/src/maximisation.ts'
import { noPenalties } from '../../../packages/clustering/src/penalty.ts'
import { problemOfTasks, type Problem } from '../../../packages/clustering/src/problem.ts'
import {
  startLme4,
  startReference,
  type Answer,
  type Reference,
  type ReferenceProblem,
} from './clustering-reference.ts'
import type { Row } from './rows.ts'
import { schoolProtocol } from './school.ts'
import { median, processorSeconds, secondsOf } from './time.ts'

interface Setting {
  readonly what: string
  readonly activation: Activation
  readonly hidden: number
  readonly clusters: number
}

/** Of the size of the School data: 139 tasks, 11,472 rows, 27 inputs. */
const school = { tasks: 139, rows: 83, features: 27 }
const evaluations: readonly Setting[] = [
  { what: 'linear, 1 unit', activation: 'linear', hidden: 1, clusters: 1 },
  { what: 'linear, 2 units', activation: 'linear', hidden: 2, clusters: 1 },
  { what: 'tanh, 1 unit', activation: 'tanh', hidden: 1, clusters: 1 },
  { what: 'tanh, 2 units', activation: 'tanh', hidden: 2, clusters: 1 },
  { what: 'tanh, 4 units, 4 clusters', activation: 'tanh', hidden: 4, clusters: 4 },
]
const many: Setting = {
  what: 'EM step, 10000 tasks x 20 rows x 5 inputs, 3 clusters',
  activation: 'identity',
  hidden: 5,
  clusters: 3,
}

/** Evaluations and steps in turns with the numpy program; fits; lme4; growth in tasks; and the protocol on the School data. */
export async function benchClustering(): Promise<Row[]> {
  const schools = setUp(evaluations, kindsOf(school.tasks, school.rows, school.features, 1))
  const large = setUp([many], kindsOf(10_000, 20, 5, 3))
  const reference = await startReference({ ...schools.references, ...large.references })
  const rows: Row[] = []
  for (const instance of schools.instances) rows.push(await benchEvaluation(instance, reference))
  rows.push(await benchStep(large.instances[0], reference))
  reference?.close()
  return [...rows, await benchMixedModel(), ...(await benchFits()), ...(await schoolProtocol())]
}

interface Instance {
  readonly what: string
  readonly problem: Problem
  readonly layout: Layout
  readonly x: Float64Array
}

function setUp(
  settings: readonly Setting[],
  data: Dataset,
): { readonly instances: readonly Instance[]; readonly references: Record<string, ReferenceProblem> } {
  const problem = problemOfTasks(data.tasks, { priorMean: 'constant', gating: 'none' })
  const instances = settings.map(({ what, activation, hidden, clusters }): Instance => {
    const layout = { ...problem, activation, units: hidden + 1, clusters, outputs: 1 }
    return { what, problem, layout, x: somewhere(layout, createRandom(what)) }
  })
  const references = Object.fromEntries(instances.map((instance) => [instance.what, asReference(instance)]))
  return { instances, references }
}

/** Tasks around so many lines. */
function kindsOf(tasks: number, rows: number, features: number, kinds: number): Dataset {
  const random = createRandom('kinds')
  const centres = Array.from({ length: kinds }, () => normals(random, features + 1, 2))
  return dataset(
    Array.from({ length: tasks }, (_, i) => {
      const weights = normals(random, features + 1, 0.3).map((w, j) => w + centres[i % kinds][j])
      const inputs = matrix(rows, features, normals(random, rows * features, 1))
      const targets = Float64Array.from({ length: rows }, (__, n) => {
        let mean = weights[0]
        for (let j = 0; j < features; j++) mean += weights[j + 1] * inputs.data[n * features + j]
        return mean + 0.5 * sampleNormal(random)
      })
      return { name: `task ${i}`, inputs, targets }
    }),
  )
}

function normals(random: RandomGenerator, n: number, scale: number): Float64Array {
  return Float64Array.from({ length: n }, () => scale * sampleNormal(random))
}

function somewhere(layout: Layout, random: RandomGenerator): Float64Array {
  const { units: p, clusters } = layout
  const x = normals(random, sizeOf(layout), 0.3)
  const { factors, logNoise, gates } = blockOf(layout, 0)
  for (let at = factors; at < logNoise; at++) {
    const within = (at - factors) % (p * p)
    const [i, j] = [Math.floor(within / p), within % p]
    if (j > i) x[at] = 0
    if (i === j) x[at] = 0.5
  }
  x[logNoise] = 0
  x.fill(0, gates, gates + clusters)
  return x
}

function asReference({ problem, layout, x }: Instance): ReferenceProblem {
  const { inputs: d, units: p, clusters, activation } = layout
  const { means, factors, logNoise, gates } = blockOf(layout, 0)
  const nested = (at: number, rows: number, columns: number): number[][] =>
    Array.from({ length: rows }, (_, i) => [...x.subarray(at + i * columns, at + (i + 1) * columns)])
  const each = <Part>(part: (a: number) => Part): Part[] =>
    Array.from({ length: clusters }, (_, a) => part(a))
  return {
    hidden: activation,
    tasks: problem.tasks,
    task: Array.from({ length: problem.tasks }, (_, i) =>
      Array<number>(problem.starts[i + 1] - problem.starts[i]).fill(i),
    ).flat(),
    X: Array.from({ length: problem.weights.length }, (_, n) => [
      ...problem.rows.subarray(n * d + 1, (n + 1) * d),
    ]),
    y: [...problem.targets[0]],
    W: activation === 'identity' ? null : nested(0, p - 1, d),
    M: each((a) => nested(means + a * p, p, 1)),
    L: each((a) => nested(factors + a * p * p, p, p)),
    s2: Math.exp(x[logNoise]),
    U: nested(gates, clusters, 1),
  }
}

const turns = 9

/** Both in turns, after a turn that is not counted; their own clock for theirs, so that nothing of asking counts. */
async function inTurns(
  row: Pick<Row, 'what' | 'rate'>,
  repeats: number,
  ours: () => number | Promise<number>,
  theirs?: { readonly name: string; readonly ask: (repeats: number) => Promise<Answer> },
): Promise<Row> {
  let value = NaN
  let answer: Answer | undefined
  const pairs: { ours: number; theirs: number }[] = []
  for (let turn = 0; turn <= turns; turn++) {
    const start = performance.now()
    for (let repeat = 0; repeat < repeats; repeat++) value = await ours()
    const own = (performance.now() - start) / 1000 / repeats
    answer = await theirs?.ask(repeats)
    if (turn > 0) pairs.push({ ours: own, theirs: answer?.seconds ?? NaN })
  }
  const seconds = median(pairs.map((pair) => pair.ours))
  if (answer === undefined || theirs === undefined) return { ...row, seconds }
  const other = median(pairs.map((pair) => pair.theirs))
  return {
    ...row,
    seconds,
    against: `${theirs.name} ${other.toFixed(4)} s, value within ${Math.abs(value / answer.value - 1).toExponential(1)}`,
    ratio: median(pairs.map((pair) => pair.ours / pair.theirs)),
  }
}

function benchEvaluation({ what, problem, layout, x }: Instance, reference?: Reference): Promise<Row> {
  const objective = marginalLogLikelihood(problem, layout, noPenalties)
  const slope = new Float64Array(x.length)
  const row = { what: `task-clustering of 139 tasks x 83 rows x 27 inputs, ${what}`, rate: 'value and slope' }
  return inTurns(
    row,
    20,
    () => objective(x, slope),
    reference && { name: 'numpy', ask: (repeats) => reference.evaluate(what, repeats) },
  )
}

function benchStep({ what, problem, layout, x }: Instance, reference?: Reference): Promise<Row> {
  const floors = { covarianceFloor: 1e-8, noiseFloor: 1e-10 }
  const expect = expectation(problem, layout, noPenalties, true)
  const step = (): number => {
    const sums = expect(x)
    maximisation(problem, layout, noPenalties, floors, x, sums)
    return sums.value
  }
  const row = { what: `task-clustering, ${what}`, rate: 'one step' }
  return inTurns(
    row,
    3,
    step,
    reference && { name: 'numpy', ask: (repeats) => reference.expectationMaximisation(what, repeats) },
  )
}

async function benchMixedModel(): Promise<Row> {
  const data = datasetFromTable(highSchoolAndBeyond.table(), {
    task: 'school',
    targets: { mathach: 'regression' },
    inputs: ['ses'],
  })
  const estimator = taskClustering({ activation: 'identity' })
  const pupils = data.tasks.flatMap(({ name, inputs, targets }) =>
    Array.from(targets, (y, i) => ({ task: name, x: inputs.data[i], y })),
  )
  /** The log likelihood, in units of the target. */
  const ours = async (): Promise<number> => {
    const { parameters, scaling } = await fit(estimator, data, { random: 1 })
    const scale = scaling?.targets.deviations[0] ?? NaN
    return parameters.choice.candidates[0].logLikelihood - pupils.length * Math.log(scale)
  }
  const lme4 = await startLme4(pupils)
  const row = await inTurns(
    { what: 'task-clustering as a mixed model, random slopes of High School & Beyond', rate: 'the fit' },
    3,
    ours,
    lme4 && { name: 'lme4', ask: (repeats) => lme4.fit(repeats) },
  )
  lme4?.close()
  return row
}

async function benchFits(): Promise<Row[]> {
  const timed = async (
    what: string,
    data: Dataset,
    options: TaskClusteringOptions,
    repeats = 3,
  ): Promise<Row> => {
    let steps = 0
    const processor: number[] = []
    const run = async (): Promise<void> => {
      const before = process.cpuUsage()
      steps = (await fit(taskClustering(options), data, { random: 1 })).diagnostics.steps
      processor.push(processorSeconds(before))
    }
    const seconds = await secondsOf(run, repeats)
    const rate = `${steps} steps, ${median(processor).toFixed(2)} s of processor time`
    return { what: `task-clustering, ${what}`, seconds, rate }
  }
  const schools = kindsOf(school.tasks, school.rows, school.features, 1)
  const identity = { activation: 'identity', clusters: 3, restarts: 1 } as const
  const sizes = [100, 1000, 10_000]
  const growth: Row[] = []
  for (const tasks of sizes)
    growth.push(
      await timed(
        `${tasks} tasks x 20 rows x 5 inputs, 3 clusters`,
        kindsOf(tasks, 20, 5, 3),
        identity,
        tasks > 1000 ? 1 : 3,
      ),
    )
  // The same number of steps, so that only the size differs.
  const fixed = { ...identity, expectationMaximisationSteps: 4, maxSteps: 20, gradientTolerance: 0 }
  const equal: number[] = []
  for (const tasks of sizes) equal.push((await timed('', kindsOf(tasks, 20, 5, 3), fixed, 3)).seconds)
  const exponent = Math.log(equal[2] / equal[0]) / Math.log(sizes[2] / sizes[0])
  return [
    await timed('139 tasks x 83 rows x 27 inputs, linear, 1 unit, 3 restarts', schools, {
      activation: 'linear',
      hiddenUnits: 1,
    }),
    ...growth,
    {
      what: 'task-clustering, 100 to 10000 tasks, as many steps',
      seconds: equal[2],
      rate: `time ~ tasks^${exponent.toFixed(2)}`,
    },
  ]
}
