import { MtlError, createRegistry } from '@mtl/core'
import type { Plugin, Registry } from '@mtl/core'

/** Packages whose methods are on offer wherever they are installed. */
const packages: Readonly<Record<string, () => Promise<object>>> = {
  '@mtl/clustering': () => import('@mtl/clustering'),
  '@mtl/hierarchy': () => import('@mtl/hierarchy'),
  '@mtl/sparse': () => import('@mtl/sparse'),
  '@mtl/variational': () => import('@mtl/variational'),
}

/**
 * Packages whose methods are networks. They take half a second to load and minutes to compare, so they are loaded only
 * where a method of theirs is named; what they are called is known before.
 */
const onDemand: Readonly<Record<string, OnDemand>> = {
  '@mtl/architectures': {
    load: () => import('@mtl/architectures'),
    names: async () => (await import('@mtl/architectures/names')).architectureNames,
  },
}

interface OnDemand {
  readonly load: () => Promise<object>
  readonly names: () => Promise<readonly string[]>
}

/** What can be named, and what could be if its package were loaded. */
export interface CliRegistry extends Registry {
  /** The methods of installed packages that are not loaded, by package. */
  readonly unloaded: Readonly<Record<string, readonly string[]>>
}

/** A plugin that the configuration names, and the module that it was found to be: plain data, for a worker. */
export interface NamedPlugin {
  /** As it was written. */
  readonly name: string
  /** Absent: one of the packages above that only this program knows a copy of. */
  readonly url?: string
}

/** Whether a name is one of the packages that need not be named. */
export function isKnownPackage(name: string): boolean {
  return knownPackages.includes(name)
}

export const knownPackages: readonly string[] = [...Object.keys(packages), ...Object.keys(onDemand)]

/** The plugins, and the packages of these methods that are loaded only where one is named. */
export async function pluginsWith(
  named: readonly NamedPlugin[],
  methods: readonly string[] | 'all' = [],
): Promise<NamedPlugin[]> {
  const absent = await absentMethods(named)
  const wanted = Object.keys(absent).filter(
    (name) => methods === 'all' || absent[name].some((method) => methods.includes(method)),
  )
  return [...named, ...wanted.map((name) => ({ name }))]
}

/** Methods of installed packages that are not among the plugins and load on demand, by package. */
async function absentMethods(named: readonly NamedPlugin[]): Promise<CliRegistry['unloaded']> {
  const taken = new Set(named.map(({ name }) => name))
  const found = await Promise.all(
    Object.entries(onDemand)
      .filter(([name]) => !taken.has(name))
      .map(async ([name, { names }]) => [name, (await whereInstalled(name, names)) ?? []] as const),
  )
  return Object.fromEntries(found.filter(([, methods]) => methods.length > 0))
}

/**
 * Everything that can be named on the command line: core's, that of the packages which are installed, and that of the
 * plugins named, which stand in for a package of the same name. What loads on demand must be among those (`pluginsWith`).
 * @throws MtlError 'cli/broken-plugin', 'unknown-name' for one that is not there, 'duplicate-name'
 */
export async function createCliRegistry(named: readonly NamedPlugin[] = []): Promise<CliRegistry> {
  const found = new Map<string, Plugin>()
  const installed = await Promise.all(Object.keys(packages).map((name) => installedPlugin(name)))
  const own = await Promise.all(named.map((plugin) => namedPlugin(plugin)))
  for (const plugin of [...installed, ...own]) if (plugin !== undefined) found.set(plugin.name, plugin)
  return { ...createRegistry(...found.values()), unloaded: await absentMethods(named) }
}

/** The plugin of a known package; undefined where that is not installed. @throws MtlError 'cli/broken-plugin' */
export async function installedPlugin(name: string): Promise<Plugin | undefined> {
  return pluginOf(name, () => whereInstalled(name, packages[name] ?? onDemand[name].load))
}

/** Undefined where the package is not installed. */
async function whereInstalled<Found>(name: string, load: () => Promise<Found>): Promise<Found | undefined> {
  try {
    return await load()
  } catch (error) {
    if (isMissing(error, name)) return undefined
    throw error
  }
}

/** @throws MtlError 'cli/broken-plugin', 'unknown-name' */
export async function namedPlugin({ name, url }: NamedPlugin): Promise<Plugin> {
  const plugin =
    url === undefined
      ? await installedPlugin(name)
      : await pluginOf(name, () => import(/* @vite-ignore */ url) as Promise<object>)
  if (plugin !== undefined) return plugin
  throw new MtlError('unknown-name', `the plugin ${name} is not installed: npm install ${name}`, { name })
}

async function pluginOf(name: string, load: () => Promise<object | undefined>): Promise<Plugin | undefined> {
  const exported = await load().catch((error: unknown) => {
    const why = error instanceof Error ? error.message.split('\n', 1)[0] : String(error)
    throw broken(name, `cannot be loaded: ${why}`, error)
  })
  if (exported === undefined) return undefined
  const plugin = Object.values(exported).find(isPlugin)
  if (plugin !== undefined) return plugin
  throw broken(name, 'exports no plugin, a value made by definePlugin')
}

function broken(name: string, what: string, cause?: unknown): MtlError {
  const message = `the plugin ${name} ${what}. Install it anew, or take it away`
  return new MtlError('cli/broken-plugin', message, { name }, { cause })
}

function isPlugin(value: unknown): value is Plugin {
  if (typeof value !== 'object' || value === null) return false
  const { name, version, ...parts } = value as Partial<Plugin>
  const lists = [parts.estimators, parts.weightings, parts.metrics, parts.works]
  return typeof name === 'string' && typeof version === 'string' && lists.some((part) => part !== undefined)
}

/** Whether the package itself is not there: one that it needs is another matter. */
function isMissing(error: unknown, name: string): boolean {
  const { code, message } = error as NodeJS.ErrnoException
  return code === 'ERR_MODULE_NOT_FOUND' && message.includes(`'${name}'`)
}
