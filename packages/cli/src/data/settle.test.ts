import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createRandom, sampleNormal } from '@mtl/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listening } from '../host.fixture.ts'
import type { DataOptions } from './data-options.ts'
import { profilesOf, uselessness } from './profile.ts'
import { propose } from './propose.ts'
import { settleRoles } from './settle.ts'

const nothing: DataOptions = { target: [], missing: [], categorical: [] }

/** Schools a to d with 12 pupils each; some cells of ses are NA. */
function pupils(): Record<string, string[]> {
  const random = createRandom('pupils')
  const number = (): string => sampleNormal(random).toFixed(3)
  const rows = Array.from({ length: 48 }, (_, i) => i)
  return {
    pupil_id: rows.map((i) => `P${i}`),
    school: rows.map((i) => 'abcd'[Math.floor(i / 12)]),
    sector: rows.map((i) => (i < 24 ? '1' : '0')),
    country: rows.map(() => 'NL'),
    ses: rows.map((i) => (i % 10 === 3 ? 'NA' : number())),
    mathach: rows.map(number),
  }
}

/** Three metals measured at some of the places. */
function soil(): Record<string, string[]> {
  const random = createRandom('soil')
  const rows = Array.from({ length: 30 }, (_, i) => i)
  const some = (k: number): string[] =>
    rows.map((i) => ((i + k) % 5 === 0 ? '' : sampleNormal(random).toFixed(3)))
  return {
    row: rows.map(String),
    depth: rows.map((i) => String(i / 7)),
    cd: some(0),
    co: some(1),
    cu: some(2),
  }
}

describe('propose', () => {
  it('finds tasks, target, descriptors and inputs of a long table, and says why', () => {
    const { options, assumptions, lacking } = propose(pupils(), nothing)
    expect(lacking).toEqual([])
    expect(options).toMatchObject({
      task: 'school',
      target: ['mathach'],
      descriptors: ['sector'],
      features: ['ses'],
      missing: ['NA'],
      fill: 'mean',
    })
    expect(assumptions).toEqual([
      'task school: 4 values, about 12 rows each; named as groups are; words; rows of one value stand together; sector is constant within each',
      'target mathach (regression): the last column of decimals',
      'descriptors sector: constant within each value of school',
      'inputs ses: the other columns',
      'left out pupil_id: identifier-like: 48 different values in 48 rows',
      'left out country: constant',
      'missing NA: text in columns of numbers',
      'fill mean: some inputs have empty cells',
    ])
  })

  it('takes columns with holes of a wide table as targets', () => {
    const { options, lacking } = propose(soil(), nothing)
    expect(lacking).toEqual([])
    expect(options).toMatchObject({ target: ['cd', 'co', 'cu'], features: ['depth'] })
    expect(options.task).toBeUndefined()
  })

  it('keeps what was said', () => {
    const said = { ...nothing, target: ['ses'], features: ['mathach'] }
    expect(propose(pupils(), said).options).toMatchObject({
      task: 'school',
      target: ['ses'],
      features: ['mathach'],
    })
  })

  it('proposes nothing where nothing speaks for it', () => {
    const { cd, depth } = soil()
    expect(propose({ depth, other: [...depth].reverse(), cd }, nothing).lacking).toEqual([
      '--task',
      '--target',
    ])
  })
})

describe('uselessness', () => {
  it('holds measures for what they are, however many values they have', () => {
    const columns = { ...pupils(), year: Array.from({ length: 48 }, (_, i) => String(1970 + i)) }
    const useless = [...profilesOf(columns, ['NA']).values()].filter((profile) => uselessness(profile))
    expect(useless.map(({ name }) => name)).toEqual(['pupil_id', 'country'])
  })
})

describe('settleRoles', () => {
  let folder = ''
  let file = ''
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mtl-settle-'))
    file = path.join(folder, 'pupils.csv')
    const columns = Object.entries(pupils())
    const rows = columns[0][1].map((_, i) => columns.map(([, cells]) => cells[i]).join(','))
    await writeFile(file, [columns.map(([name]) => name).join(','), ...rows].join('\n'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('goes on when told to, and shows what it assumes', async () => {
    const { host, error } = listening()
    expect(await settleRoles([file], nothing, true, host)).toMatchObject({
      task: 'school',
      target: ['mathach'],
    })
    expect(error()).toContain('target mathach (regression): the last column of decimals')
  })

  it('asks at a terminal, and stops at a no with the command to change', async () => {
    const { host } = listening()
    const answering = (answer: boolean): typeof host => ({ ...host, confirm: () => Promise.resolve(answer) })
    expect(await settleRoles([file], nothing, false, answering(true))).toMatchObject({ task: 'school' })
    await expect(settleRoles([file], nothing, false, answering(false))).rejects.toThrow(/--task school/)
  })

  it('guesses nothing for a program that did not agree', async () => {
    await expect(settleRoles([file], nothing, false, listening().host)).rejects.toThrow(
      /with --yes, or say it: mtl .*--task school --target mathach --descriptors sector --fill mean --missing NA$/,
    )
  })

  it('fills no gap with a name that is mistyped, and asks nothing where all is said', async () => {
    const { host, error } = listening()
    await expect(settleRoles([file], { ...nothing, target: ['math'] }, true, host)).rejects.toThrow(
      /"mathach"/,
    )
    const said = { ...nothing, task: 'school', target: ['mathach'] }
    expect(await settleRoles([file], said, false, host)).toBe(said)
    expect(error()).toBe('')
  })
})
