import { dark, light } from './tokens.ts'
import type { Tokens } from './tokens.ts'

const declared = (tokens: Tokens): string =>
  Object.entries(tokens)
    .map(([name, colour]) => `--${name}:${colour};`)
    .join('')

const filled = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'help', 'hurt', 'even', 'axis']
const cells = [
  ...[0, 1, 2, 3, 4, 5, 6].map((k) => `s${k}`),
  ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((k) => `d${k}`),
]

const classes = [
  ...filled.map(
    (name) =>
      `svg .m.${name},svg .f.${name},svg .band.${name}{fill:var(--${name})}svg .l.${name}{stroke:var(--${name})}`,
  ),
  ...cells.map((name) => `svg .${name}{fill:var(--${name})}`),
].join('')

/**
 * What drawings need: colours as custom properties (dark by `prefers-color-scheme`, light in print), and the classes of
 * their marks.
 */
export const chartStyles: string = `:root{color-scheme:light dark;${declared(light)}--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",Arial,sans-serif;--mono:ui-monospace,"SF Mono","Cascadia Mono",Menlo,Consolas,"Liberation Mono",monospace}
@media (prefers-color-scheme:dark){:root{${declared(dark)}}}
@media print{:root{${declared(light)}color-scheme:light}}
svg.chart{display:block;max-width:100%;height:auto}
svg.chart text{font:400 13px var(--sans);fill:var(--ink);white-space:pre}svg .num text{font-variant-numeric:tabular-nums}
svg.chart .s text,svg.chart text.s{font-size:12px;fill:var(--muted)}svg.chart .xs text{font-size:9.5px;fill:var(--muted)}
svg.chart .ink text{fill:var(--ink)}svg.chart .onink text{fill:var(--bg)}svg.chart .mid3 text{fill:var(--mid3)}svg.chart .mid4 text{fill:var(--mid4)}
svg .halo-t text,svg .bgt text{paint-order:stroke;stroke:var(--bg);stroke-width:3px;stroke-linejoin:round}
svg .l{fill:none;stroke-width:1;stroke:var(--rule)}svg .l.w2{stroke-width:2;stroke-linejoin:round}svg .tick{fill:none;stroke:var(--axis)}svg text,svg .tick text{stroke:none}
${classes}
svg .l.zero{stroke:var(--axis)}svg .l.marked{stroke-dasharray:3 3}svg .l.faint{stroke:var(--axis);opacity:.45}
svg .l.bars{stroke:var(--axis);opacity:.75}svg .l.branch{stroke:var(--muted);stroke-width:1.2;stroke-linejoin:round}svg .l.onq{stroke:var(--bg);stroke-width:1.6;opacity:.85}svg .l.ink0{stroke:var(--ink)}
svg .m.hollow{fill:var(--bg);stroke:var(--even);stroke-width:1.8}svg .m.halo{stroke:var(--bg);stroke-width:.8}
svg .wedge{fill:var(--rule);stroke:var(--muted);stroke-width:.8}svg .self{fill:none;stroke:var(--rule);stroke-width:.6}svg .bars0{fill:var(--axis)}
svg .typ{fill:var(--panel);stroke:var(--rule)}svg .band{opacity:.16}
svg .dash1{stroke-dasharray:7 3}svg .dash2{stroke-dasharray:2 3}svg .dash3{stroke-dasharray:9 2 2 2}svg .dash4{stroke-dasharray:4 2}svg .dash5{stroke-dasharray:1 4}
.glyph{display:inline-block;vertical-align:-1px;margin-right:5px;overflow:visible}
.key{display:flex;flex-wrap:wrap;gap:2px 18px;margin:0 0 10px}.drawn{margin:0 0 10px;max-width:44em}svg.scale{margin-bottom:12px}
.side{display:grid;grid-template-columns:auto 1fr;gap:40px;align-items:start}.beside h4{font-size:14px;font-weight:600;margin:18px 0 4px}.beside table{width:auto;min-width:220px}.pairs thead{display:none}
.panels{display:grid;grid-template-columns:repeat(auto-fill,minmax(342px,1fr));gap:20px 32px}.panel{margin:0;font-weight:600}
@media (forced-colors:active){svg .m,svg .f,svg .bars0{fill:CanvasText}svg .l{stroke:CanvasText}svg.chart text{fill:CanvasText}}
`
