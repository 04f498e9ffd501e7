import { expect, it } from 'vitest'
import { regularNoun } from './nouns.ts'

it('takes words for nouns whose plural an s makes, and no others', () => {
  expect(['school', 'Person', 'site'].map(regularNoun)).toEqual(['school', 'person', 'site'])
  expect(['person_id', 'county', 'class', 'box', 'branch', 'Schule 1', ''].map(regularNoun)).toEqual(
    Array.from({ length: 7 }, () => undefined),
  )
})
