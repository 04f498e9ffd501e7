import { expect, it, vi } from 'vitest'

it('finds and shows kinds of schools', async () => {
  const lines: string[] = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line))
  await import('./schools.ts')
  vi.restoreAllMocks()
  expect(lines.filter((line) => line.includes('BIC'))).toHaveLength(3)
  expect(lines.find((line) => line.startsWith('cluster 3:'))).toMatch(/% Catholic/)
  expect(lines.at(-1)).toMatch(/a school never seen: \d+\.\d points/)
})
