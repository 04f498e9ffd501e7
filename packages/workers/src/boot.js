// Beside the source alone: a thread reads TypeScript only after it has registered tsx itself.
import { register } from 'tsx/esm/api'

register()
const { default: run } = await import('./worker.ts')

export default run
