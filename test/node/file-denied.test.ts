import { chmod, chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { StoredSession } from 'unexpired'
import { describe, expect, test } from 'vitest'

import { nobody } from './harness/faults.js'
import { makeDirectory, openServer } from './harness/place.js'
import { startWorker } from './harness/processes.js'
import { eventually, served, times } from './harness/sharing.js'

/** What stands in the way, in a directory of the test's own. */
interface Obstacle {
  readonly name: string
  /** The file, below that directory. @defaultValue 'session.json' */
  readonly file?: string
  readonly code: string
  put(directory: string): Promise<unknown>
  remove(directory: string): Promise<unknown>
}

/** Modes concern nobody who is root. */
const isRoot = process.getuid?.() === 0

const obstacles: Obstacle[] = [
  {
    name: 'where a directory has its name',
    code: 'EISDIR|EEXIST|EPERM|ENOTEMPTY|not a file',
    put: (directory) => mkdir(join(directory, 'session.json', 'of-somebody'), { recursive: true }),
    remove: (directory) =>
      rename(join(directory, 'session.json'), join(directory, 'somewhere-else')),
  },
  {
    name: 'whose directory would be in a file',
    file: 'file/session.json',
    code: 'ENOTDIR|EEXIST',
    put: (directory) => writeFile(join(directory, 'file'), 'of somebody'),
    remove: (directory) => rm(join(directory, 'file')),
  },
  {
    name: 'in a directory that may not be written',
    code: 'EACCES',
    put: (directory) => chmod(directory, 0o500),
    remove: (directory) => chmod(directory, 0o700),
  },
  {
    name: 'in a directory that may not be entered',
    code: 'EACCES',
    put: (directory) => chmod(directory, 0o000),
    remove: (directory) => chmod(directory, 0o700),
  },
  {
    name: 'whose directory may not be made',
    file: 'inner/session.json',
    code: 'EACCES',
    put: (directory) => chmod(directory, 0o500),
    remove: (directory) => chmod(directory, 0o700),
  },
  {
    name: 'that may not be read',
    code: 'EACCES',
    async put(directory) {
      await writeFile(join(directory, 'session.json'), 'of somebody', { mode: 0o000 })
    },
    remove: (directory) => rm(join(directory, 'session.json')),
  },
]

/** A process without root's rights, on a file that it has written once. */
async function signedIn() {
  const directory = await makeDirectory()
  const path = join(directory, 'session.json')
  const server = await openServer()
  if (isRoot) await chown(directory, nobody, nobody)
  const worker = await startWorker({ url: server.url, place: { kind: 'file', path } })
  if (isRoot) await worker.call('become', nobody)
  await worker.call('signIn', 'ann')
  await eventually(() => readFile(path, 'utf8').catch(() => '')).toContain('"generation":1')
  return { directory, path, server, worker }
}

describe('a file', () => {
  test.each(obstacles.map((obstacle) => [obstacle.name, obstacle] as const))(
    'G31 G34 G40 %s is told without secrets, and written when it can be',
    async (_name, { file = 'session.json', code, put, remove }) => {
      const directory = await makeDirectory()
      const path = join(directory, file)
      const server = await openServer()
      if (isRoot) await chown(directory, nobody, nobody)
      const worker = await startWorker({ url: server.url, place: { kind: 'file', path } })
      if (isRoot) await worker.call('become', nobody)
      await put(directory)

      await worker.call('signIn', 'ann')
      expect(await worker.call('send', 'ann', 3)).toEqual(times(3, served(1)))
      server.orders.expireNow()
      expect(await worker.call('send', 'ann', 3)).toEqual(times(3, served(2)))
      const failures = JSON.stringify(await worker.call('events', 'ann', 'store-failed'))
      expect(failures).toMatch(new RegExp(code))
      expect(failures).not.toMatch(/[ar]t_f/)

      await remove(directory)
      await eventually(() => readFile(path, 'utf8').catch(() => '')).toContain('"generation":2')
      const { uid, mode } = await stat(path)
      expect(mode & 0o777).toBe(0o600)
      expect(uid).toBe(isRoot ? nobody : process.getuid?.())
      const { tokens } = JSON.parse(await readFile(path, 'utf8')) as StoredSession
      expect(tokens?.accessToken).toMatch(/^at_f1_2_/)
      expect(await worker.call('send', 'ann', 1)).toEqual([served(2)])
      expect(server.counts.refreshes).toBe(1)
      expect(worker.complaints()).toBe('')
    },
  )

  test('G31 in a directory that may be written no more is told by its own error, and written when it may', async () => {
    const { directory, path, server, worker } = await signedIn()
    await chmod(directory, 0o500)
    server.orders.expireNow()
    expect(await worker.call('send', 'ann', 1)).toEqual([served(2)])
    const failures = JSON.stringify(await worker.call('events', 'ann', 'store-failed'))
    expect(failures).toContain('EACCES')
    expect(failures).not.toContain('ENOENT')
    await chmod(directory, 0o700)
    await eventually(() => readFile(path, 'utf8')).toContain('"generation":2')
  })

  test('G31 in a directory whose names may not be listed is written as any other', async () => {
    const { directory, path, server, worker } = await signedIn()
    await chmod(directory, 0o300)
    server.orders.expireNow()
    expect(await worker.call('send', 'ann', 1)).toEqual([served(2)])
    await eventually(() => readFile(path, 'utf8')).toContain('"generation":2')
    expect(await worker.call('events', 'ann', 'store-failed')).toEqual([])
    await chmod(directory, 0o700)
  })
})
