/**
 * How the panel looks. What concerns the host is important: so the page cannot take it back, whatever
 * its own rules say.
 */
export const panelStyles = `
:host{all:initial !important;position:fixed !important;z-index:2147483647 !important;inset:var(--inset) !important;direction:ltr !important;color-scheme:light dark !important;}
[hidden]{display:none !important}
*{box-sizing:border-box}

.unexpired-colors{color:var(--text);background:var(--surface);border:1px solid var(--line);border-radius:9px;box-shadow:0 6px 24px rgb(0 0 0 / .25);overflow:hidden}
.icon{flex:none;width:10px;height:10px;fill:currentColor;fill-rule:evenodd}
.row{display:flex;gap:8px;align-items:baseline;justify-content:space-between}
h2,strong{font-weight:600}
.pill{display:flex;gap:7px;align-items:center;margin:0;padding:5px 12px 8px 10px;cursor:pointer;position:relative}
.bar{position:relative;height:10px;margin:9px 0 7px;border:1px solid var(--line);border-radius:3px;background:var(--sunken)}
.pill .bar{position:absolute;inset:auto 0 0;height:3px;margin:0;border:0;border-radius:0}
.bar.unknown{background:repeating-linear-gradient(90deg,var(--line) 0 3px,transparent 0 7px)}
.fill{height:100%;background:var(--green);forced-color-adjust:none}
.ahead .fill{background:var(--amber)}
.point{position:absolute;top:-4px;bottom:-4px;border-left:2px solid var(--text)}
.point::after{content:"";position:absolute;left:-5px;top:-3px;border:4px solid transparent;border-top-color:var(--text)}
.leeway::after{border-color:var(--text);border-width:2px 4px}
.panel{display:flex;flex-direction:column;width:440px;max-width:calc(100vw - 32px);max-height:min(700px,100vh - 32px)}
.header{display:flex;gap:8px;align-items:center;padding:7px 7px 7px 14px}
.header .hint{flex:1}
.content{overflow:auto}
.content > *{padding:10px 14px;border-top:1px solid var(--line)}
.ending{background:color-mix(in srgb,var(--red) 9%,transparent)}
.buttons{display:flex;flex-wrap:wrap;gap:6px}
.scroller{max-height:210px;margin:6px 0;overflow:auto}
.event{display:flex;gap:9px;align-items:baseline;margin-top:7px;padding-top:7px;border-top:1px solid var(--line)}
.event div{flex:1;overflow-wrap:anywhere}
.panel button,textarea{min-height:26px;min-width:26px;padding:2px 10px;border:1px solid var(--line);border-radius:6px;font:inherit;color:inherit;background:var(--sunken);cursor:pointer}
.panel [aria-disabled="true"]{color:var(--faint);background:none;border-style:dashed;cursor:default}
.panel .header button{background:none;border-color:transparent;color:var(--faint)}
textarea{width:100%;margin-top:6px}
@media (max-width:480px){.panel{position:fixed;inset:auto 0 0;width:auto;max-width:none;max-height:80vh;border-radius:12px 12px 0 0}
.panel button{min-height:36px;min-width:36px}
.buttons button{flex:1 0 40%}
.panel .move{display:none}}
`
