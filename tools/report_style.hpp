// The style sheet of a report.
#pragma once

namespace tools {

/// Colours are those of the properties alone. Lines differ in their dashes too, for those who do not tell colours
/// apart.
inline constexpr const char* report_style = R"css(
:root { color-scheme: light dark;
  --paper: #ffffff; --raised: #f3f5f8; --ink: #1b1f24; --quiet: #566070; --edge: #d5dae1;
  --line0: #0a5fc2; --line1: #a84300; --line2: #00705f; --line3: #98266f; --line4: #626b78; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #14171b; --raised: #1e2329; --ink: #e7eaee; --quiet: #a3adba; --edge: #363e48;
  --line0: #6fb4ff; --line1: #ffab66; --line2: #52d3b8; --line3: #f28fcb; --line4: #a9b3c0; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem 1.25rem 3rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.8rem; line-height: 1.2; margin: 0; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 .5rem; }
h3 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; }
p { margin: .5rem 0; max-width: 46rem; }
.quiet, figcaption, i, summary { color: var(--quiet); }
.verdict { background: var(--raised); border-left: .3rem solid var(--line0); padding: .75rem 1rem; margin: 1.25rem 0; max-width: none; }
figure { margin: 0 0 1rem; }
.plot { display: grid; grid-template-columns: 3.75rem 1fr; margin: .75rem .75rem 2.75rem 0; position: relative; font-size: .8125rem;
  line-height: 1.2; color: var(--quiet); font-variant-numeric: tabular-nums; }
.plot svg { display: block; width: 100%; overflow: visible; }
.y, .x { position: relative; }
.y span { position: absolute; right: .6rem; transform: translateY(-50%); white-space: nowrap; }
.x { grid-column: 2; }
.x span { position: absolute; top: .4rem; transform: translateX(-50%); text-align: center; white-space: nowrap; }
.x b { display: block; font-weight: normal; }
.x i { font-style: normal; display: block; }
path { fill: none; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; vector-effect: non-scaling-stroke; }
.grid { stroke: var(--edge); stroke-width: 1; }
.now { stroke: var(--quiet); stroke-width: 1; stroke-dasharray: 2 4; }
.history { stroke: var(--ink); stroke-width: 1.5; }
.line0 { stroke: var(--line0); stroke-width: 2.5; }
.line1 { stroke: var(--line1); stroke-dasharray: 7 5; }
.line2 { stroke: var(--line2); stroke-dasharray: 2 5; }
.line3 { stroke: var(--line3); stroke-dasharray: 10 4 2 4; }
.line4 { stroke: var(--line4); stroke-dasharray: 14 6; }
path.dot { stroke-width: 6; }
.band0, .band1 { fill-opacity: .16; stroke-opacity: .3; stroke-width: 1; }
.band0 { fill: var(--line0); stroke: var(--line0); }
.band1 { fill: var(--line1); stroke: var(--line1); }
figcaption { font-size: .875rem; }
.key { display: inline-flex; align-items: center; gap: .5rem; margin-right: 1.25rem; white-space: nowrap; }
.key svg { width: 2rem; height: .9rem; }
.table { overflow-x: auto; margin: .75rem 0; }
.table:focus-visible { outline: 2px solid var(--line0); }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .3rem .9rem .3rem 0; border-bottom: 1px solid var(--edge); white-space: nowrap; }
th { color: var(--quiet); font-weight: 600; }
.number { text-align: right; }
.marked td { font-weight: 700; background: var(--raised); }
dl { display: grid; grid-template-columns: minmax(8rem, max-content) 1fr; gap: .25rem 1.5rem; margin: .75rem 0; }
dt { color: var(--quiet); }
dd { margin: 0; }
summary { cursor: pointer; padding: .25rem 0; }
@media (max-width: 40rem) {
  body { padding: 1rem .8rem 2rem; }
  h1 { font-size: 1.5rem; }
  .history { stroke-width: 1; }
  .plot { grid-template-columns: 3rem 1fr; }
  .x span:nth-child(even) b { visibility: hidden; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .5rem; }
}
@media print { body { max-width: none; } }
)css";

}  // namespace tools
