import { readFile } from 'node:fs/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { build } from 'esbuild'

import type * as plays from './plays.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** One line of the core or of a client, and what somebody might have written in its place. */
export interface Flaw {
  /** In `src`, without its ending. */
  readonly file: string
  readonly line: string
  readonly instead: string
}

/**
 * The same simulation, on a package in which one line is wrong.
 *
 * @throws where the line is not there, or there twice
 */
export async function withFlaw(flaw: Flaw, name: string): Promise<typeof plays> {
  const path = `${root}src/${flaw.file}.ts`
  const source = await readFile(path, 'utf8')
  const found = source.split(flaw.line).length - 1
  if (found !== 1) throw new Error(`${flaw.file}.ts has ${found} times: ${flaw.line}`)
  const outfile = `${root}node_modules/.cache/simulation/${name}.mjs`
  await build({
    entryPoints: [`${root}test/simulation/plays.ts`],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'warning',
    external: ['axios'],
    alias: {
      unexpired: `${root}src/index.ts`,
      'unexpired/axios': `${root}src/axios.ts`,
      'unexpired/fetch': `${root}src/fetch.ts`,
    },
    plugins: [
      {
        name: 'one line is wrong',
        setup({ onLoad }) {
          onLoad({ filter: /\.ts$/ }, async ({ path: loaded }) => {
            const contents = await readFile(loaded, 'utf8')
            const isIt = loaded === path
            return {
              contents: isIt ? contents.replace(flaw.line, () => flaw.instead) : contents,
              loader: 'ts',
            }
          })
        },
      },
    ],
  })
  return (await import(pathToFileURL(outfile).href)) as typeof plays
}
