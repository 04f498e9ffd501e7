import { spawn } from 'node:child_process'
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
  const python = await started('python3', ['-c', program, folder, file])
  if (python === undefined) throw new Error('the reference program did not start')
  return {
    evaluate: (name, repeats) => python.ask(`evaluate\t${name}\t${repeats}`),
    expectationMaximisation: (name, repeats) => python.ask(`em\t${name}\t${repeats}`),
    close: python.close,
  }
}

interface Program {
  /** Its answer to a line. */
  ask(line: string): Promise<Answer>
  readonly close: () => void
}

/** A program that has said that it is ready; undefined where it is not there or ends before. */
async function started(command: string, args: readonly string[]): Promise<Program | undefined> {
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  })
  const lines = createInterface({ input: child.stdout })
  // 'exit', or an 'error' where there is no such command.
  const gone = once(child, 'exit').then(
    () => undefined,
    () => undefined,
  )
  const answer = async (): Promise<string | undefined> => {
    const line = (await Promise.race([once(lines, 'line'), gone])) as [string] | undefined
    return line?.[0]
  }
  if ((await answer()) === undefined) return undefined
  return {
    ask: async (line) => {
      child.stdin.write(`${line}\n`)
      const text = await answer()
      if (text === undefined) throw new Error(`${command} ended`)
      return JSON.parse(text) as Answer
    },
    close: () => child.stdin.end(),
  }
}

const randomSlopes = `
suppressMessages(library(lme4))
d <- read.csv(commandArgs(TRUE)[1]); d$task <- factor(d$task)
lines <- file("stdin"); open(lines)
cat("ready\\n")
while (length(line <- readLines(lines, n = 1)) > 0) {
  repeats <- as.integer(line)
  s <- system.time(for (k in seq_len(repeats)) m <- lmer(y ~ x + (x | task), d, REML = FALSE))[["elapsed"]]
  cat(sprintf('{"seconds": %.6f, "value": %.6f}\\n', s / repeats, as.numeric(logLik(m))))
}
`

export interface MixedModel {
  /** Fits by maximum likelihood, so many in a row: seconds of one, and its log likelihood. */
  fit(repeats: number): Promise<Answer>
  close(): void
}

/** lme4 with a random slope on these rows, ready; undefined where R or lme4 is not there. */
export async function startLme4(
  rows: readonly { readonly task: string; readonly x: number; readonly y: number }[],
): Promise<MixedModel | undefined> {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'mtl-bench-')), 'rows.csv')
  writeFileSync(file, ['task,x,y', ...rows.map(({ task, x, y }) => `${task},${x},${y}`)].join('\n'))
  const r = await started('Rscript', ['-e', randomSlopes, file])
  if (r === undefined) {
    console.error('R with lme4 is not there: the mixed model is not compared with it')
    return undefined
  }
  return { fit: (repeats) => r.ask(String(repeats)), close: r.close }
}
