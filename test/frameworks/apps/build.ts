import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

import { build, type Plugin } from 'esbuild'
import { compile } from 'svelte/compiler'

import type { FrameworkApp } from './app.js'

const svelte: Plugin = {
  name: 'svelte',
  setup({ onLoad }) {
    onLoad({ filter: /\.svelte$/ }, async ({ path }) => {
      const { js } = compile(await readFile(path, 'utf8'), { filename: path, generate: 'client' })
      return { contents: js.code, loader: 'js' }
    })
  },
}

/**
 * Builds an app as it is built for browsers, and loads it. In Node as it is, Solid and Svelte take
 * themselves to be on a server, where nothing is reactive.
 */
export async function loadApp(framework: string): Promise<FrameworkApp> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`./${framework}.ts`, import.meta.url))],
    bundle: true,
    conditions: ['svelte', 'browser', 'module'],
    define: { 'process.env.NODE_ENV': '"production"' },
    format: 'esm',
    platform: 'browser',
    plugins: [svelte],
    write: false,
  })
  const code = outputFiles.map(({ text }) => text).join('')
  const url = `data:text/javascript,${encodeURIComponent(code)}`
  const { app } = (await import(/* @vite-ignore */ url)) as { app: FrameworkApp }
  return app
}
