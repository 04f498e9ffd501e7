import { clusteringPlugin } from '@mtl/clustering'
import { createRegistry } from '@mtl/core'
import type { Plugin, Registry } from '@mtl/core'
import { sparsePlugin } from '@mtl/sparse'

/** Packages whose methods the commands offer beside those of core. */
const plugins: readonly Plugin[] = [clusteringPlugin, sparsePlugin]

/** Everything that can be named on the command line. */
export function createCliRegistry(): Registry {
  return createRegistry(...plugins)
}
