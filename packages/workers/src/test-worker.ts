import { createRegistry } from '@mtl/core'
import { serve } from './serve.ts'
import { testPlugin } from './test-plugin.ts'

serve(createRegistry(testPlugin))
