import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The folder of this repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

interface RunOptions {
  readonly cwd: string
  /** Milliseconds; whatever still runs then is killed. */
  readonly timeoutMs?: number
}

/** Runs a program to its end and gives what it wrote; rejects with all of that where it fails. */
export function run(
  program: string,
  args: readonly string[],
  options: RunOptions,
): Promise<string> {
  const { cwd, timeoutMs = 120_000 } = options
  return new Promise((resolve, reject) => {
    execFile(
      program,
      args,
      { cwd, timeout: timeoutMs, maxBuffer: 2 ** 26, shell: process.platform === 'win32' },
      (error, stdout, stderr) => {
        if (!error) return resolve(stdout)
        const why = error.killed ? `did not end within ${timeoutMs} ms` : `failed (${error.code})`
        reject(new Error(`${program} ${args.join(' ')} ${why}\n${stdout}${stderr}`))
      },
    )
  })
}
