import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import { createSession } from 'unexpired'
import { fileStore } from 'unexpired/node'
import { expect, onTestFinished, test } from 'vitest'

import { limitOpenFiles } from './harness/faults.js'
import { makeDirectory, makePath, openServer } from './harness/place.js'
import { startWorkers } from './harness/processes.js'
import { eventually, served, signInAll } from './harness/sharing.js'

const wrong = (value: unknown) => value as never

test.each([
  ['no path', undefined, 'undefined'],
  ['an empty path', '', 'an empty one'],
  ['a URL', new URL('file:///tmp/session.json'), 'object'],
  ['a number', 7, 'number'],
])('%s is told at once', (_name, path, got) => {
  const make = () => fileStore(wrong(path))
  expect(make).toThrow(expect.objectContaining({ code: 'invalid-option' }))
  expect(make).toThrow(`fileStore: path: expected a text that is not empty, got ${got}`)
})

test('G34 making a store touches nothing', async () => {
  const directory = await makeDirectory()
  fileStore(join(directory, 'below/session.json'))
  expect(await readdir(directory)).toEqual([])
})

test('G5 work that fails gives its turn back, and its error on', async () => {
  const path = await makePath()
  const [here, there] = [fileStore(path), fileStore(path)]
  const broken = here.exclusive(() => Promise.reject(new Error('of the work')), { waitMs: 1_000 })
  await expect(broken).rejects.toThrow('of the work')
  const thrown = here.exclusive(
    () => {
      throw new Error('thrown at once')
    },
    { waitMs: 1_000 },
  )
  await expect(thrown).rejects.toThrow('thrown at once')
  expect(await there.exclusive(() => Promise.resolve('next'), { waitMs: 1_000 })).toBe('next')
})

test('G5 a turn within a turn is waited for no longer than was said', async () => {
  const store = fileStore(await makePath())
  await store.exclusive(
    () =>
      expect(store.exclusive(() => Promise.resolve(), { waitMs: 60 })).rejects.toThrow(
        'no turn within 60 ms',
      ),
    { waitMs: 1_000 },
  )
})

test('G5 those who wait go on taking turns where the file of the lock was removed and made anew', async () => {
  const path = await makePath()
  const stores = Array.from({ length: 4 }, () => fileStore(path))
  let running = 0
  let most = 0
  const work = async (): Promise<void> => {
    most = Math.max(most, (running += 1))
    await pause(60)
    running -= 1
  }
  const [first, ...others] = stores
  // What still has the turn of the file that was removed cannot be seen by anybody.
  let turns: Promise<unknown>[] = []
  await first?.exclusive(
    async () => {
      const waiting = others.map((store) => store.exclusive(work, { waitMs: 5_000 }))
      await pause(80)
      await rm(`${path}.lock`)
      turns = [...waiting, ...stores.map((store) => store.exclusive(work, { waitMs: 5_000 }))]
      await pause(20)
    },
    { waitMs: 1_000 },
  )
  await Promise.all(turns)
  expect(most).toBe(1)
})

// Both names are of what the process has open, on Linux and macOS.
const openFiles = async (): Promise<number> => (await readdir('/dev/fd')).length

test('G43 sessions that come and go leave no file open', async () => {
  const directory = await makeDirectory()
  const round = async (name: string): Promise<void> => {
    const session = createSession({
      store: fileStore(join(directory, name)),
      refresh: async () => ({ accessToken: 'new', refreshToken: 'r' }),
    })
    await session.signIn({ accessToken: 'old', refreshToken: 'r' })
    await session.refresh()
    session.close()
  }
  // What is made once, for all of them.
  await round('first.json')
  await pause(100)
  const before = await openFiles()
  await Promise.all(Array.from({ length: 60 }, (_, at) => round(`session-${at}.json`)))
  await expect.poll(openFiles).toBeLessThanOrEqual(before)
})

test('G5 a turn that nobody waits for any more is not taken', async () => {
  const path = await makePath()
  const holder = fileStore(path)
  let finish = (): void => undefined
  let isHeld = (): void => undefined
  const held = new Promise<void>((resolve) => (isHeld = resolve))
  const turn = holder.exclusive(
    () => {
      isHeld()
      return new Promise<void>((resolve) => (finish = resolve))
    },
    { waitMs: 1_000 },
  )
  await held
  let refreshes = 0
  const session = createSession({
    store: fileStore(path),
    refresh: async () => ({ accessToken: `new-${(refreshes += 1)}` }),
  })
  onTestFinished(() => void session.close())
  await session.signIn({ accessToken: 'old', refreshToken: 'r' })
  const refreshed = expect(session.refresh()).rejects.toMatchObject({ code: 'session-ended' })
  await pause(50)
  await session.signOut()
  await refreshed
  finish()
  await turn
  await pause(100)
  expect(refreshes).toBe(0)
  expect(await holder.exclusive(() => Promise.resolve('free'), { waitMs: 1_000 })).toBe('free')
})

// What limits a process from outside is of Linux.
test.skipIf(process.platform !== 'linux')(
  'G31 a process that may open no more files works from memory, and writes when it can',
  async () => {
    const server = await openServer()
    const place = { kind: 'file', path: await makePath() } as const
    const workers = await startWorkers(2, { url: server.url, place })
    const [poor, other] = workers
    if (!poor || !other) expect.unreachable()
    await signInAll(workers)
    server.orders.expireNow()
    // Its connection to the server is open already.
    expect(await poor.call('send', 'ann', 1)).toEqual([served(2)])
    await limitOpenFiles(poor, 5)
    server.orders.expireNow()
    expect(await poor.call('send', 'ann', 1)).toEqual([served(3)])
    expect(JSON.stringify(await poor.call('events', 'ann', 'store-failed'))).toContain('EMFILE')
    await limitOpenFiles(poor, 1_024)
    await eventually(() => other.call('status', 'ann')).toMatchObject({ generation: 3 })
    expect(server.counts).toMatchObject({ refreshes: 2, familiesRevoked: 0 })
    expect(await other.call('send', 'ann', 1)).toEqual([served(3)])
  },
)
