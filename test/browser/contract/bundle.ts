import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Plugin } from 'esbuild'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** What runs in Node only, and what stands in for it in a page. All else is bundled as it is. */
const standIns: readonly (readonly [filter: RegExp, path: string])[] = [
  [/^unexpired\/testing$/, './page/testing.ts'],
  [/\/recorder-server\.js$/, './page/recorder-server.ts'],
  [/^\.\/pace\.js$/, './page/pace.ts'],
  [/^node:util$/, './page/inspect.ts'],
  [/^node:buffer$/, './page/buffer.ts'],
]

const withStandIns: Plugin = {
  name: 'stand-ins',
  setup({ onResolve }) {
    for (const [filter, path] of standIns) onResolve({ filter }, () => ({ path: here(path) }))
  },
}

/** Nothing is written there. */
const folder = here('../../../node_modules/.cache/contract')

export interface Bundle {
  readonly script: string
  /** Its source map. */
  readonly map: string
  /** What the paths in it begin at. */
  readonly folder: string
}

/** The contract, its clients and Vitest's own runner as one script for a page. */
export async function bundleContract(): Promise<Bundle> {
  const { outputFiles } = await build({
    entryPoints: [here('./page/lane.ts')],
    outfile: `${folder}/contract.js`,
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    sourcemap: 'external',
    plugins: [withStandIns],
    logLevel: 'warning',
  })
  const textOf = (end: string): string =>
    outputFiles.find(({ path }) => path.endsWith(end))?.text ?? ''
  return { script: textOf('.js'), map: textOf('.map'), folder }
}
