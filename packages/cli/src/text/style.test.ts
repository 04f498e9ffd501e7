import { describe, expect, it } from 'vitest'
import { paint, styleFor } from './style.ts'

describe('styleFor', () => {
  it('colours a terminal, and neither a pipe nor where NO_COLOR is set', () => {
    const terminal = { isTTY: true, columns: 120 }
    expect(paint('helps', 'help', styleFor(terminal, {}))).toBe('\u001b[94mhelps\u001b[0m')
    expect(paint('helps', 'help', styleFor({}, {}))).toBe('helps')
    expect(paint('helps', 'help', styleFor(terminal, { NO_COLOR: '1' }))).toBe('helps')
    expect(paint('helps', 'help', styleFor(terminal, { TERM: 'dumb' }))).toBe('helps')
  })

  it('uses the width of a terminal, at least 80, and 80 elsewhere', () => {
    expect(styleFor({ isTTY: true, columns: 120 }, {}).width).toBe(120)
    expect(styleFor({ isTTY: true, columns: 40 }, {}).width).toBe(80)
    expect(styleFor({ columns: 120 }, {}).width).toBe(80)
  })

  it('draws with ASCII where a locale is named that is not UTF-8', () => {
    expect(styleFor({}, { LANG: 'C' }).symbols.helps).toBe('+')
    expect(styleFor({}, { LANG: 'C', LC_ALL: 'en_GB.UTF-8' }).symbols.helps).toBe('▲')
    expect(styleFor({}, {}).symbols.helps).toBe('▲')
  })
})
