import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createRandom, sampleNormal } from '@mtl/core'

export const table = 'pupils.csv'

/** Twelve schools whose pupils' figures rise by slopes of two kinds. */
export async function writeTable(folder: string): Promise<void> {
  const random = createRandom('pupils')
  const rows = Array.from({ length: 12 }, (_, school) =>
    Array.from({ length: 12 }, () => {
      const x = sampleNormal(random)
      const y = (school % 2 === 0 ? 1 : -1) * x + sampleNormal(random)
      return `s${school},${x.toFixed(3)},${y.toFixed(3)}`
    }),
  )
  await writeFile(path.join(folder, table), ['school,ses,mark', ...rows.flat()].join('\n'))
}
