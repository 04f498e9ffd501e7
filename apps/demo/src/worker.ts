import { serve } from '@mtl/workers/browser'
import { registry } from './methods.ts'

serve(registry)
