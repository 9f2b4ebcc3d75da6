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
    '/elsewhere.html': { type: 'text/html; charset=utf-8', body: elsewhere },
  }
  for (const { path, text } of outputFiles) {
    const name = path.slice(path.lastIndexOf('/'))
    pages[name] = { type: 'text/javascript; charset=utf-8', body: text }
  }
  return pages
}
