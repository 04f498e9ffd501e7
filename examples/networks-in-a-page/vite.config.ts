import { fileURLToPath } from 'node:url'
import type { UserConfig } from 'vite'

const tensors = fileURLToPath(new URL('./src/tensors.ts', import.meta.url))

const config: UserConfig = {
  resolve: {
    // What networks use of tfjs is its core: without this line the page has layers, loaders and WebGL besides, 200 kB more.
    alias: [{ find: /^@tensorflow\/tfjs$/, replacement: tensors }],
    conditions: ['@mtl/source', 'module', 'browser', 'development|production'],
  },
  // The binary stays a file of its own.
  build: { target: 'es2022', assetsInlineLimit: 0 },
}

export default config
