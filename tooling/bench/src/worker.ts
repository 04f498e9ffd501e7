import { createRegistry } from '@mtl/core'
import { serve } from '@mtl/workers/node'

serve(createRegistry())
