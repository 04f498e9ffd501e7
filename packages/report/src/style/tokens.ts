/** Colours by name, of one theme. */
export type Tokens = Readonly<Record<string, string>>

/** `mid3` and `mid4` are figures on the middle steps of the sequential scale, `c1` to `c6` categories, `s0` to `s6` the sequential scale, `d0` to `d10` the diverging one. */
export const light: Tokens = tokens({
  named: {
    bg: '#ffffff',
    panel: '#f5f7f9',
    ink: '#17212b',
    muted: '#55616e',
    rule: '#d5dbe1',
    axis: '#828e9a',
    accent: '#1b5fb4',
    help: '#1b5fb4',
    hurt: '#b4410c',
    even: '#5b6672',
    mid3: '#17212b',
    mid4: '#000000',
  },
  categories: '#045571 #d46baa #9a810e #01432c #3370c7 #974607',
  sequential: '#e4f0fb #bcd3e6 #95b5d1 #6f99bc #497ca7 #1d6192 #064670',
  diverging: '#8d3d02 #b45922 #ce7e54 #e3a686 #f4cebc #eef1f3 #c2daf9 #91b9ec #6398db #3877c3 #1157a4',
})

/** The same names for dark surroundings. */
export const dark: Tokens = tokens({
  named: {
    bg: '#12171d',
    panel: '#1a212a',
    ink: '#e6ebf0',
    muted: '#a3afbb',
    rule: '#303a45',
    axis: '#77838f',
    accent: '#86b6ff',
    help: '#86b6ff',
    hurt: '#ff9d62',
    even: '#a3afbb',
    mid3: '#000000',
    mid4: '#12171d',
  },
  categories: '#58ccff #c35c9b #f0cf4c #a5ffd2 #5a98f3 #f58b4b',
  sequential: '#1a2834 #23445f #2c628d #3b82b8 #5ca2db #8ac3f3 #c2e2ff',
  diverging: '#feaf86 #de7f4b #9d5126 #784326 #533525 #28313a #2b3e57 #305480 #376aaa #5e9ded #9ec7fd',
})

interface Parts {
  readonly named: Tokens
  readonly categories: string
  readonly sequential: string
  readonly diverging: string
}

function tokens({ named, categories, sequential, diverging }: Parts): Tokens {
  const numbered = (letter: string, from: number, colours: string): [string, string][] =>
    colours.split(' ').map((colour, k) => [`${letter}${k + from}`, colour])
  return {
    ...named,
    ...Object.fromEntries([
      ...numbered('c', 1, categories),
      ...numbered('s', 0, sequential),
      ...numbered('d', 0, diverging),
    ]),
  }
}
