import { describe, expect, it } from 'vitest'
import { commandWith } from './command-line.ts'

describe('commandWith', () => {
  const args = ['compare', 'my pupils.csv', '--task', 'school', '--time-limit=60', '--splits', '5']

  it('takes options away and sets others anew', () => {
    expect(commandWith(args, { '--time-limit': undefined, '--splits': '20' })).toBe(
      "mtl compare 'my pupils.csv' --task school --splits 20",
    )
  })

  it('quotes what a shell would take apart', () => {
    expect(commandWith(["it's"], {})).toBe(`mtl 'it'\\''s'`)
  })
})
