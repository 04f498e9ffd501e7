import { createRandom, datasetFromTable, parseCsv } from '@mtl/core'
import { describe, expect, it } from 'vitest'
import { storedModels, useDocument } from './documents.fixture.ts'
import { hostileTable, useTable } from './tables.fixture.ts'
import { endingsOf, figuresOf } from './verdict.fixture.ts'

/** Megabytes by which a suite may grow: far above a case, far below what a leak of its cases would take. */
const memory = 600 * 2 ** 20

describe('hostile input', () => {
  it('ends 10,000 tables in an answer or in an error of the library', { timeout: 240_000 }, async () => {
    const seed = (index: number): string => `table ${index}`
    const endings = await endingsOf(
      10_000,
      (index) => useTable(seed(index)),
      (index) => JSON.stringify(hostileTable(createRandom(seed(index)))),
    )
    console.log(figuresOf('tables', endings))
    expect(endings.foreign).toEqual([])
    expect(endings.results).toBeGreaterThan(500)
    expect(endings.growth).toBeLessThan(memory)
  })

  it(
    'ends 10,000 stored models in an answer or in an error of the library',
    { timeout: 240_000 },
    async () => {
      const stored = await storedModels()
      const endings = await endingsOf(
        10_000,
        (index) => useDocument(`document ${index}`, stored),
        (index) => `document ${index}`,
      )
      console.log(figuresOf('documents', endings))
      expect(endings.foreign).toEqual([])
      expect(endings.results).toBeGreaterThan(500)
      expect(endings.growth).toBeLessThan(memory)
      expect({}).not.toHaveProperty('polluted')
    },
  )

  it('reads 10,000 columns, and says of 10,000 lacking ones what lacks', () => {
    const names = Array.from({ length: 10_000 }, (_, j) => `x${j}`)
    const lines = ['school', 'a', 'b'].map((school, i) => [
      school,
      ...names.map((name) => (i === 0 ? name : '1')),
    ])
    const columns = parseCsv(lines.map((cells) => cells.join(',')).join('\n'))
    const [first, ...inputs] = names
    const description = { task: 'school', targets: { [first]: 'regression' as const }, inputs }
    expect(datasetFromTable(columns, description).tasks).toHaveLength(2)
    const lacking = { ...description, inputs: inputs.map((name) => `${name}?`) }
    expect(() => datasetFromTable(columns, lacking)).toThrow(/has no column/)
  })
})
