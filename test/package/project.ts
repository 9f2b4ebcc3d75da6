import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { inject } from 'vitest'

import { root, run } from './run.js'

/** A project of a user, in a folder of its own, with the packed package installed. */
export interface UserProject {
  readonly folder: string
  write(file: string, text: string): Promise<void>
  /** Runs a file with the Node that runs the tests. */
  node(...args: readonly string[]): Promise<string>
  /** Type-checks with the compiler of this repository. */
  typeCheck(compilerOptions: object, files: readonly string[]): Promise<string>
  remove(): Promise<void>
}

interface ProjectOptions {
  /** Packages to link, by name: what they are called in this repository. */
  readonly links?: Readonly<Record<string, string>>
}

/** Makes a project that has nothing but the packed package and links to what is named. */
export async function createUserProject({ links = {} }: ProjectOptions = {}): Promise<UserProject> {
  const folder = await mkdtemp(join(tmpdir(), 'unexpired-user-'))
  const write = async (file: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), text)
  }
  await write('package.json', JSON.stringify({ name: 'user', private: true, type: 'module' }))
  const quiet = ['--offline', '--silent', '--no-audit', '--no-fund', '--no-package-lock']
  await run('npm', ['install', ...quiet, inject('tarball')], { cwd: folder })
  for (const [name, linked] of Object.entries(links)) {
    const place = join(folder, 'node_modules', name)
    await mkdir(dirname(place), { recursive: true })
    await symlink(join(root, 'node_modules', linked), place, 'junction')
  }
  return {
    folder,
    write,
    node: (...args) => run(process.execPath, args, { cwd: folder, timeoutMs: 20_000 }),
    async typeCheck(compilerOptions, files) {
      const strict = { strict: true, noEmit: true, skipLibCheck: false, target: 'ES2022' }
      const config = { compilerOptions: { ...strict, ...compilerOptions }, files }
      await write('tsconfig.json', JSON.stringify(config))
      const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
      return run(process.execPath, [compiler, '--pretty', 'false'], { cwd: folder })
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}
