import { createRandom, datasetFromTable, parseCsv, sampleNormal } from '@mtl/core'
import papaparse from 'papaparse'
import { secondsOfPair } from './time.ts'
import type { Row } from './rows.ts'

const rows = 100_000

/** Reading a table of 100,000 rows: text to columns to tasks, against papaparse alone, which stops at rows of text. */
export async function benchCsv(): Promise<readonly Row[]> {
  const text = table()
  const bare = (): unknown => papaparse.parse(text, { header: false, skipEmptyLines: true })
  const parsed = await secondsOfPair(() => parseCsv(text), bare)
  const read = await secondsOfPair(
    () =>
      datasetFromTable(parseCsv(text), {
        task: 'school',
        targets: { y: 'regression' },
        inputs: ['x1', 'x2', 'x3', 'kind'],
      }),
    bare,
  )
  return [
    { what: `parseCsv, ${rows} rows of 6 cells`, pair: parsed },
    { what: 'parseCsv and datasetFromTable, the same', pair: read },
  ].map(({ what, pair: { ours, theirs, ratio } }) => ({
    what,
    seconds: ours,
    rate: `${Math.round(rows / ours / 1000)} thousand rows/s`,
    against: `papaparse ${theirs.toFixed(3)} s`,
    ratio,
  }))
}

function table(): string {
  const random = createRandom('csv')
  const number = (): string => sampleNormal(random).toFixed(4)
  const line = (i: number): string =>
    [`school ${i % 500}`, number(), number(), number(), number(), ['city', 'town', 'country'][i % 3]].join(
      ',',
    )
  return ['school,y,x1,x2,x3,kind', ...Array.from({ length: rows }, (_, i) => line(i))].join('\n')
}
