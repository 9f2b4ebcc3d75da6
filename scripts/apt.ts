/** Finds programs, and installs the packages of those that are missing where it can. */
import { execFile } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { promisify } from 'node:util'

/** The first of these paths that can be run. */
export async function firstThere(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (isThere) return path
  }
  return undefined
}

/** Root, on Debian or what comes of it. */
export async function canInstall(): Promise<boolean> {
  return process.getuid?.() === 0 && (await firstThere(['/usr/bin/apt-get'])) !== undefined
}

const run = promisify(execFile)

/** Gives one line that says why, where it fails. */
export async function install(packages: readonly string[]): Promise<string> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  console.log(`installing ${packages.join(' ')}`)
  try {
    await run('apt-get', ['update'], { env })
    await run('apt-get', ['install', '--yes', '--no-install-recommends', ...packages], { env })
    return ''
  } catch (error) {
    const { stderr } = error as { stderr?: string }
    return (stderr ?? String(error)).trim().split('\n').at(-1) ?? ''
  }
}
