import { createRegistry } from '@mtl/core'
import { serve } from './serve.ts'
import { testPlugin } from './plugin.fixture.ts'

serve(createRegistry(testPlugin))
