/** The frame of a report: its measure, its sections, and how it prints. */
export const pageStyles: string = `.page{max-width:928px;margin:0 auto;padding:40px 24px 64px}
.top{display:flex;justify-content:space-between;gap:16px;font-size:14px;color:var(--muted);padding-bottom:10px;border-bottom:1px solid var(--rule)}.top b{color:var(--ink);font-weight:600}
h1{font-size:40px;font-weight:700;letter-spacing:-.022em;margin:36px 0 14px;max-width:20em}
nav.toc{display:flex;flex-wrap:wrap;gap:4px 18px;font-size:14px;margin:26px 0 0}
@media screen and (max-width:760px){.page{padding:20px 20px 48px}.top{flex-direction:column;gap:2px}h1{font-size:29px;margin-top:24px}section{margin-top:44px}nav.toc a{padding:6px 0}}
@media print{@page{margin:16mm 15mm}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}a{color:inherit;text-decoration:none}details,nav{display:none!important}figure,tr{break-inside:avoid}h2,h3,h4,figcaption,.section-lead{break-after:avoid;break-inside:avoid}
body{font-size:10.5pt}.page{padding:0;max-width:none}section{margin-top:22pt}section>h2{padding-top:8pt}h2{font-size:15pt}h3{font-size:12pt}h4{font-size:11pt}.section-lead{margin-bottom:8pt}h1{font-size:25pt;margin-top:14pt}.lead{font-size:12.5pt}.small,.note{font-size:9pt}.view{margin-top:14pt}
table{font-size:9pt}.methods .ax{width:160px}.methods .ax svg{width:154px;max-width:none}.methods td,.methods tbody th{height:30px}.methods tbody .ax svg{height:32px}.methods .fig,.methods th small{font-size:8pt}.methods th,.methods td{padding-right:7px}.facts{margin:14pt 0 0}
.side .wide svg{width:300pt}.side{gap:22pt}.drawing>svg.chart{max-height:278pt;width:auto}.top{font-size:9pt}pre{font-size:8.5pt;border:1px solid var(--rule);white-space:pre-wrap}}
`
