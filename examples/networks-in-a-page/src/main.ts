/** A page that trains a shared bottom, and predicts with one that was trained elsewhere. */
import { sharedBottom } from '@mtl/architectures'
import { fit, fromJson, toJson } from '@mtl/core'
import type { Dataset, Json, RealDistribution } from '@mtl/core'
import { useBackend } from '@mtl/core/tensor'
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url'
import threaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url'
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url'
import { options, related } from './related.ts'

setWasmPaths({
  'tfjs-backend-wasm.wasm': plain,
  'tfjs-backend-wasm-simd.wasm': simd,
  'tfjs-backend-wasm-threaded-simd.wasm': threaded,
})

/** Predicted means of all tasks, in order. */
async function means(stored: string, data: Dataset): Promise<number[]> {
  const document = fromJson(JSON.parse(stored) as Json)
  const predictions = await sharedBottom(options).restore(document).predict(data)
  return Object.values(predictions).flatMap((prediction) => [...(prediction as RealDistribution).mean])
}

/** What the page offers. */
export interface PageNetwork {
  readonly backend: () => Promise<string>
  /** Means that a stored model predicts for the rows of this example. */
  readonly predict: (stored: string) => Promise<number[]>
  /** A model of the page's own, as it is stored. */
  readonly train: () => Promise<string>
}

const network: PageNetwork = {
  backend: () => useBackend(['wasm']),
  predict: (stored) => means(stored, related()),
  async train() {
    const model = await fit(sharedBottom(options), related(), { random: 7 })
    return JSON.stringify(toJson(model.toDocument()))
  },
}
;(globalThis as typeof globalThis & { network?: PageNetwork }).network = network
