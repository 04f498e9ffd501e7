export { drawView } from './draw/draw-view.ts'
export { figureOf } from './draw/figure.ts'
export { chartStyles } from './style/chart-styles.ts'
