/** The report's own style: readable on a screen and on paper, in both directions, with the fonts that are there. */
export const REPORT_STYLE = `
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; background: #fff; color: #1a1a1a; font: 15px/1.55 "Noto Sans", "Noto Sans Arabic", "Segoe UI", Tahoma, Arial, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 16px 20px 60px; }
article + article { border-top: 3px solid #1a1a1a; margin-top: 60px; }
h1 { font-size: 27px; line-height: 1.3; margin: 18px 0 6px; }
h2 { font-size: 21px; margin: 40px 0 8px; padding-bottom: 4px; border-bottom: 1px solid #999; }
h3 { font-size: 17px; margin: 26px 0 6px; }
h4 { font-size: 15px; margin: 0 0 6px; }
h5 { font-size: 13px; margin: 4px 0; font-weight: 600; }
nav ul, ul.keys { list-style: none; margin: 8px 0; padding: 0; display: flex; flex-wrap: wrap; gap: 4px 18px; }
ul.keys { font-size: 13px; }
ul.keys li { display: flex; align-items: center; gap: 6px; }
ul.places { margin: 2px 0; }
a { color: #00568a; }
dl.about { display: grid; grid-template-columns: max-content 1fr; gap: 2px 14px; margin: 12px 0; }
dl.about dt { color: #555; }
dl.about dd { margin: 0; overflow-wrap: anywhere; }
code { font: 13px/1.4 ui-monospace, Consolas, monospace; overflow-wrap: anywhere; }
.wide { overflow-x: auto; margin: 10px 0; }
table { border-collapse: collapse; font-size: 13.5px; width: 100%; }
caption { text-align: start; font-weight: 600; padding: 4px 0; }
th, td { padding: 4px 8px; border-bottom: 1px solid #ddd; text-align: end; font-variant-numeric: tabular-nums; vertical-align: top; }
thead th { border-bottom: 1px solid #555; vertical-align: bottom; }
th:first-child, .words { text-align: start; }
td ul { margin: 0; padding-inline-start: 18px; }
tbody th { font-weight: 500; }
tr.sum th, tr.sum td { border-top: 1px solid #555; font-weight: 700; }
small { color: #444; }
figure { margin: 18px 0 26px; padding: 12px 0 0; border-top: 1px solid #ddd; }
figcaption, .definitions { font-size: 12.5px; line-height: 1.5; color: #333; }
figcaption p, .definitions p { margin: 3px 0; }
.source { color: #666; }
.notice { border-inline-start: 4px solid #d55e00; background: #fff4ec; padding: 3px 10px; color: #1a1a1a; }
header .notice { font-size: 15px; padding: 8px 12px; }
.charts { display: flex; flex-wrap: wrap; gap: 10px 16px; align-items: flex-start; }
svg.chart { display: block; max-width: 100%; height: auto; direction: ltr; overflow: visible; }
svg.chart text, svg.chart tspan { white-space: pre; }
.swatch { display: inline-block; width: 14px; height: 12px; border: 1px solid #1a1a1a; }
@media print {
  @page { margin: 14mm; }
  body { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  nav { display: none; }
  a { color: inherit; text-decoration: none; }
  h2, h3, h4, h5 { break-after: avoid; }
  .charts > *, tr, figcaption { break-inside: avoid; }
  .wide { overflow: visible; }
  article + article { break-before: page; border: 0; }
  svg.chart, .swatch, .notice { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`
