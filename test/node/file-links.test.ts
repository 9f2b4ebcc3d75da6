import { lstat, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'

import { fileStore } from 'unexpired/node'
import { describe, expect, onTestFinished, test } from 'vitest'

import { record } from '../stores/store-records.js'
import { makeDirectory, makePath, openServer } from './harness/place.js'
import { startWorker } from './harness/processes.js'
import { active, eventually, served } from './harness/sharing.js'

/** That two stores are one: for reads, for turns, and for what is told. */
async function expectShared(
  one: ReturnType<typeof fileStore>,
  other: ReturnType<typeof fileStore>,
): Promise<void> {
  let told = 0
  onTestFinished(other.watch(() => void (told += 1)))
  const before = await other.load()
  const next = record((before?.generation ?? 0) + 1)
  expect(await one.replace(before, next)).toBe(true)
  expect(await other.load()).toEqual(next)
  // At once, not by the look that is taken each 5 s.
  await expect.poll(() => told, { timeout: 3_000, interval: 5 }).toBeGreaterThan(0)
  await one.exclusive(
    () =>
      expect(other.exclusive(() => Promise.resolve(), { waitMs: 50 })).rejects.toThrow(/no turn/),
    { waitMs: 1_000 },
  )
}

describe('a file that is reached', () => {
  test('G1 by a symbolic link to it is the same one, and the link stays', async () => {
    const path = await makePath()
    const link = join(await makeDirectory(), 'link.json')
    await writeFile(path, JSON.stringify(record(1)))
    await symlink(path, link)
    await expectShared(fileStore(link), fileStore(path))
    await expectShared(fileStore(path), fileStore(link))
    expect((await lstat(link)).isSymbolicLink()).toBe(true)
    expect(await readdir(dirname(link))).toEqual([basename(link)])
  })

  test.each([
    ['absolute', (path: string) => path],
    ['relative', (path: string, from: string) => relative(from, path)],
  ])('G1 by a %s symbolic link to where nothing is yet', async (_kind, target) => {
    const path = await makePath()
    const link = join(await makeDirectory(), 'link.json')
    await symlink(target(path, dirname(link)), link)
    await expectShared(fileStore(link), fileStore(path))
    expect((await lstat(link)).isSymbolicLink()).toBe(true)
    expect(await readFile(path, 'utf8')).toContain('access-1')
  })

  test('G1 through a symbolic link to its directory is the same one', async () => {
    const path = await makePath()
    const link = join(await makeDirectory(), 'link')
    await symlink(dirname(path), link)
    await expectShared(fileStore(join(link, basename(path))), fileStore(path))
    await expectShared(fileStore(path), fileStore(join(link, basename(path))))
    expect((await lstat(link)).isSymbolicLink()).toBe(true)
  })

  test('G31 by a symbolic link to itself fails, and nothing hangs', async () => {
    const path = await makePath()
    await symlink(basename(path), path)
    const store = fileStore(path)
    await expect(store.load()).rejects.toThrow(/ELOOP/)
    await expect(store.replace(undefined, record(1))).rejects.toThrow(/ELOOP/)
  })

  test('G1 by a relative path stays the same one wherever its process goes', async () => {
    const directory = await makeDirectory()
    const server = await openServer()
    const url = server.url
    const worker = await startWorker({
      url,
      place: { kind: 'file', path: './below/session.json' },
      cwd: directory,
    })
    await worker.call('signIn', 'ann')
    await worker.call('chdir', await makeDirectory())
    server.orders.expireNow()
    expect(await worker.call('send', 'ann', 2)).toEqual([served(2), served(2)])
    const path = join(directory, 'below/session.json')
    const other = await startWorker({ url, place: { kind: 'file', path } })
    await active(other, 2)
  })
})

describe('under a live session', () => {
  const open = async () => {
    const path = join(await makeDirectory(), 'below/session.json')
    const server = await openServer()
    const settings = { url: server.url, place: { kind: 'file', path } } as const
    const worker = await startWorker(settings)
    await worker.call('signIn', 'ann')
    return { path, server, worker, settings }
  }

  test.each<[string, (path: string) => Promise<unknown>]>([
    ['the file', (path) => rm(path)],
    ['the directory', (path) => rm(dirname(path), { recursive: true })],
    [
      'the directory, which is made again,',
      async (path) => {
        await rm(dirname(path), { recursive: true })
        await mkdir(dirname(path))
      },
    ],
    ['the directory, by another name,', (path) => rename(dirname(path), `${dirname(path)}-old`)],
  ])('G31 %s is removed, and the record is written again from memory', async (_what, remove) => {
    const { path, server, worker, settings } = await open()
    // It sees all of it at once.
    worker.stop()
    await remove(path)
    worker.wake()
    // Without any request: another process that starts meanwhile would find nothing.
    await eventually(() => readFile(path, 'utf8').catch(() => '')).toContain('"generation":1')
    const other = await startWorker(settings)
    await active(other, 1)
    // And they see of one another still.
    server.orders.expireNow()
    expect(await worker.call('send', 'ann', 1)).toEqual([served(2)])
    await active(other, 2)
    server.orders.expireNow()
    expect(await other.call('send', 'ann', 1)).toEqual([served(3)])
    await active(worker, 3)
    expect(server.counts).toMatchObject({ refreshes: 2, familiesRevoked: 0 })
  })
})
