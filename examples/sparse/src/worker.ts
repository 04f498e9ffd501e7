import { createRegistry } from '@mtl/core'
import { sparsePlugin } from '@mtl/sparse'
import { serve } from '@mtl/workers/node'

serve(createRegistry(sparsePlugin))
