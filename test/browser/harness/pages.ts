import { fileURLToPath } from 'node:url'

import { build } from 'esbuild'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** What the pages are made of, by its path. */
export type Pages = Readonly<Record<string, { readonly type: string; readonly body: string }>>

const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<link rel="icon" href="data:,">
<title>unexpired lab</title>
<script src="/lab.js"></script>
</html>
`

/** An app with the devtools panel. */
const panelHtml = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/panel.css">
<title>An app</title>
<script defer src="/panel.js"></script>
<main>
<h1>An app</h1>
<p><button id="own">A button of the app</button></p>
</main>
</html>
`

const panelCss = `
:root { color-scheme: light dark }
body { margin: 1rem; font: 1rem/1.5 sans-serif }
`

/** An empty page of the same origin: somewhere to go away to. */
const elsewhere = `<!doctype html>
<html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,"><title>elsewhere</title></html>
`

/** Bundles the lab from the sources: esbuild reads the paths of tsconfig.json. */
export async function buildPages(): Promise<Pages> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [
      { in: 'test/browser/page/page.ts', out: 'lab' },
      { in: 'test/browser/page/worker.ts', out: 'lab-worker' },
      { in: 'test/browser/page/panel.ts', out: 'panel' },
    ],
    bundle: true,
    write: false,
    outdir: 'node_modules/.cache/lab',
    format: 'iife',
    target: 'es2022',
    logLevel: 'warning',
  })
  const pages: Record<string, { type: string; body: string }> = {
    '/lab.html': { type: 'text/html; charset=utf-8', body: html },
    '/panel.html': { type: 'text/html; charset=utf-8', body: panelHtml },
    '/panel.css': { type: 'text/css; charset=utf-8', body: panelCss },
    '/elsewhere.html': { type: 'text/html; charset=utf-8', body: elsewhere },
  }
  for (const { path, text } of outputFiles) {
    const name = path.slice(path.lastIndexOf('/'))
    pages[name] = { type: 'text/javascript; charset=utf-8', body: text }
  }
  return pages
}
