import { expect, it, vi } from 'vitest'

it('shows the tree of schools and what it weighs', async () => {
  const lines: string[] = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line))
  await import('./tree-of-schools.ts')
  vi.restoreAllMocks()
  expect(lines[0]).toMatch(/Share of the trees in predictions: \d+ %/)
  expect(lines.at(-1)).toMatch(/Of \d+ pairs of schools that join first of all, \d+ are of one sector/)
}, 60_000)
