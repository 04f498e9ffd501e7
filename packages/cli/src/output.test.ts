import { describe, expect, it } from 'vitest'
import { writeAll } from './output.ts'

describe('writeAll', () => {
  it('waits for a reader that is slower, and keeps the order', async () => {
    const written: string[] = []
    let waiting: (() => void) | undefined
    let most = 0
    const sink = {
      write(text: string) {
        expect(waiting).toBeUndefined()
        written.push(text)
        most = Math.max(most, text.length)
        return false
      },
      once(_event: 'drain', listener: () => void) {
        waiting = listener
        setTimeout(() => {
          waiting = undefined
          listener()
        })
      },
    }
    const pieces = Array.from({ length: 300 }, (_, i) => `${i},`.padStart(1000))
    await writeAll(sink, pieces)
    expect(written.join('')).toBe(pieces.join(''))
    expect(written.length).toBeGreaterThan(3)
    expect(most).toBeLessThan(70_000)
  })
})
