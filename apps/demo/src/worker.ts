import { createRegistry } from '@mtl/core'
import { serve } from '@mtl/workers/browser'

serve(createRegistry())
