import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readTable } from './read-table.ts'

describe('readTable', () => {
  let folder = ''
  const at = (name: string): string => path.join(folder, name)

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mtl-cli-'))
    await writeFile(at('pupils.csv'), '\ufeffschool,ses\na,0.5\n')
    await writeFile(at('pupils.csv.gz'), gzipSync('school,ses\na,0.5\n'))
    await writeFile(at('latin.csv'), Buffer.from('school,ses\n\xe9,0.5\n', 'latin1'))
    await writeFile(at('broken.csv.gz'), gzipSync('school,ses\na,0.5\n').subarray(0, 20))
    await writeFile(at('empty.csv'), '\n')
    await writeFile(at('header.csv'), 'school,ses\n')
    await writeFile(at('open.csv'), 'school,ses\n"a,0.5\n')
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('reads text with a byte order mark, and compressed text', async () => {
    for (const name of ['pupils.csv', 'pupils.csv.gz'])
      expect((await readTable(at(name))).columns).toMatchObject({ school: ['a'], ses: ['0.5'] })
  })

  it('says what is wrong with a file that cannot be read', async () => {
    const unreadable = (name: string, words: string): Promise<void> =>
      expect(readTable(at(name))).rejects.toMatchObject({
        code: 'unreadable-file',
        message: expect.stringContaining(words) as string,
      })
    await unreadable('pupil.csv', `there is no file ${at('pupil.csv')}. Did you mean ${at('pupils.csv')}?`)
    await unreadable('', 'is a directory')
    await unreadable('latin.csv', 'is not text in UTF-8')
    await unreadable('broken.csv.gz', 'is not a whole gzip file')
    await unreadable('nowhere/else.csv', 'there is no file')
  })

  it.each([
    ['open.csv', ' row 1 has a quote that is never closed'],
    ['empty.csv', ': the table is empty: it needs a header, then rows'],
    ['header.csv', ' has a header and no rows'],
  ])('names the file in what is wrong with its text: %s', async (name, words) => {
    await expect(readTable(at(name))).rejects.toMatchObject({
      code: 'invalid-data',
      message: at(name) + words,
    })
  })
})
