/** What verdicts, tables and figures look like, in a report and in a page of another frame. */
export const contentStyles: string = `*{box-sizing:border-box}html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--ink);font:400 16px/1.55 var(--sans);overflow-wrap:break-word}
a{color:var(--accent);text-underline-offset:.15em;text-decoration-thickness:1px}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:2px}
h1,h2,h3,h4,p,figure,table,ul,dl,dd{margin:0}h1,h2,h3,h4{line-height:1.2;text-wrap:balance}p{text-wrap:pretty}
h2{font-size:24px;font-weight:650;letter-spacing:-.012em}h3{font-size:19px;font-weight:650}h4{font-size:16px;font-weight:650}
code,kbd,pre{font-family:var(--mono);font-size:.875em}
pre{margin:0;padding:12px 14px;background:var(--panel);border-radius:6px;overflow-x:auto;line-height:1.6;white-space:pre}
.muted{color:var(--muted)}.small{font-size:14px;line-height:1.5}.nw{white-space:nowrap}
table{font-variant-numeric:tabular-nums;border-collapse:collapse;width:100%;font-size:14px;line-height:1.4}
th{font-weight:500;color:var(--muted);text-align:left;vertical-align:bottom;padding:0 12px 6px 0;border-bottom:1px solid var(--axis)}
td,tbody th{padding:7px 12px 7px 0;border-bottom:1px solid var(--rule);vertical-align:middle}
tbody th{color:var(--ink);font-weight:500}td.n,th.n{text-align:right}td:last-child,th:last-child{padding-right:0}
caption{caption-side:top;text-align:left;color:var(--muted);padding-bottom:6px}
.v-helps{color:var(--help)}.v-hurts{color:var(--hurt)}.v-even,.v-undecided,.v-mixed,.v-baseline{color:var(--even)}.verdict{font-weight:600;white-space:nowrap}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
section{margin-top:56px}section>h2{padding-top:14px;border-top:2px solid var(--ink);margin-bottom:4px}.section-lead{max-width:42em;color:var(--muted);margin-bottom:18px}
.learnt{margin-top:36px}.method small{font-size:14px;font-weight:400;color:var(--muted);display:block;margin-top:3px}.learnt>.method+.view{margin-top:14px}.warnings{padding-left:1.2em;font-size:14px;line-height:1.5;max-width:52em}
.narrow{display:none}.view{margin-top:32px}.view figcaption{max-width:46em;margin-bottom:12px}.view figcaption p{margin-top:3px}.drawing table{width:auto;min-width:min(100%,280px)}
details{margin-top:10px}summary{cursor:pointer;color:var(--accent);font-size:14px;width:fit-content}
details table{margin-top:10px}.across{overflow-x:auto}.scroll{max-height:260px;overflow:auto;margin-top:8px}.scroll table{margin-top:0}.scroll thead th{position:sticky;top:0;background:var(--bg)}
.answer em{font-style:normal}.lead{font-size:19px;line-height:1.5;max-width:40em}
.facts{display:grid;grid-template-columns:repeat(4,1fr);grid-template-rows:auto auto;margin:28px 0 8px;border-top:2px solid var(--ink);border-bottom:1px solid var(--rule)}
.facts div{display:grid;grid-template-rows:subgrid;grid-row:span 2;padding:12px 16px 14px;border-left:1px solid var(--rule)}.facts div:first-child{border-left:0;padding-left:0}
.facts dt{font-size:13px;color:var(--muted);line-height:1.35}.facts dd{margin-top:3px;font-size:26px;font-weight:650;letter-spacing:-.015em;line-height:1.25}.facts dd small{display:block;font-size:13px;font-weight:400;color:var(--muted);letter-spacing:0}
.note{font-size:14px;line-height:1.5;color:var(--muted);max-width:46em;margin-top:12px}.note b{color:var(--ink);font-weight:600}
.methods th small{display:block;color:var(--muted);font-weight:400;font-size:12.5px;line-height:1.3}
.methods td,.methods tbody th{padding-top:0;padding-bottom:0;height:46px}.methods tbody .ax svg{height:46px}.methods .ax{padding:0 6px 0 0;width:226px}.methods thead .ax svg{margin-top:2px}.methods thead .ax{padding-bottom:0}
.methods thead th.n{max-width:6.5em}.methods .fig,.methods td.n,.methods .ver{white-space:nowrap}.methods .fig{font-size:13px}.methods tr.best{background:var(--panel)}
.methods tr.best th{box-shadow:inset 3px 0 var(--help)}.methods tbody th,.methods thead th:first-child{padding-left:10px}
.methods .failed th,.methods .why{color:var(--muted);padding-top:8px;padding-bottom:8px;height:auto}
@media screen and (min-width:761px) and (max-width:960px){.methods,.methods .fig{font-size:13px}.methods td,.methods th{padding-right:9px}.methods .ax{width:160px}.methods .ax svg{width:156px;max-width:none}.methods tbody .ax svg{height:32px}}
@media screen and (max-width:760px){.wide{display:none}.narrow{display:block}.lead{font-size:17px}summary{padding:10px 0}
.facts{grid-template-columns:1fr 1fr}.facts div{border-left:0;padding:10px 12px 10px 0}.facts div:nth-child(n+3){border-top:1px solid var(--rule)}.facts dd{font-size:23px}.side{grid-template-columns:1fr;gap:0}
.methods,.methods thead,.methods tbody{display:block}.methods thead tr{display:block}.methods thead th{display:none}.methods thead th.ax{display:block;width:auto;border:0;padding:0}.methods thead th.ax svg{margin-top:6px}
.methods tbody tr{display:grid;grid-template-columns:repeat(6,1fr);gap:0 8px;padding:11px 0 10px;border-bottom:1px solid var(--rule)}.methods tbody tr:first-child{border-top:1px solid var(--axis)}
.methods td,.methods tbody th,.methods tr.best th{display:block;height:auto;border:0;padding:0;box-shadow:none;white-space:normal}.methods tbody th{padding-left:0}.methods tr.best{margin:0 -20px;padding-left:20px;padding-right:20px}
.methods tbody th{grid-column:1/5;grid-row:1}.methods .ver{grid-column:5/7;grid-row:1}.methods td.ax{grid-column:1/5;grid-row:2;width:auto;padding:2px 0}.methods .ax svg{width:220px;max-width:none}.methods tbody .ax svg{height:40px}
.methods td.fig{grid-column:5/7;grid-row:2;align-self:center;white-space:nowrap;line-height:1.3}.methods .fig b{display:block}.methods td.why{grid-column:1/7}
.methods td.n{grid-column:span 2;text-align:left;font-size:13px;line-height:1.35}.methods td.n::before{content:attr(data-l);display:block;color:var(--muted);font-size:12px}
.beside{padding-top:14px}.costs th,.costs td{padding-right:8px}}
`
