#!/usr/bin/env node
import { existsSync } from 'node:fs'
import { register } from 'node:module'
import process from 'node:process'
import { URL } from 'node:url'

// The published package has no `src`. In the workspace there is no build between a change and its effect:
// tsx reads TypeScript, and the second hook resolves the other packages to their source.
const source = new URL('../src/main.ts', import.meta.url)
const inWorkspace = existsSync(source)
if (inWorkspace) {
  const tsx = await import('tsx/esm/api')
  tsx.register()
  register(
    'data:text/javascript,' +
      encodeURIComponent(`export const resolve = (specifier, context, next) =>
        next(specifier, { ...context, conditions: ['@mtl/source', ...context.conditions] })`),
  )
}
const { main } = await import(inWorkspace ? source.href : '../dist/main.js')
process.exitCode = await main(process.argv.slice(2))
