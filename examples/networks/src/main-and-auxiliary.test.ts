import { expect, it, vi } from 'vitest'

it('says whether the auxiliary task helps', async () => {
  const lines: string[] = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line))
  await import('./main-and-auxiliary.ts')
  vi.restoreAllMocks()
  const losses = lines.slice(1).map((line) => Number(line.slice(38)))
  expect(losses).toHaveLength(4)
  const [alone, ...together] = losses
  for (const loss of together) expect(loss).toBeLessThan(alone)
}, 120_000)
