import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { mkdir, rename } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

import { build } from 'esbuild'
import { onTestFinished } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Bundles an example with the sources: its processes then start in the time that Node takes. */
export async function buildExample(name: string): Promise<string> {
  const folder = `${root}node_modules/.cache/examples`
  await mkdir(folder, { recursive: true })
  const program = `${folder}/${name}.mjs`
  // In one step: another run may be starting processes from it.
  const fresh = `${program}.${process.pid}`
  await build({
    absWorkingDir: root,
    entryPoints: [`examples/${name}.ts`],
    outfile: fresh,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    // By these names an example means the sources.
    alias: {
      unexpired: './src/index.ts',
      'unexpired/fetch': './src/fetch.ts',
      'unexpired/node': './src/node.ts',
      'unexpired/redis': './src/redis.ts',
    },
    logLevel: 'warning',
  })
  await rename(fresh, program)
  return program
}

/** How a process ended, and what it said. */
export interface Ended {
  readonly code: number | null
  readonly said: string
  readonly complained: string
}

/** A process, with no more of this one's environment than it needs. It ends with the test. */
export function startProgram(
  program: string,
  args: readonly string[],
  env: Record<string, string>,
): { readonly child: ChildProcessWithoutNullStreams; readonly ended: Promise<Ended> } {
  const { PATH = '', SystemRoot = '' } = process.env
  const child = spawn(process.execPath, [program, ...args], { env: { PATH, SystemRoot, ...env } })
  onTestFinished(() => void child.kill('SIGKILL'))
  let said = ''
  let complained = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complained += text))
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, said, complained }))
  })
  return { child, ended }
}
