import { chmod, chown, mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { fileStore } from 'unexpired/node'
import { describe, expect, onTestFinished, test } from 'vitest'

import { record } from '../stores/store-records.js'
import { nobody } from './harness/faults.js'
import { makeDirectory, makePath, openServer } from './harness/place.js'
import { startWorker } from './harness/processes.js'
import { served } from './harness/sharing.js'

const modeOf = async (path: string): Promise<string> =>
  ((await stat(path)).mode & 0o777).toString(8)

/** What a process that is told nothing makes, and what one makes that is told to keep all to itself. */
const umasks = ['000', '022', '077', '277', '777']

function setUmask(umask: number): void {
  const before = process.umask(umask)
  onTestFinished(() => void process.umask(before))
}

describe('the file of a session', () => {
  test.each(umasks)('G35 is for its owner alone, with the umask %s', async (umask) => {
    const path = join(await makeDirectory(), 'made/session.json')
    setUmask(parseInt(umask, 8))
    const store = fileStore(path)
    onTestFinished(store.watch(() => undefined))
    await store.replace(undefined, record(1))
    await store.exclusive(() => Promise.resolve(), { waitMs: 1_000 })
    expect(await modeOf(dirname(path))).toBe('700')
    const names = await readdir(dirname(path))
    expect(names).toContain('session.json')
    for (const name of names)
      expect([name, await modeOf(join(dirname(path), name))]).toEqual([name, '600'])
  })

  test.each(['600', '644', '666', '777', '400'])(
    'G35 is for its owner alone where one of the mode %s was before',
    async (mode) => {
      const path = await makePath()
      await writeFile(path, JSON.stringify(record(1)))
      await chmod(path, mode)
      const store = fileStore(path)
      expect(await store.load()).toEqual(record(1))
      expect(await store.replace(record(1), record(2))).toBe(true)
      expect(await modeOf(path)).toBe('600')
    },
  )

  test('G35 is never another’s to read, not even while it is written', async () => {
    const path = await makePath()
    setUmask(0o000)
    const store = fileStore(path)
    const seen = new Set<string>()
    let isOver = false
    const spy = async (): Promise<void> => {
      while (!isOver) {
        for (const name of await readdir(dirname(path))) {
          const found = await stat(join(dirname(path), name)).catch(() => undefined)
          // The locks are empty.
          if (found?.size) seen.add((found.mode & 0o777).toString(8))
        }
      }
    }
    const spying = spy()
    for (let at = 1; at <= 40; at += 1) {
      await store.replace(at === 1 ? undefined : record(at - 1), record(at))
    }
    isOver = true
    await spying
    expect([...seen]).toEqual(['600'])
  })

  test('G35 leaves the mode of a directory alone that others have made', async () => {
    const directory = join(await makeDirectory(), 'of-others')
    await mkdir(directory)
    await chmod(directory, 0o755)
    await fileStore(join(directory, 'session.json')).replace(undefined, record(1))
    expect(await modeOf(directory)).toBe('755')
  })

  // Of root, modes hide nothing.
  test.each(['277', '777'])(
    'G35 is there for the next process too, with the umask %s',
    async (umask) => {
      const directory = await makeDirectory()
      const server = await openServer()
      const isRoot = process.getuid?.() === 0
      if (isRoot) await chown(directory, nobody, nobody)
      const place = { kind: 'file', path: join(directory, 'made/session.json') } as const
      for (const generation of [1, 2]) {
        const worker = await startWorker({ url: server.url, place })
        if (isRoot) await worker.call('become', nobody)
        await worker.call('umask', parseInt(umask, 8))
        if (generation === 1) await worker.call('signIn', 'ann')
        else server.orders.expireNow()
        expect(await worker.call('send', 'ann', 1)).toEqual([served(generation)])
        expect(await worker.call('events', 'ann', 'store-failed')).toEqual([])
        expect(await worker.call('events', 'ann', 'turn-missed')).toEqual([])
        await worker.kill()
      }
    },
  )
})
