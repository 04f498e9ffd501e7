import { describe, expect, it } from 'vitest'
import { chartStyles } from './chart-styles.ts'

/** Custom properties of the light theme, the dark one and that of print, as the style sheet has them. */
function themes(): { light: Map<string, string>; dark: Map<string, string>; print: Map<string, string> } {
  const blocks = [...chartStyles.matchAll(/:root\{([^}]*)\}/g)].map(
    ([, block]) =>
      new Map([...block.matchAll(/--(\w+):(#[\da-f]{6})/g)].map(([, name, colour]) => [name, colour])),
  )
  const [light, dark, print] = blocks
  return { light, dark, print }
}

/** Relative luminance and contrast of WCAG 2.2. */
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((from) => {
    const share = parseInt(colour.slice(from, from + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (high + 0.05) / (low + 0.05)
}

const { light, dark, print } = themes()

describe.each([
  ['light', light],
  ['dark', dark],
])('the %s theme', (_, theme) => {
  const ratio = (name: string, behind: string): number =>
    contrast(theme.get(name) ?? '', theme.get(behind) ?? '')

  it('has text of 4.5 on page and panel', () => {
    for (const name of ['ink', 'muted', 'accent', 'help', 'hurt', 'even'])
      for (const behind of ['bg', 'panel'])
        expect(ratio(name, behind), `${name} on ${behind}`).toBeGreaterThanOrEqual(4.5)
  })

  it('has marks of 3 on the page', () => {
    for (const name of ['axis', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6'])
      expect(ratio(name, 'bg'), name).toBeGreaterThanOrEqual(3)
  })

  it('has figures of 4.5 in the cells of a scale that is printed', () => {
    for (let k = 0; k <= 10; k++)
      expect(ratio(k < 2 || k > 8 ? 'bg' : 'ink', `d${k}`), `d${k}`).toBeGreaterThanOrEqual(4.5)
    for (let k = 0; k < 7; k++)
      expect(
        ratio(['ink', 'ink', 'ink', 'mid3', 'mid4', 'bg', 'bg'][k], `s${k}`),
        `s${k}`,
      ).toBeGreaterThanOrEqual(4.5)
  })
})

describe('print', () => {
  it('has the colours of light', () => {
    expect(print).toEqual(light)
  })
})
