#pragma once

#include <string_view>

namespace demo {

/// The report's style sheet: light or dark as the reader's system, and suited for paper.
inline constexpr std::string_view style = R"css(
:root {
  color-scheme: light dark;
  --paper: #fdfdfc; --ink: #1c1e21; --soft: #5c6168; --rule: #dfe1e4; --tint: #eef3fb;
  --none: #85898f; --concatenated: #c98600; --wide: #b8492b; --ellipse: #1b5fc1; --fourier2: #0e8574; --back: #7b4aa8;
  --right: #1f7a3a; --wrong: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #16181b; --ink: #e8e9eb; --soft: #a2a8b0; --rule: #34383e; --tint: #1d2735;
    --none: #8f959d; --concatenated: #e5aa3d; --wide: #e57a58; --ellipse: #6ea6ff; --fourier2: #3fc4ad; --back: #bd92e6;
    --right: #6fcf8b; --wrong: #ff8a80;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1120px; padding: 40px 24px 64px; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 30px; line-height: 1.25; font-weight: 650; letter-spacing: -0.01em; max-width: 30em; text-wrap: balance;
  margin: 0 0 12px; }
h2 { font-size: 20px; font-weight: 650; margin: 52px 0 6px; }
h3 { font-size: 15px; font-weight: 600; margin: 0; }
p { max-width: 46em; margin: 6px 0; }
p.soft, figcaption, td small, footer { color: var(--soft); }
figure { margin: 0; min-width: 0; }
figcaption { font-size: 13.5px; line-height: 1.4; margin-bottom: 8px; min-height: 2.8em; }
.panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: 20px 28px;
  margin-top: 18px; }
.panels figure { max-width: 460px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 12px 0 0; padding: 0; list-style: none;
  font-size: 14px; }
.legend li { display: flex; align-items: center; gap: 7px; }
.legend svg, td svg { width: 30px; height: 14px; flex: none; }
.scroll { overflow-x: auto; }

table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
.results { width: 100%; margin: 18px 0 12px; font-size: 15px; }
.results th, .results td { padding: 8px 10px; text-align: right; border-bottom: 1px solid var(--rule);
  vertical-align: top; white-space: nowrap; }
.results th { font-weight: 600; }
.results thead th { vertical-align: bottom; border-bottom: 1.5px solid var(--ink); }
.results th:first-child { text-align: left; white-space: normal; padding-left: 6px; }
.results th small { display: block; font-weight: 400; color: var(--soft); line-height: 1.35; }
.results tr.own { background: var(--tint); }
.results td small { margin-left: 3px; }
.name-line { display: flex; align-items: center; gap: 8px; }
.name-line svg { width: 30px; height: 14px; flex: none; }

svg { display: block; width: 100%; height: auto; overflow: visible; }
svg text { font-size: 12px; fill: var(--ink); }
svg text.tick, svg text.label { fill: var(--soft); font-size: 11.5px; }
svg text.halo { paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; }
svg path, svg circle { fill: none; stroke-linejoin: round; stroke-linecap: round; }
.grid { stroke: var(--rule); stroke-width: 1; }
.axis { stroke: var(--soft); stroke-width: 1; }
.leader { stroke: var(--soft); stroke-width: 0.7; }
svg .trained { stroke: var(--ink); stroke-width: 4; stroke-linecap: butt; }
.curve { stroke: var(--of); stroke-width: 1.7; }
.curve.of-ellipse { stroke-width: 2.8; }
.curve.of-fourier2 { stroke-dasharray: 1 4; stroke-width: 2.4; }
.curve.of-none { stroke-dasharray: 6 4; }
.curve.of-concatenated-wide { stroke-dasharray: 10 3 2 3; }
.curve.of-turned-back { stroke-dasharray: 3 3; }
.error { stroke: var(--of); stroke-width: 1.4; }
svg .marker { fill: var(--of); stroke: var(--paper); stroke-width: 1; }
.of-none { --of: var(--none); } .of-concatenated { --of: var(--concatenated); }
.of-concatenated-wide { --of: var(--wide); } .of-ellipse { --of: var(--ellipse); }
.of-fourier2 { --of: var(--fourier2); } .of-turned-back { --of: var(--back); }

.garments { margin-top: 16px; width: 100%; table-layout: fixed; max-width: 900px; }
.garments th { font-size: 13.5px; font-weight: 600; padding: 4px; text-align: center; }
.garments tbody th { text-align: right; padding-right: 12px; }
.garments td { text-align: center; padding: 4px 3px 8px; font-size: 11.5px; line-height: 1.25; }
.garments img { display: block; margin: 0 auto 3px; width: 56px; max-width: 100%; border-radius: 3px;
  image-rendering: pixelated; }
.garments .right { color: var(--right); } .garments .wrong { color: var(--wrong); font-weight: 650; }
.garments .wrong img { outline: 2px solid var(--wrong); outline-offset: 1px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 20px; margin: 12px 0; font-size: 15px; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
footer { margin-top: 48px; padding-top: 14px; border-top: 1px solid var(--rule); font-size: 14px; }
@media (max-width: 700px) {
  body { padding: 24px 14px 40px; } h1 { font-size: 24px; } figcaption { min-height: 0; }
  .garments td span { display: block; overflow: hidden; text-overflow: ellipsis; font-size: 10px; }
  .garments tbody th { padding-right: 4px; font-size: 11.5px; } .garments thead th { font-size: 11.5px; }
}
@media print {
  :root { --paper: #fff; } body { padding: 0; max-width: none; font-size: 11pt; }
  figure, tr, .legend { break-inside: avoid; } h2 { break-after: avoid; }
  .panels { grid-template-columns: repeat(3, 1fr); }
}
)css";

}  // namespace demo
