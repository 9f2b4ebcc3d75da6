import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { build } from 'vite'

/** What the pages are made of, by its path. */
export type PageFiles = ReadonlyMap<string, PageFile>

export interface PageFile {
  readonly type: string
  readonly body: string | Uint8Array
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const source = (path: string): string => here(`../src/${path}`)

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
}

/**
 * Builds the pages from the sources, in memory: nothing is left over, and nothing is out of date. The
 * package itself need not be built.
 *
 * @param names - which of them; those that are not there are left out
 * @throws Error of the bundler, when the sources do not build
 */
export async function buildPage(
  names: readonly string[] = ['index.html', 'react/index.html'],
): Promise<PageFiles> {
  const pages = names.map(here).filter((page) => existsSync(page))
  const built = await build({
    configFile: false,
    root: here('.'),
    logLevel: 'error',
    publicDir: false,
    resolve: {
      alias: [
        { find: /^unexpired$/, replacement: source('index.ts') },
        { find: /^unexpired\/(.+)$/, replacement: source('$1.ts') },
      ],
    },
    build: {
      write: false,
      target: 'es2022',
      minify: false,
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      reportCompressedSize: false,
      rolldownOptions: { input: pages },
    },
  })
  const files = new Map<string, PageFile>()
  for (const { output } of [built].flat().filter((each) => 'output' in each)) {
    for (const file of output) {
      const ending = file.fileName.slice(file.fileName.lastIndexOf('.') + 1)
      const body = file.type === 'chunk' ? file.code : file.source
      files.set(`/${file.fileName}`, { type: types[ending] ?? 'application/octet-stream', body })
    }
  }
  return files
}
