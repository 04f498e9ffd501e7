import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { MtlError, nearest } from '@mtl/core'
import { isKnownPackage, knownPackages } from '../registry.ts'
import type { NamedPlugin } from '../registry.ts'
import type { Config } from './read.ts'

/** The modules of the plugins that a configuration names. @throws MtlError 'unknown-name' */
export function pluginsOf({ settings, folder, file }: Config): NamedPlugin[] {
  return (settings.plugins ?? []).map((name) => resolvePlugin(name, folder, file))
}

/**
 * The module of a package or path, found from a folder; a package of this project may be the copy beside this program.
 * @throws MtlError 'unknown-name' where there is none
 */
export function resolvePlugin(name: string, folder: string, file: string): NamedPlugin {
  const require = createRequire(path.join(folder, 'any.js'))
  try {
    return { name, url: pathToFileURL(require.resolve(name)).href }
  } catch (error) {
    const found = (error as NodeJS.ErrnoException).code === 'ERR_PACKAGE_PATH_NOT_EXPORTED'
    const url = found ? importedFile(name, require.resolve.paths(name) ?? []) : undefined
    if (url !== undefined) return { name, url }
    if (isKnownPackage(name)) return { name }
    throw new MtlError(
      'unknown-name',
      `${file} names the plugin ${name}, ${remedy(name)}`,
      { name },
      { cause: error },
    )
  }
}

function remedy(name: string): string {
  if (/^[./]/.test(name)) return 'and there is no such file'
  const meant = nearest(name, knownPackages).at(0)
  const hint = meant === undefined ? '' : `. Did you mean ${meant}?`
  return `which is not installed where that file is: npm install ${name}${hint}`
}

/** The main module of a package that has one for `import` alone, which `require.resolve` does not see. */
function importedFile(name: string, folders: readonly string[]): string | undefined {
  for (const folder of folders) {
    const root = path.join(folder, name)
    try {
      const { exports } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
        exports?: unknown
      }
      const target = targetOf((exports as Record<string, unknown> | undefined)?.['.'] ?? exports)
      return target === undefined ? undefined : pathToFileURL(path.join(root, target)).href
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
  return undefined
}

/** The first condition in order that holds for an import, as Node takes them. */
function targetOf(entry: unknown): string | undefined {
  if (typeof entry === 'string') return entry
  if (typeof entry !== 'object' || entry === null) return undefined
  for (const [condition, target] of Object.entries(entry)) {
    if (!['import', 'node', 'default'].includes(condition)) continue
    const found = targetOf(target)
    if (found !== undefined) return found
  }
  return undefined
}
