import assert from 'node:assert/strict'
import process from 'node:process'
import { sharedBottom } from '@mtl/architectures'
import { fit, fromJson, toJson } from '@mtl/core'
import type { Json, RealDistribution } from '@mtl/core'
import { useBackend } from '@mtl/core/tensor'
import { chromium } from 'playwright-core'
import { preview } from 'vite'
import type { PageNetwork } from '../src/main.ts'
import { options, related } from '../src/related.ts'

/** Debian's, or another by its path. */
const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const tolerance = 1e-5

const data = related()
await useBackend(['wasm'])
const model = await fit(sharedBottom(options), data, { random: 7 })
const trainedHere = JSON.stringify(toJson(model.toDocument()))

async function means(stored: string): Promise<number[]> {
  const document = fromJson(JSON.parse(stored) as Json)
  const predictions = await sharedBottom(options).restore(document).predict(data)
  return Object.values(predictions).flatMap((prediction) => [...(prediction as RealDistribution).mean])
}

function difference(a: readonly number[], b: readonly number[]): number {
  assert.equal(a.length, b.length)
  return Math.max(...a.map((value, i) => Math.abs(value - b[i])))
}

const server = await preview({ preview: { port: 4318 }, logLevel: 'error' })
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
try {
  const page = await browser.newPage()
  page.setDefaultTimeout(25_000)
  const faults: string[] = []
  page.on('pageerror', (fault) => faults.push(fault.message))
  await page.goto(server.resolvedUrls?.local[0] ?? '')
  const inPage = await page.evaluate(async (stored) => {
    const { network } = globalThis as typeof globalThis & { network: PageNetwork }
    const backend = await network.backend()
    return { backend, predicted: await network.predict(stored), trained: await network.train() }
  }, trainedHere)
  assert.equal(inPage.backend, 'wasm')
  assert.deepEqual(faults, [])

  const here = await means(trainedHere)
  const apart = difference(inPage.predicted, here)
  assert.ok(apart < tolerance, `the page predicts with the model of Node alike, to ${apart}`)
  const trainedApart = difference(await means(inPage.trained), here)
  assert.ok(trainedApart < tolerance, `the page trains alike, to ${trainedApart}`)
  console.log(
    `a model of Node predicts in the page to ${apart}; one trained in the page differs by ${trainedApart}`,
  )
} finally {
  await browser.close()
  await server.close()
}
