/** An element of the page by its id, of the type it must have. */
export function part<Part extends HTMLElement>(id: string, type: abstract new () => Part): Part {
  const found = document.getElementById(id)
  if (found instanceof type) return found
  throw new Error(`the page has no ${id}`)
}

/** A box to tick for each name, those chosen first ticked. */
export function boxes(names: readonly string[], ticked: readonly string[]): HTMLElement[] {
  return names.map((name) => {
    const box = Object.assign(document.createElement('input'), { type: 'checkbox', value: name })
    box.checked = ticked.includes(name)
    const label = document.createElement('label')
    label.append(box, ` ${name}`)
    return label
  })
}

/** Values of the boxes that are ticked. */
export function tickedIn(parent: HTMLElement): string[] {
  return Array.from(parent.querySelectorAll('input'))
    .filter(({ checked }) => checked)
    .map(({ value }) => value)
}
