import { createRegistry } from '@mtl/core'
import type { Plugin, Registry } from '@mtl/core'

/** Packages whose methods the commands offer beside those of core. */
const plugins: readonly Plugin[] = []

/** Everything that can be named on the command line. */
export function createCliRegistry(): Registry {
  return createRegistry(...plugins)
}
