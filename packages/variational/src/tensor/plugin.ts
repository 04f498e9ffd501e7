import { definePlugin } from '@mtl/core'
import type { Plugin } from '@mtl/core'
import { variationalNetwork } from './variational-network.ts'

/** Variational multi-task learning above a shared encoder. */
export const variationalNetworkPlugin: Plugin = definePlugin({
  name: '@mtl/variational/tensor',
  version: '1.0.0',
  estimators: { 'variational-network': variationalNetwork },
})
