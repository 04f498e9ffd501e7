import { serve } from '@mtl/workers/node'
import { createCliRegistry } from './registry.ts'

serve(createCliRegistry())
