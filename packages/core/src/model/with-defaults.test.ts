import { expect, it } from 'vitest'
import { withDefaults } from './with-defaults.ts'

it('takes the default where an option is absent or undefined, and keeps null, zero and false', () => {
  const defaults: { steps: number; tree: string | null; noise: boolean } = {
    steps: 5,
    tree: 'a',
    noise: true,
  }
  expect(withDefaults(defaults, { steps: undefined })).toEqual(defaults)
  expect(withDefaults(defaults, { steps: 0, tree: null, noise: false })).toEqual({
    steps: 0,
    tree: null,
    noise: false,
  })
  expect(defaults.steps).toBe(5)
})
