import { defineAdam } from './adam.ts'
import { defineDense } from './dense.ts'
import { defineRows } from './rows.ts'
import { defineSwapLeading } from './swap-leading.ts'
import { defineTaskDense } from './task-dense.ts'
import { defineTranspose } from './transpose.ts'

let registered = false

/** Makes the kernels of this room known to tfjs, the first time that one is needed: importing has no effects. */
export function registerKernels(): void {
  if (registered) return
  registered = true
  defineTranspose()
  defineDense()
  defineTaskDense()
  defineRows()
  defineSwapLeading()
  defineAdam()
}
