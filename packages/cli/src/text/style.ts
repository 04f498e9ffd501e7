/** How text is drawn where it goes: colours on a terminal alone, glyphs of plain ASCII where a locale has no others. */
export interface Style {
  readonly colour: boolean
  /** Columns of the terminal; 80 where it is not known. */
  readonly width: number
  readonly symbols: Symbols
}

export interface Symbols {
  readonly helps: string
  readonly hurts: string
  readonly undecided: string
  readonly baseline: string
  readonly minus: string
  readonly plusMinus: string
  /** Before a per cent sign. */
  readonly thinSpace: string
  readonly dot: string
  readonly none: string
  readonly bar: string
  readonly axis: string
  readonly line: string
  /** From nothing to full, in five steps. */
  readonly shades: string
  /** Bars of one to eight eighths of a cell; a locale without them has whole cells. */
  readonly eighths: string
  /** Columns of one to eight eighths of a line's height. */
  readonly heights: string
  /** A child with others after it, the last child, and what passes by. */
  readonly branches: readonly [string, string, string]
}

const unicode: Symbols = {
  helps: '▲',
  hurts: '▼',
  undecided: '○',
  baseline: '■',
  minus: '\u2212',
  plusMinus: '±',
  thinSpace: '\u202f',
  dot: '·',
  none: '–',
  bar: '━',
  axis: '│',
  line: '─',
  shades: ' ░▒▓█',
  eighths: '▏▎▍▌▋▊▉█',
  heights: '▁▂▃▄▅▆▇█',
  branches: ['├─ ', '└─ ', '│  '],
}

const ascii: Symbols = {
  helps: '+',
  hurts: '-',
  undecided: '~',
  baseline: '=',
  minus: '-',
  plusMinus: 'sd',
  thinSpace: ' ',
  dot: '.',
  none: '-',
  bar: '=',
  axis: '|',
  line: '-',
  shades: ' .:*#',
  eighths: '#',
  heights: '_.-=+*%#',
  branches: ['|- ', '`- ', '|  '],
}

/** What is known of the place that text goes to. */
export interface Place {
  readonly isTTY?: boolean
  readonly columns?: number
}

const narrowest = 80

/** The style for a stream, by https://no-color.org and the locale. */
export function styleFor(place: Place, environment: Readonly<Record<string, string | undefined>>): Style {
  const isTerminal = place.isTTY === true
  return {
    colour: isTerminal && (environment.NO_COLOR ?? '') === '' && environment.TERM !== 'dumb',
    width: isTerminal ? Math.max(narrowest, place.columns ?? narrowest) : narrowest,
    symbols: writesUnicode(environment) ? unicode : ascii,
  }
}

/** A locale that is named and is not UTF-8 has no other glyphs; where none is named, as on Windows, all have. */
function writesUnicode({ LC_ALL, LC_CTYPE, LANG }: Readonly<Record<string, string | undefined>>): boolean {
  const locale = [LC_ALL, LC_CTYPE, LANG].find((value) => value !== undefined && value !== '')
  return locale === undefined || /utf-?8/i.test(locale)
}

/** A sentence of another's making, with the glyphs of the style. */
export function inGlyphs(text: string, { symbols }: Style): string {
  return text.replaceAll(unicode.minus, symbols.minus).replaceAll(unicode.thinSpace, symbols.thinSpace)
}

const codes = { help: '94', hurt: '33', muted: '2', bold: '1' } as const

/** The text in a colour of the design, or as it is. */
export function paint(text: string, tone: keyof typeof codes, style: Style): string {
  return style.colour ? `\u001b[${codes[tone]}m${text}\u001b[0m` : text
}
