import { datasetFromTable } from '@mtl/core'
import type { TableDescription } from '@mtl/core'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { errorLines } from '../error/error-lines.ts'
import { loadBuiltIn } from './built-in.ts'
import type { DataOptions } from './data-options.ts'
import { loadData } from './load-data.ts'

describe('loadData', () => {
  let folder = ''
  const at = (name: string): string => path.join(folder, name)
  const options = (more: Partial<DataOptions> & { target: readonly string[] }): DataOptions => ({
    missing: [],
    categorical: [],
    ...more,
  })
  const linesOf = async (files: readonly string[], given: DataOptions): Promise<string[]> =>
    loadData(files, given).then(
      () => [],
      (error: unknown) => errorLines(error, false).map((line) => line.replaceAll(`${folder}${path.sep}`, '')),
    )

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mtl-cli-'))
    const write = (name: string, ...lines: string[]): Promise<void> => writeFile(at(name), lines.join('\n'))
    await write(
      'pupils.csv',
      'school,sector,ses,w,y',
      'a,1,0.1,1,3',
      'a,1,0.2,2,4',
      'b,0,0.3,1,5',
      'b,0,,1,6',
    )
    await write('schools.csv', 'id,size,climate', 'a,100,0.5', 'b,200,0.7')
    await write('keyed.csv', 'school,size', 'a,100', 'b,200')
    await write('wide.csv', 'x,p,q', '1,yes,10', '2,no,20', '3,,n/a')
    await write('north.csv', 'rain,crop', '1,wheat', '2,rye')
    await write('south.csv', 'sun,crop', '1,oats', '2,rye')
    await write('spaced.csv', 'sun,crop', '1, wheat', '2,rye ', '3, ? ')
    await write('plain.csv', 'sun,crop', '1,wheat', '2,rye')
    await write('commas.csv', 'x;p;q', '1,5;1;2', '2,5;2;1', '3,25;3;4')
    await write('some.csv', 'school,size', 'a,100')
    await write(
      'named.csv',
      'sample,unit,x,p,q',
      ...Array.from({ length: 12 }, (_, i) => `S${i},mg,${i / 7},${i % 5},${(i * i) % 7}`),
    )
    await write('comma.csv', 'x;p;q', '1,5;1;2')
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('reads a long table: inputs are the columns without another role', async () => {
    const loaded = await loadData(
      [at('pupils.csv')],
      options({ task: 'school', target: ['y'], weight: 'w', fill: 'mean', descriptors: ['sector'] }),
    )
    expect(loaded).toMatchObject({
      layout: 'long',
      taskNoun: 'school',
      rows: 4,
      inputs: ['ses'],
      descriptors: ['sector'],
    })
    expect(loaded.data.tasks.map(({ name, kind }) => [name, kind])).toEqual([
      ['a', 'regression'],
      ['b', 'regression'],
    ])
    expect(Array.from(loaded.data.tasks[0].weights ?? [])).toEqual([1, 2])
  })

  it('joins descriptors of a table of their own, by the column of tasks unless told', async () => {
    const given = options({ task: 'school', target: ['y'], fill: 'mean', descriptorFile: at('keyed.csv') })
    const loaded = await loadData([at('pupils.csv')], given)
    expect(loaded.descriptors).toEqual(['size'])
    expect(loaded.data.tasks.map(({ descriptor }) => Array.from(descriptor ?? []))).toEqual([[100], [200]])
    expect(
      await linesOf([at('pupils.csv')], { ...given, descriptorFile: at('schools.csv'), on: 'id' }),
    ).toEqual(['error [unknown-column] pupils.csv has no column "id". Columns: school, sector, ses, w, y'])
    expect(await linesOf([at('pupils.csv')], { ...given, descriptorFile: at('schools.csv') })).toEqual([
      'error [unknown-column] schools.csv has no column "school". Columns: id, size, climate',
    ])
  })

  it('advises where a column is constant within tasks', async () => {
    const { notes } = await loadData(
      [at('pupils.csv')],
      options({ task: 'school', target: ['y'], fill: 'mean' }),
    )
    expect(notes).toEqual([
      'column "sector" is constant within each school; to use it as a descriptor of the task instead of as an input, add --descriptors sector',
    ])
  })

  it('reads a wide table: each target is a task, kinds by the cells or as told', async () => {
    const given = options({ target: ['p', 'q'], missing: ['n/a'] })
    const { data, layout } = await loadData([at('wide.csv')], given)
    expect(layout).toBe('wide')
    expect(data.tasks.map(({ name, kind, classes }) => [name, kind, classes])).toEqual([
      ['p', 'binary', ['no', 'yes']],
      ['q', 'binary', ['10', '20']],
    ])
    const told = await loadData([at('wide.csv')], { ...given, kind: ['binary', 'regression'] })
    expect(told.data.tasks.map(({ kind }) => kind)).toEqual(['binary', 'regression'])
    const levels = await loadData([at('wide.csv')], { ...given, categorical: ['x'] })
    expect(levels.data.tasks[0].features.map(({ level }) => level)).toEqual(['1', '2', '3'])
  })

  it('reads a list: each file is a task, and classes are those of all files', async () => {
    const files = [at('north.csv'), at('south.csv')]
    const { data, layout, title, inputs } = await loadData(files, options({ target: ['crop'] }))
    expect([layout, title]).toEqual(['list', '2 files'])
    expect(inputs).toEqual(['rain', 'sun'])
    expect(data.tasks.map(({ name, kind, target }) => [name, kind, target])).toEqual([
      ['north', 'multiclass', 'crop'],
      ['south', 'multiclass', 'crop'],
    ])
    for (const { classes } of data.tasks) expect(classes).toEqual(['oats', 'rye', 'wheat'])
    const some = await loadData(files, options({ target: ['crop'], features: ['rain'] }))
    expect(some.data.tasks.map(({ features }) => features.length)).toEqual([1, 0])
  })

  it('reads labels as cells are read: blanks around them do not count', async () => {
    const files = [at('spaced.csv'), at('plain.csv')]
    const { data } = await loadData(files, options({ target: ['crop'], missing: ['?'] }))
    expect(data.tasks.map(({ kind, classes, targets }) => [kind, classes, Array.from(targets)])).toEqual([
      ['binary', ['rye', 'wheat'], [1, 0, NaN]],
      ['binary', ['rye', 'wheat'], [1, 0]],
    ])
  })

  it('says how a decimal comma is mended', async () => {
    expect(await linesOf([at('comma.csv')], options({ target: ['p', 'q'] }))).toEqual([
      'error [invalid-data] comma.csv row 1, column "x": "1,5" has a decimal comma. Read the file with --decimal ,',
    ])
    expect(await linesOf([at('commas.csv')], options({ target: ['p', 'q'] }))).toEqual([
      'error [invalid-data] commas.csv row 1, column "x": "1,5" has a decimal comma. Read the file with --decimal ,',
    ])
  })

  it('reads decimal commas where it is told so', async () => {
    const { data } = await loadData([at('commas.csv')], options({ target: ['p', 'q'], decimal: ',' }))
    expect(data.tasks[0].kind).toBe('regression')
    expect(Array.from(data.tasks[0].inputs.data)[0]).toBe(1.5)
  })

  it('tells what the table of descriptors lacks once, and that it is that table which lacks it', async () => {
    const given = options({ task: 'school', target: ['y'], fill: 'mean', descriptorFile: at('some.csv') })
    expect(await linesOf([at('pupils.csv')], given)).toEqual([
      'error [invalid-data] some.csv has no row for "b", which is in column "school" of pupils.csv',
    ])
  })

  it('takes no identifier and no constant for an input unsaid', async () => {
    const { inputs, notes } = await loadData([at('named.csv')], options({ target: ['p', 'q'] }))
    expect(inputs).toEqual(['x'])
    expect(notes).toEqual([
      'column "sample" is no input, identifier-like: 12 different values in 12 rows; --features takes it all the same',
      'column "unit" is no input, constant; --features takes it all the same',
    ])
    const told = await loadData([at('named.csv')], options({ target: ['p', 'q'], features: ['sample', 'x'] }))
    expect(told.inputs).toEqual(['sample', 'x'])
  })

  it('tells all columns that lack, and the nearest name', async () => {
    const given = options({ task: 'shool', target: ['y'], features: ['sess', 'zz'] })
    expect(await linesOf([at('pupils.csv')], given)).toEqual([
      'error [unknown-column] pupils.csv has no column "shool". Did you mean "school"? Columns: school, sector, ses, w, y',
      'error [unknown-column] pupils.csv has no column "sess". Did you mean "ses"? Columns: school, sector, ses, w, y',
      'error [unknown-column] pupils.csv has no column "zz". Columns: school, sector, ses, w, y',
    ])
    expect(
      await linesOf([at('north.csv'), at('south.csv')], options({ target: ['yield'], features: ['rein'] })),
    ).toEqual([
      'error [unknown-column] north.csv has no column "yield". Columns: rain, crop',
      'error [unknown-column] south.csv has no column "yield". Columns: sun, crop',
      'error [unknown-column] each of the 2 files has no column "rein". Did you mean "rain"? Columns: rain, crop, sun',
    ])
  })

  it('tells all files that cannot be read', async () => {
    expect(
      await linesOf([at('nort.csv'), at('x/y.csv'), at('south.csv')], options({ target: ['crop'] })),
    ).toEqual([
      'error [unreadable-file] there is no file nort.csv. Did you mean north.csv?',
      'error [unreadable-file] there is no file x/y.csv.',
    ])
  })

  it('refuses options that do not go with the layout', async () => {
    expect(await linesOf([at('wide.csv')], options({ target: ['p'], descriptors: ['x'], on: 'x' }))).toEqual([
      'error [invalid-option] one target and no --task make one task, and there is nothing to compare; name the column of tasks with --task, or several targets with --target a,b',
      'error [invalid-option] descriptors describe the tasks of a column; name that column with --task',
      'error [invalid-option] --on names the key of a --descriptor-file, and there is none',
    ])
    expect(
      await linesOf(
        [at('north.csv'), at('south.csv')],
        options({ task: 'a', target: ['crop'], descriptors: ['x'] }),
      ),
    ).toEqual([
      'error [invalid-option] of several files each is a task; leave --task out',
      'error [invalid-option] descriptors need one file and --task; with several files there are none',
    ])
    expect(await linesOf(['dataset:hsb', at('north.csv')], options({ target: [] }))).toEqual([
      'error [invalid-option] dataset:hsb stands alone; it cannot be read together with other files',
    ])
    expect(await linesOf(['dataset:hsb'], options({ target: ['ses'], descriptorFile: 'a.csv' }))).toEqual([
      'error [invalid-option] dataset:hsb describes its columns itself; leave --target out',
      'error [invalid-option] dataset:hsb describes its columns itself; leave --descriptor-file out',
    ])
  })

  it('says that an empty input can be filled', async () => {
    const [line] = await linesOf([at('pupils.csv')], options({ task: 'school', target: ['y'] }))
    expect(line).toContain('pupils.csv row 4, column "ses"')
    expect(line).toContain('--fill mean')
  })
})

describe('loadBuiltIn', () => {
  const table = { school: ['a', 'b'], ses: [1, 2], size: [3, 4], mathach: [5, 6] }
  const description: TableDescription = {
    task: 'school',
    targets: { mathach: 'regression' },
    inputs: ['ses'],
    descriptor: [{ column: 'size' }],
  }
  const hsb = {
    title: 'High School & Beyond',
    taskNoun: 'school',
    description,
    table: () => table,
    data: () => datasetFromTable(table, description),
  }
  const sets = { hsb }

  it('takes a set with its own description', async () => {
    expect(await loadBuiltIn('hsb', () => Promise.resolve(sets))).toMatchObject({
      title: 'High School & Beyond',
      file: 'dataset:hsb',
      layout: 'long',
      taskNoun: 'school',
      rows: 2,
      inputs: ['ses'],
      descriptors: ['size'],
    })
  })

  it('knows its names', async () => {
    await expect(loadBuiltIn('hsp', () => Promise.resolve(sets))).rejects.toThrow(
      'there is no data set "hsp". Did you mean dataset:hsb? Known: hsb',
    )
  })
})
