import { clusteringPlugin } from '@mtl/clustering'
import { createRegistry } from '@mtl/core'
import type { Registry } from '@mtl/core'
import { sparsePlugin } from '@mtl/sparse'

/** Every method that the page offers, for itself and for its workers. */
export const registry: Registry = createRegistry(clusteringPlugin, sparsePlugin)

/** What every comparison holds. */
export const baselines: readonly string[] = ['single-task', 'pooled']

/** Chosen to begin with: quick, and at home on most data. */
export const chosenFirst: readonly string[] = ['mean-regularised', 'task-mean']
