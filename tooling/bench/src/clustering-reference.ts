import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'

/** A problem and parameters, in the names of the reference program. */
export interface ReferenceProblem {
  readonly hidden: string
  readonly tasks: number
  readonly task: readonly number[]
  readonly X: readonly (readonly number[])[]
  readonly y: readonly number[]
  readonly W: readonly (readonly number[])[] | null
  readonly M: readonly unknown[]
  readonly L: readonly unknown[]
  readonly s2: number
  readonly U: readonly (readonly number[])[]
}

export interface Answer {
  /** Of one evaluation, or of one EM step. */
  readonly seconds: number
  readonly value: number
}

export interface Reference {
  /** Of so many evaluations of objective and slope in a row. */
  evaluate(name: string, repeats: number): Promise<Answer>
  /** Of so many EM steps, each from the same parameters. */
  expectationMaximisation(name: string, repeats: number): Promise<Answer>
  close(): void
}

/** Waits for a line "what name repeats" and answers with seconds and the objective. */
const program = `
import json, sys, time
sys.path.insert(0, sys.argv[1])
import numpy as np, clustering as c
problems = {}
for name, p in json.load(open(sys.argv[2])).items():
    pb = c.Problem(p['task'], np.array(p['X']), np.array(p['y']), p['tasks'])
    W = None if p['W'] is None else np.array(p['W'])
    problems[name] = (pb, c.Params(W, np.array(p['M']), np.array(p['L']), p['s2'], np.array(p['U'])), p['hidden'])
    pb.input_stats()
print('ready', flush=True)
for line in sys.stdin:
    what, name, repeats = line.rstrip('\\n').split('\\t')
    pb, par, hidden = problems[name]
    start = time.perf_counter()
    for _ in range(int(repeats)):
        if what == 'evaluate': value = c.objective_and_gradient(pb, par, hidden)[0]
        else: value = c.em_step(pb, par, hidden, {})[0]
    print(json.dumps(dict(seconds=(time.perf_counter() - start) / int(repeats), value=value)), flush=True)
`

/** The numpy program of the directory MTL_REFERENCE_DIR, started and ready; undefined without one. */
export async function startReference(
  problems: Readonly<Record<string, ReferenceProblem>>,
): Promise<Reference | undefined> {
  const folder = process.env.MTL_REFERENCE_DIR
  if (folder === undefined) {
    console.error('MTL_REFERENCE_DIR is not set: task clustering is not compared with its reference')
    return undefined
  }
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'mtl-bench-')), 'problems.json')
  writeFileSync(file, JSON.stringify(problems))
  const child = spawn('python3', ['-c', program, folder, file], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  })
  const lines = createInterface({ input: child.stdout })
  const gone = once(child, 'exit').then((): never => {
    throw new Error('the reference program ended')
  })
  gone.catch(() => undefined)
  const answer = async (): Promise<string> => {
    const [line] = (await Promise.race([once(lines, 'line'), gone])) as [string]
    return line
  }
  await answer()
  const ask = async (what: string, name: string, repeats: number): Promise<Answer> => {
    child.stdin.write(`${what}\t${name}\t${repeats}\n`)
    return JSON.parse(await answer()) as Answer
  }
  return {
    evaluate: (name, repeats) => ask('evaluate', name, repeats),
    expectationMaximisation: (name, repeats) => ask('em', name, repeats),
    close: () => child.stdin.end(),
  }
}

const randomSlopes = `
suppressMessages(library(lme4))
d <- read.csv(commandArgs(TRUE)[1]); d$task <- factor(d$task)
run <- function() lmer(y ~ x + (x | task), d, REML = FALSE)
m <- run()
s <- sapply(1:5, function(k) system.time(m <<- run())[['elapsed']])
cat(median(s), format(as.numeric(logLik(m)), digits = 12))
`

/** lme4's fit of a random slope by maximum likelihood; undefined where R or lme4 is not there. */
export function byLme4(
  rows: readonly { readonly task: string; readonly x: number; readonly y: number }[],
): Answer | undefined {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'mtl-bench-')), 'rows.csv')
  writeFileSync(file, ['task,x,y', ...rows.map(({ task, x, y }) => `${task},${x},${y}`)].join('\n'))
  const { stdout, status } = spawnSync('Rscript', ['-e', randomSlopes, file], { encoding: 'utf8' })
  if (status !== 0) {
    console.error('R with lme4 is not there: the mixed model is not compared with it')
    return undefined
  }
  const [seconds, value] = stdout.trim().split(/\s+/).slice(-2).map(Number)
  return { seconds, value }
}
