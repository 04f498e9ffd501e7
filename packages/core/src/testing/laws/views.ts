import type { Model } from '../../model/types.ts'

type View = ReturnType<Model['views']>[number]
type ViewOf<Kind extends View['kind']> = Extract<View, { kind: Kind }>

/** What is wrong with a picture; nothing of a sound one. */
export function checkView(view: View): string[] {
  const texts = view.title.trim() === '' || view.reading.trim() === '' ? ['no title or no reading'] : []
  return [...texts, ...checkKind(view)]
}

function checkKind(view: View): string[] {
  switch (view.kind) {
    case 'matrix':
      return checkMatrix(view)
    case 'tree':
      return checkTree(view)
    case 'points':
      return checkPoints(view)
    case 'bars':
      return checkBars(view)
    case 'lines':
      return checkLines(view)
    case 'table':
      return checkTable(view)
  }
}

function checkMatrix({ rows, columns, values }: ViewOf<'matrix'>): string[] {
  return [
    ...when(values.rows !== rows.length, 'rows'),
    ...when(values.columns !== columns.length, 'columns'),
    ...finite(values.data, 'values', rows.length * columns.length),
  ]
}

function checkTree({ newick }: ViewOf<'tree'>): string[] {
  const opened = newick.split('(').length
  return when(!newick.trim().endsWith(';') || opened !== newick.split(')').length, 'newick')
}

function checkPoints({ labels, x, y, groups, sizes, xErrors, yErrors }: ViewOf<'points'>): string[] {
  const size = labels.length
  return [
    ...finite(x, 'x', size),
    ...finite(y, 'y', size),
    ...finite(sizes, 'sizes', size),
    ...finite(xErrors, 'xErrors', size),
    ...finite(yErrors, 'yErrors', size),
    ...when((groups?.length ?? size) !== size, 'groups'),
  ]
}

function checkBars({ labels, values, lower, upper }: ViewOf<'bars'>): string[] {
  const size = labels.length
  return [...finite(values, 'values', size), ...finite(lower, 'lower', size), ...finite(upper, 'upper', size)]
}

function checkLines({ x, series, marked }: ViewOf<'lines'>): string[] {
  return [
    ...finite(x, 'x', x.length),
    ...when(marked !== undefined && !Number.isFinite(marked), 'marked'),
    ...series.flatMap(({ name, values, lower, upper }) => [
      ...gapped(values, name, x.length),
      ...gapped(lower, `${name}: lower`, x.length),
      ...gapped(upper, `${name}: upper`, x.length),
    ]),
  ]
}

function checkTable({ columns, rows }: ViewOf<'table'>): string[] {
  return [
    ...when(
      rows.some((cells) => cells.length !== columns.length),
      'rows',
    ),
    ...when(
      rows.flat().some((cell) => typeof cell === 'number' && !Number.isFinite(cell)),
      'cells',
    ),
  ]
}

function finite(values: Float64Array | undefined, what: string, size: number): string[] {
  return [
    ...when((values?.length ?? size) !== size, `length of ${what}`),
    ...when(!(values?.every(Number.isFinite) ?? true), `${what} not finite`),
  ]
}

/** NaN is a gap in a line. */
function gapped(values: Float64Array | undefined, what: string, size: number): string[] {
  return finite(
    values?.map((value) => (Number.isNaN(value) ? 0 : value)),
    what,
    size,
  )
}

function when(wrong: boolean, what: string): string[] {
  return wrong ? [what] : []
}
