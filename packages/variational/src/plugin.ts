import { definePlugin } from '@mtl/core'
import type { Plugin } from '@mtl/core'
import { foldWork } from './choose-rule.ts'
import { variational } from './variational.ts'

/** Variational multi-task learning. */
export const variationalPlugin: Plugin = definePlugin({
  name: '@mtl/variational',
  version: '1.0.0',
  estimators: { variational },
  works: { [foldWork.name]: foldWork },
})
