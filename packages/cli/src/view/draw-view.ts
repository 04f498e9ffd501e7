import type { View } from '@mtl/core'
import { truncate, wrap } from '../text/layout.ts'
import { paint } from '../text/style.ts'
import type { Style } from '../text/style.ts'
import { drawBars } from './draw-bars.ts'
import { drawLines } from './draw-lines.ts'
import { drawMatrix } from './draw-matrix.ts'
import { drawPoints } from './draw-points.ts'
import { drawTable } from './draw-table.ts'
import { drawTree } from './draw-tree.ts'

/** What a method learnt, in lines of text: the title, the drawing, and how to read it. */
export function drawView(view: View, style: Style): string[] {
  return [
    ...wrap(view.title, style.width)
      .split('\n')
      .map((line) => paint(line, 'bold', style)),
    ...drawing(view, style).map((line) => `  ${truncate(line, style.width - 2)}`.trimEnd()),
    ...wrap(view.reading, style.width - 2)
      .split('\n')
      .map((line) => paint(`  ${line}`, 'muted', style)),
  ]
}

function drawing(view: View, style: Style): string[] {
  switch (view.kind) {
    case 'matrix':
      return drawMatrix(view, style)
    case 'tree':
      return drawTree(view, style)
    case 'points':
      return drawPoints(view, style)
    case 'bars':
      return drawBars(view, style)
    case 'lines':
      return drawLines(view, style)
    case 'table':
      return drawTable(view, style)
  }
}
