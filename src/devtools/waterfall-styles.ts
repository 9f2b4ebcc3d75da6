/**
 * How a waterfall looks: put it once into the document or shadow root. Its colours are custom
 * properties; `color-scheme` decides between their light and dark values.
 */
export const waterfallStyles = `
.unexpired-waterfall,.unexpired-colors{--text:light-dark(#1f2328,#e6edf3);--faint:light-dark(#57606a,#9aa4b0);--line:light-dark(#d8dee4,#343b45);--surface:light-dark(#ffffff,#16191f);--sunken:light-dark(#f3f5f8,#20252d);--blue:light-dark(#2069e0,#6cb0ff);--green:light-dark(#1a7f37,#46c25a);--amber:light-dark(#a15c00,#e0a52e);--red:light-dark(#c2202b,#ff8078);--violet:light-dark(#7a3ff2,#b79cff);font:12px/1.45 system-ui,sans-serif;font-variant-numeric:tabular-nums;h2,p,ol,ul{margin:0;padding:0;font-size:inherit;list-style:none}
.grid{color:var(--line)}
.sent{color:var(--blue)}
.good,.replayed,.mark-replayed{color:var(--green)}
.warning,.turned-away,.mark-turned-away{color:var(--amber)}
.bad,.failed,.mark-failed{color:var(--red)}
.plain,.refreshing,.band{color:var(--violet)}
.hint,.held,.aborted,.mark-aborted{color:var(--faint)}}
.unexpired-waterfall{--waterfall-lane:16px;--waterfall-labels:136px;font-size:11px;color:var(--faint);.head{position:sticky;top:0;z-index:1;background:var(--surface)}
.axis{position:relative;height:16px;margin-left:var(--waterfall-labels);overflow:hidden}
.axis span{position:absolute;padding-left:3px;font-size:10px;white-space:nowrap}
.lanes{position:relative}
.lanes svg{position:absolute;left:var(--waterfall-labels);width:calc(100% - var(--waterfall-labels));height:calc(var(--rows) * var(--waterfall-lane));pointer-events:none}
ol li{display:flex;align-items:center;height:var(--waterfall-lane);overflow:hidden;white-space:nowrap}
ol li:hover{background:var(--sunken)}
.refresh{color:var(--text)}
.label{width:calc(var(--waterfall-labels) - 44px);overflow:hidden;text-overflow:ellipsis}
.generations{width:36px;text-align:right}
.words{position:absolute;clip-path:inset(50%)}
path{fill:none;stroke:currentColor;stroke-width:.56}
.held{stroke-dasharray:1.5 2.5;stroke-width:.4}
.grid,.mark-failed,.mark-aborted{stroke-width:1.5px;vector-effect:non-scaling-stroke}
.band,.mark-replayed,.mark-turned-away{fill:currentColor;stroke:none}
.band{opacity:.14}
.legend{display:flex;flex-wrap:wrap;gap:3px 12px}
.legend svg{width:22px;height:11px;margin-right:4px;vertical-align:middle}}
`
