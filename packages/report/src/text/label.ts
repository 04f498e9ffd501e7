/** Names longer than this end in an ellipsis; the table has them whole. */
const longestLabel = 24

/** A name as a chart shows it: its beginning, with an ellipsis where it goes on; on one line. */
export function shorten(text: string, length: number = longestLabel): string {
  const characters = Array.from(text.replace(/[\s\p{Cc}]+/gu, ' '))
  return characters.length <= length ? characters.join('') : `${characters.slice(0, length - 1).join('')}…`
}

// Widths as shares of the size of the font, on the wide side of the usual fonts.
const narrow = /[iIjl.,:;'|!()[\]/ ftr]/u
const wide = /[mwMWÆŒ@%—]/u
const tall = /[A-Z+=<>~#&…]/u
// Letters of CJK scripts and pictures take the whole square.
const square =
  /[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]|\p{Extended_Pictographic}/u

/** About how wide a text is, in pixels, rather more than less: there is nothing to measure with where reports are written. */
export function textWidth(text: string, size = 13): number {
  let width = 0
  for (const character of text) width += widthOf(character)
  return width * size
}

function widthOf(character: string): number {
  if (square.test(character)) return 1.05
  if (wide.test(character)) return 0.92
  if (tall.test(character)) return 0.72
  return narrow.test(character) ? 0.36 : 0.59
}

/** As much of a name as this many pixels hold, an ellipsis at its end where it goes on. */
export function fitted(text: string, width: number, size = 13, length: number = longestLabel): string {
  let label = shorten(text, length)
  while (label.length > 1 && textWidth(label, size) > width)
    label = shorten(label, Array.from(label).length - 1)
  return label
}
