import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { UserProject } from '../package/project.js'
import { run } from '../package/run.js'

/** A runtime that the core suite runs on. */
export interface Runtime {
  /** As the suite calls it in its first line: name and major version. */
  readonly name: string
  /** The program and what stands before the file, or `undefined` where it is missing here. */
  readonly command: readonly [program: string, ...args: string[]] | undefined
  /** What to do where it is missing. */
  readonly install: string
}

const here = fileURLToPath(new URL('.', import.meta.url))
const modules = join(here, 'node_modules')
const bring = '`npm install --no-package-lock` in test/runtimes brings it'

/**
 * Installs what package.json beside this file names, once. They are many megabytes that only these
 * tests need, so the first run fetches them and not `npm install`; and platforms that lack one of
 * them are no error here.
 */
async function install(): Promise<void> {
  // scripts/check-guarantees.ts only asks which tests there are.
  if (process.env['UNEXPIRED_LIST_ONLY']) return
  const wanted = await readFile(join(here, 'package.json'), 'utf8')
  const stamp = join(modules, '.installed')
  const installed = await readFile(stamp, 'utf8').catch(() => '')
  if (installed === wanted) return
  try {
    const quiet = ['--no-package-lock', '--no-audit', '--no-fund', '--silent']
    await run('npm', ['install', ...quiet], { cwd: here, timeoutMs: 240_000 })
    await writeFile(stamp, wanted)
  } catch (error) {
    // Offline, as a rule. Each runtime that is missing says so itself.
    console.warn(String(error))
  }
}

/** A program in one of the packages of a scope: there is one for each platform, and ours is installed. */
async function inScope(scope: string, ...paths: readonly string[]): Promise<string | undefined> {
  const packages = await readdir(join(modules, scope)).catch(() => [])
  return existing(packages.flatMap((name) => paths.map((path) => join(modules, scope, name, path))))
}

const existing = (paths: readonly string[]): string | undefined => paths.find(existsSync)

function nodeOf(major: number): Runtime {
  const isThis = process.versions.node.startsWith(`${major}.`)
  const program = isThis ? process.execPath : existing([join(modules, `node${major}`, 'bin/node')])
  return {
    name: `node ${major}`,
    command: program === undefined ? undefined : [program],
    install: `${bring} on Linux and x64; elsewhere, run the tests with Node ${major}`,
  }
}

/** All runtimes that are supported, found or not. */
export async function findRuntimes(): Promise<readonly Runtime[]> {
  await install()
  const bun = await inScope('@oven', 'bin/bun', 'bin/bun.exe')
  const deno = await inScope('@deno', 'deno', 'deno.exe')
  return [
    nodeOf(20),
    nodeOf(22),
    nodeOf(24),
    {
      name: 'bun 1',
      command: bun === undefined ? undefined : [bun, 'run'],
      install: bring,
    },
    {
      name: 'deno 2',
      command: deno === undefined ? undefined : [deno, 'run', '--allow-all', '--no-lock'],
      install: bring,
    },
  ]
}

/** Runs a file of a user's project; fails where the program does, and where it does not end by itself. */
export function runOn(
  { command, install: bringIt }: Runtime,
  { folder }: UserProject,
  ...fileAndArgs: readonly string[]
): Promise<string> {
  if (!command) throw new Error(`not found: ${bringIt}`)
  const [program, ...args] = command
  return run(program, [...args, ...fileAndArgs], { cwd: folder, timeoutMs: 30_000 })
}
