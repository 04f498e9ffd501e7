import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { createRandom, sampleNormal } from '@mtl/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { comparisonJson } from './report/comparison-json.fixture.ts'

const bin = fileURLToPath(new URL('../bin/mtl.js', import.meta.url))

/** Two methods beside the baselines: what is installed besides does not matter here. */
const few = '--methods mean-regularised,task-mean'

interface Outcome {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** What the processes below see: nothing of the package manager that may have started the tests. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')),
)

/** Runs `mtl` as a process of its own. */
function mtl(
  args: string,
  folder: string,
  during: (child: ChildProcess) => void = () => {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, ...args.split(' ')], {
      cwd: folder,
      env: { ...environment, NODE_OPTIONS: '', LANG: 'C.UTF-8', LC_ALL: '' },
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (text) => (stdout += String(text)))
    child.stderr.on('data', (text) => (stderr += String(text)))
    child.on('error', reject)
    child.on('close', (status) => resolve({ status, stdout, stderr }))
    during(child)
  })
}

/** Lines y = x1 - x2 / 2 + a constant of the school, with noise. */
function pupils(random = createRandom('pupils')): string {
  const rows = ['a', 'b', 'c', 'd', 'e', 'f'].flatMap((school) => {
    const constant = sampleNormal(random)
    return Array.from({ length: 24 }, () => {
      const [first, second] = [sampleNormal(random), sampleNormal(random)]
      const y = first - second / 2 + constant + sampleNormal(random)
      return [school, school < 'd' ? 1 : 0, first.toFixed(3), second.toFixed(3), y.toFixed(3)].join(',')
    })
  })
  return ['school,sector,ses,sex,mathach', ...rows].join('\n')
}

/** Three targets on the same rows; every fifth cell of a target is empty or n/a. */
function soil(random = createRandom('soil')): string {
  const rows = Array.from({ length: 60 }, (_, i) => {
    const x = sampleNormal(random)
    const metals = [1, 2, 3].map((slope, k) =>
      (i + k) % 5 === 0 ? ['', 'n/a'][i % 2] : (slope * x + sampleNormal(random)).toFixed(3),
    )
    return [...metals, x.toFixed(3)].join(',')
  })
  return ['cadmium,cobalt,copper,depth', ...rows].join('\n')
}

/** A field of its own, whose crop fails or not; the third input differs from field to field. */
function field(name: string, random = createRandom(name)): string {
  const rows = Array.from({ length: 40 }, () => {
    const x = [0, 1, 2].map(() => sampleNormal(random))
    return [x[0] + sampleNormal(random) > 0 ? 'yes' : 'no', ...x.map((value) => value.toFixed(3))].join(',')
  })
  return [`failed,rain,sun,${name}_only`, ...rows].join('\n')
}

describe('mtl', () => {
  let folder = ''
  const write = (name: string, content: string | Uint8Array): Promise<void> =>
    writeFile(path.join(folder, name), content)

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mtl-cli-'))
    await write('pupils.csv', pupils())
    await write('soil.csv.gz', gzipSync(soil()))
    await Promise.all(['north', 'south'].map((name) => write(`${name}.csv`, field(name))))
    const lines = pupils().split('\n')
    lines[17] = lines[17].replace(/^a,1,[^,]+/, 'a,1,n/a')
    await write('stray.csv', lines.join('\n'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('compares a long table: what the data is, costs, methods, a verdict, what to do next', async () => {
    const { status, stdout, stderr } = await mtl(
      `compare pupils.csv --task school --target mathach ${few}`,
      folder,
    )
    expect(status, stderr).toBe(0)
    const lines = stdout.split('\n')
    expect(lines[0]).toBe('pupils.csv · 6 tasks (schools) · 144 rows · target mathach (regression) ·')
    expect(lines[1]).toBe('  3 inputs (sector, ses, sex)')
    expect(stdout).toMatch(/^(Learn these 6 schools|Yes, one model)/m)
    expect(stdout).toMatch(/^cost before training, of one fit: /m)
    expect(stdout).toMatch(/^method +pooled, % +RMSE +NLL/m)
    for (const name of ['single-task', 'pooled', 'mean-regularised', 'task-mean'])
      expect(stdout).toMatch(new RegExp(`^${name} +[−\\d]+\\.\\d ± \\d`, 'm'))
    expect(stdout).toMatch(/^Next: (.*: )?mtl/m)
    expect(stdout).not.toContain('\u001b')
    expect(
      Math.max(...lines.filter((line) => !line.startsWith('Next')).map((line) => line.length)),
    ).toBeLessThan(81)
    expect(stderr).toContain('note: column "sector" is constant within each school')
    expect(stderr).toMatch(/^20\/20 .*, split \d: .* s$/m)
  })

  it('compares a wide table with holes, compressed, as JSON', async () => {
    const { status, stdout, stderr } = await mtl(
      `compare --target cadmium,cobalt,copper --splits 2 --json --missing NA --missing n/a ${few} soil.csv.gz`,
      folder,
    )
    expect(status, stderr).toBe(0)
    const result = comparisonJson.parse(JSON.parse(stdout))
    expect(result.data.layout).toBe('wide')
    expect(result.data.tasks.map(({ rows, labels }) => [rows, labels])).toEqual([
      [60, 48],
      [60, 48],
      [60, 48],
    ])
    expect(result.settings.versions).toHaveProperty('@mtl/cli')
    expect(result.decision).toBe('too-little-data')
  })

  it('compares a list of files of two classes, whose columns differ', async () => {
    const { status, stdout, stderr } = await mtl(
      `compare north.csv south.csv --target failed --splits 3 --workers 2 --json ${few}`,
      folder,
    )
    expect(status, stderr).toBe(0)
    const result = comparisonJson.parse(JSON.parse(stdout))
    expect(result.data).toMatchObject({
      layout: 'list',
      tasks: [
        { name: 'north', kind: 'binary', target: 'failed', rows: 40, labels: 40 },
        { name: 'south', kind: 'binary', target: 'failed', rows: 40, labels: 40 },
      ],
      inputs: ['rain', 'sun', 'north_only', 'south_only'],
    })
    expect(result.overall.map(({ metric }) => metric)).toContain('auc')
  })

  it.each([
    [
      'pupils.csv --task school --target math',
      'error [unknown-column] pupils.csv has no column "math". Did you mean "mathach"? Columns: school, sector, ses, sex, mathach',
    ],
    [
      'pupils.csv --task school --target mathach --methods task-clusterin',
      /^error \[unknown-name\] no method "task-clusterin" in the installed plugins \([^)]*@mtl\/core[^)]*\)\. (Nearest|Known): /,
    ],
    [
      'stray.csv --task school --target mathach',
      'error [invalid-data] stray.csv row 17, column "ses": "n/a" is not a number. Treat it as missing with --missing n/a, and fill such inputs with --fill mean',
    ],
  ])('says what is wrong with: %s', async (args, message) => {
    const { status, stdout, stderr } = await mtl(`compare ${args}`, folder)
    expect(status).toBe(1)
    expect(stdout).toBe('')
    const [line, ...others] = stderr.trimEnd().split('\n')
    expect(others).toEqual([])
    if (typeof message === 'string') expect(line).toBe(message)
    else expect(line).toMatch(message)
  })

  it('stops at an interrupt with status 130, and says how far it came', async () => {
    const { status, stderr } = await mtl(
      `compare pupils.csv --task school --target mathach --splits 2000 ${few}`,
      folder,
      (child) => {
        const interrupt = (text: unknown): void => {
          if (!String(text).includes('/8000 ')) return
          child.stderr?.off('data', interrupt)
          child.kill('SIGINT')
        }
        child.stderr?.on('data', interrupt)
      },
    )
    expect(status).toBe(130)
    expect(stderr).toMatch(
      /interrupted after \d+ of 8000 fits; go on with: mtl compare .*--splits 2000 .*--resume\n$/,
    )
  })

  it('is killed, and goes on to the very same figures', async () => {
    const asked =
      'compare pupils.csv --task school --target mathach --methods pooled --splits 100 --workers 0 --json'
    const state = path.join(folder, 'state.json')
    const killed = await mtl(`${asked} --state ${state}`, folder, (child) => {
      child.stderr?.on('data', (text) => {
        if (/^9\d\//m.test(String(text))) child.kill('SIGKILL')
      })
    })
    expect(killed.status).toBeNull()
    const resumed = await mtl(`${asked} --state ${state} --resume`, folder)
    expect(resumed.stderr).toMatch(/note: \d+ fits are taken from/)
    const whole = await mtl(asked, folder)
    const figures = ({ stdout, stderr }: Outcome): unknown => {
      expect(stdout, stderr).not.toBe('')
      const { scores, summaries, verdict } = comparisonJson.parse(JSON.parse(stdout))
      return { scores, summaries, verdict }
    }
    expect(figures(resumed)).toEqual(figures(whole))
  })

  it('trains and predicts; killed while it trains anew, it leaves the former model', async () => {
    const asked = 'train pupils.csv --task school --target mathach --out model'
    const trained = await mtl(`${asked} --method pooled`, folder)
    expect(trained.status, trained.stderr).toBe(0)
    const killed = await mtl(`${asked} --method mean-regularised`, folder, (child) => {
      child.stdout?.on('data', () => child.kill('SIGKILL'))
    })
    expect(killed.status).toBeNull()
    const { status, stdout, stderr } = await mtl('predict model pupils.csv --confidence 0.8', folder)
    expect(status, stderr).toBe(0)
    const [header, ...rows] = stdout.trimEnd().split('\n')
    expect(header).toBe('school,sector,ses,sex,mathach,mean,sd,lower,upper')
    expect(rows).toHaveLength(144)
    const shown = await mtl('inspect model', folder)
    expect(shown.stdout).toContain('method pooled')
  })

  it('takes options from a configuration, and says where it is wrong', async () => {
    await write('mine.yaml', 'data: { task: school }\ntrain: { method: pooled, oud: model }\n')
    const { status, stderr } = await mtl('train pupils.csv --target mathach --config mine.yaml', folder)
    expect(status).toBe(1)
    expect(stderr).toBe('error [invalid-option] mine.yaml line 2: train has no option "oud". Nearest: out\n')
    await write('mine.yaml', 'data: { task: school }\ntrain: { method: pooled, out: other }\n')
    const done = await mtl('train pupils.csv --target mathach --config mine.yaml', folder)
    expect(done.status, done.stderr).toBe(0)
    expect(done.stdout).toContain('pooled learnt 6 tasks')
  })

  it('ends quietly when nobody reads on', async () => {
    const { status, stderr } = await mtl(
      `compare pupils.csv --task school --target mathach --splits 20 --json ${few}`,
      folder,
      (child) => child.stdout?.once('data', () => child.stdout?.destroy()),
    )
    expect(status).toBe(0)
    expect(stderr).not.toContain('EPIPE')
  })
})
