import { textWidth } from '../text/label.ts'
import type { Text } from './marks.ts'

interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

const font = 12
/** Six places about a point, tried in this order: right, left, above and below. */
const places: readonly (readonly [dx: number, dy: number, side: 'right' | 'left'])[] = [
  [8, -6, 'right'],
  [-8, -6, 'left'],
  [8, 14, 'right'],
  [-8, 14, 'left'],
  [8, 26, 'right'],
  [8, -19, 'right'],
]

/** Each name at the first of six places that hits no marker, no earlier name and no border; none free, no name: the table has it. */
export function placeLabels(
  names: readonly Text[],
  marks: readonly { readonly x: number; readonly y: number; readonly radius: number }[],
  within: Box,
): Text[] {
  const taken: Box[] = marks.map(({ x, y, radius }) => ({
    left: x - radius,
    right: x + radius,
    top: y - radius,
    bottom: y + radius,
  }))
  const placed: Text[] = []
  for (const { x, y, text } of names) {
    const width = textWidth(text, font)
    for (const [dx, dy, side] of places) {
      const left = x + dx - (side === 'left' ? width : 0)
      const box = { left, right: left + width, top: y + dy - 10, bottom: y + dy + 3 }
      if (!inside(box, within) || taken.some((other) => overlap(box, other))) continue
      taken.push(box)
      placed.push({ x: left, y: y + dy, text })
      break
    }
  }
  return placed
}

function inside(box: Box, within: Box): boolean {
  return (
    box.left >= within.left &&
    box.right <= within.right &&
    box.top >= within.top &&
    box.bottom <= within.bottom
  )
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}
