import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = path.join(root, 'docs')
const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.md'),
)

/** Code that a page says is from a file: `<!-- from FILE -->`, then a block. */
const quoted = pages.flatMap((page) => {
  const text = readFileSync(path.join(folder, page), 'utf8')
  return [...text.matchAll(/<!-- from (\S+) -->\s*```\w*\n([\s\S]*?)\n```/g)].map(([, file, code]) => ({
    page,
    file,
    code,
  }))
})

/** Without the margin and the line ends that a formatter may set otherwise. */
const bare = (code: string): string => code.replace(/\s+/g, ' ').trim()

describe('the pages of the documentation', () => {
  it.each(quoted)('$page quotes $file as it is', ({ file, code }) => {
    expect(bare(readFileSync(path.join(root, file), 'utf8'))).toContain(bare(code))
  })

  it.each(pages)('%s links to files that exist', (page) => {
    const text = readFileSync(path.join(folder, page), 'utf8')
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, target]) => target)
    const place = path.join(folder, path.dirname(page))
    const missing = links.filter((target) => !existsIn(place, target))
    expect(missing).toEqual([])
  })
})

function existsIn(place: string, target: string): boolean {
  try {
    readFileSync(path.join(place, target))
    return true
  } catch {
    return false
  }
}
