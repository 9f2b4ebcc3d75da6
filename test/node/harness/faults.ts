import { execFile } from 'node:child_process'
import { appendFile } from 'node:fs/promises'
import { promisify } from 'node:util'

import type { StartOptions, Worker } from './processes.js'

const run = promisify(execFile)

/** Somebody who is not root, and whom modes of files concern. */
export const nobody = 65_534

/** From now on no file of this process grows beyond that; a write that would is cut, and the next one fails. */
export async function limitFiles({ pid }: Worker, bytes: number | 'unlimited'): Promise<void> {
  await run('prlimit', [`--pid=${pid}`, `--fsize=${bytes}:`])
}

/** From now on this process opens no file that would make them more than that. */
export async function limitOpenFiles({ pid }: Worker, count: number): Promise<void> {
  await run('prlimit', [`--pid=${pid}`, `--nofile=${count}:`])
}

/** Has a worker see a small disk of its own in this directory. It goes with its process. */
export const onSmallDisk = (directory: string): Required<Pick<StartOptions, 'under'>> => ({
  under: [
    'unshare',
    '--mount',
    'sh',
    '-c',
    'mount -t tmpfs -o size=32k none "$0" && exec "$@"',
    directory,
  ],
})

/** Has a worker see what another one sees. */
export const beside = ({ pid }: Worker): Required<Pick<StartOptions, 'under'>> => ({
  under: ['nsenter', `--target=${pid}`, '--mount'],
})

/** Whether this machine lets us mount. Containers often do not. */
export const canMount = (): Promise<boolean> =>
  run('unshare', ['--mount', 'sh', '-c', 'mount -t tmpfs none /tmp']).then(
    () => true,
    () => false,
  )

/** A file as a worker sees it, whatever is mounted there for it. */
export const seenBy = ({ pid }: Worker, path: string): string => `/proc/${pid}/root${path}`

/** Mounts the small disk of a worker anew. */
export async function remount({ pid }: Worker, directory: string, how: 'ro' | 'rw') {
  await run('nsenter', [`--target=${pid}`, '--mount', 'mount', '-o', `remount,${how}`, directory])
}

/** Writes to a file until its disk is full. */
export async function fill(path: string): Promise<void> {
  for (;;) {
    try {
      await appendFile(path, Buffer.alloc(1_024))
    } catch {
      return
    }
  }
}
