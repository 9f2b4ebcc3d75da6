import { mkdir, rename, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

import { build } from 'esbuild'
import type { Plugin } from 'esbuild'

import type { Locks } from './orders.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const folder = `${root}node_modules/.cache/workers`

/** The packages that a worker with these locks does not find. */
const missing: Readonly<Record<Locks, readonly string[]>> = {
  kernel: [],
  lockfile: ['fs-native-extensions'],
  none: ['fs-native-extensions', 'proper-lockfile'],
}

/** The script of a worker with these locks. */
export const workerScript = (locks: Locks): string => `${folder}/worker-${locks}.mjs`

/** Bundles the workers from the sources: processes then start in the time that Node takes. */
export async function buildWorkers(): Promise<void> {
  // scripts/check-guarantees.ts only asks which tests there are.
  if (process.env['UNEXPIRED_LIST_ONLY'] !== undefined) return
  await mkdir(folder, { recursive: true })
  await Promise.all((['kernel', 'lockfile', 'none'] as const).map(bundle))
}

async function bundle(locks: Locks): Promise<void> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['test/node/harness/worker.ts'],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    // By their names the workers mean the sources.
    alias: Object.fromEntries(
      ['fetch', 'node', 'redis', 'index'].map((name) => [
        name === 'index' ? 'unexpired' : `unexpired/${name}`,
        `./src/${name}.ts`,
      ]),
    ),
    plugins: [notInstalled(missing[locks])],
    logLevel: 'warning',
  })
  const script = workerScript(locks)
  // In one step: another run may be starting workers from it.
  const fresh = `${script}.${process.pid}`
  await writeFile(fresh, outputFiles[0]?.contents ?? '')
  await rename(fresh, script)
}

/** Has imports of these packages fail as they do where nobody installed them. */
function notInstalled(packages: readonly string[]): Plugin {
  return {
    name: 'not-installed',
    setup({ onResolve }) {
      for (const name of packages) {
        onResolve({ filter: new RegExp(`^${name}$`) }, () => ({
          path: `${name}-that-nobody-installed`,
          external: true,
        }))
      }
    },
  }
}
