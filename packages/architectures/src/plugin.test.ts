import { createRegistry } from '@mtl/core'
import { describe, expect, it } from 'vitest'
import { architecturesPlugin } from './plugin.ts'

const registry = createRegistry(architecturesPlugin)
const names = Object.keys(architecturesPlugin.estimators ?? {})

describe('the plugin', () => {
  it.each(names)(
    'makes %s by its name, without options and with all that it lists, as plain JSON',
    (name) => {
      const { options } = registry.estimator(name)
      const read = JSON.parse(JSON.stringify(options)) as typeof options
      expect(registry.estimator(name, read).options).toEqual(options)
    },
  )

  it.each(names)('makes %s with a loss by its name', (name) => {
    const heads = { losses: { price: 'heteroscedastic' } }
    expect(registry.estimator(name, { heads }).options.heads).toMatchObject(heads)
    expect(() => registry.estimator(name, { heads: { losses: { price: 'hubber' } } })).toThrow(/heads.losses/)
  })

  it.each(names)('refuses an option that %s does not know, in the trainer and the heads too', (name) => {
    for (const options of [{ unknown: 1 }, { trainer: { unknown: 1 } }, { heads: { unknown: 1 } }])
      expect(() => registry.estimator(name, options)).toThrow(
        expect.objectContaining({ code: 'invalid-option' }),
      )
  })
})
