import { serve } from '@mtl/workers/node'
import { createCliRegistry } from './registry.ts'
import type { NamedPlugin } from './registry.ts'

const plugins = new URL(import.meta.url).searchParams.get('plugins') ?? '[]'
serve(await createCliRegistry(JSON.parse(plugins) as NamedPlugin[]))
