import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Registry } from '@mtl/core'

/** This package's version; `src` and `dist` stand at the same depth. */
export async function ownVersion(): Promise<string> {
  return versionIn(new URL('../package.json', import.meta.url))
}

/** Versions of this package and of all that methods come from, by the name of the package. */
export async function packageVersions({ plugins }: Registry): Promise<Record<string, string>> {
  const versions: Record<string, string> = { '@mtl/cli': await ownVersion() }
  for (const { name, version } of plugins) versions[name] = version
  return versions
}

async function versionIn(file: URL): Promise<string> {
  const { version } = JSON.parse(await readFile(fileURLToPath(file), 'utf8')) as { version: string }
  return version
}
