import assert from 'node:assert/strict'
import process from 'node:process'
import { chromium } from 'playwright-core'
import type { Page } from 'playwright-core'
import { preview } from 'vite'

/** Debian's, or another by its path. */
const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
/** Twelve groups of thirty rows: y is twice x and a level of the group's own; z is noise. */
const rows = Array.from({ length: 360 }, (_, i) => [
  `g${i % 12}`,
  2 * (i % 7) + (i % 12) / 3 + (((i * 37) % 11) - 5) / 9,
  i % 7,
])
const csv = ['group,y,x', ...rows.map((row) => row.join(','))].join('\n')

/** The page in a browser: verdict and pictures, progress, a stop, a file of one's own, a phone. */
async function smoke(page: Page, address: string): Promise<void> {
  const faults: string[] = []
  page.on('pageerror', (fault) => faults.push(fault.message))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  await page.goto(address)

  await compared(page)
  assert.match(await page.innerText('#result h2'), /^Learn these 160 schools together: yes/)
  assert.equal(await page.locator('.methods tbody tr').count(), 4)
  assert.ok((await page.locator('#gains svg.chart:visible').count()) >= 2)
  assert.ok((await page.locator('#learnt svg.chart:visible').count()) >= 2)
  assert.match((await page.getAttribute('#save', 'href')) ?? '', /^blob:/)

  // A wait for what may be gone again before it is seen would hang: the stop is what must be seen.
  await page.check('input[value="task-clustering"]')
  await page.click('#run')
  await page.waitForFunction(() => (document.querySelector('#status')?.textContent ?? '').includes(' fits'))
  await page.click('#stop')
  await page.waitForFunction(() => /^Stopped/.test(document.querySelector('#status')?.textContent ?? ''))
  assert.equal(await page.isVisible('#result'), false)
  await page.uncheck('input[value="task-clustering"]')
  await compared(page)

  await page.setInputFiles('#file', { name: 'groups.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) })
  await page.waitForSelector('#columns:not([hidden])')
  assert.equal(await page.isVisible('#result'), false, 'the verdict of other data is gone')
  await page.selectOption('#task', '')
  await page.click('#run')
  await page.waitForSelector('#error:not(:empty)')
  assert.match(await page.innerText('#error'), /choose a task column/)
  await page.selectOption('#task', 'group')
  await compared(page)
  assert.match(await page.innerText('#result h2'), /^Learn these 12 tasks together/)
  await page.selectOption('#targets', ['y', 'x'])
  assert.equal(await page.isVisible('#result'), false, 'the verdict on other columns is gone')
  await compared(page)

  await page.setViewportSize({ width: 390, height: 844 })
  assert.equal(
    await page.evaluate(() => document.documentElement.scrollWidth),
    390,
    'nothing runs over a phone',
  )
  for (const cell of await page.locator('.methods td.fig').all())
    assert.ok(await cell.isVisible(), 'gains are seen')
  assert.deepEqual(faults, [])
}

async function compared(page: Page): Promise<void> {
  await page.click('#run')
  await page.waitForSelector('#result:not([hidden]) .methods')
}

// The page as it is published: built before.
const server = await preview({ preview: { port: 4317 }, logLevel: 'error' })
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
try {
  const page = await browser.newPage({ viewport: { width: 1100, height: 900 } })
  page.setDefaultTimeout(25_000)
  await smoke(page, server.resolvedUrls?.local[0] ?? '')
  console.log('the page compares, draws, stops, reads a file and fits a phone')
} finally {
  await browser.close()
  await server.close()
}
