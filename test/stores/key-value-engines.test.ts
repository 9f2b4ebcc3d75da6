import { randomBytes } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { keyValueStore } from 'unexpired'
import { expect, onTestFinished, test, vi } from 'vitest'

import { mapStorage, slowMapStorage } from './map-storage.js'
import { record } from './store-records.js'

test('an engine without weak references has a store for each call, on one storage', () => {
  vi.stubGlobal('WeakRef', undefined)
  onTestFinished(() => void vi.unstubAllGlobals())
  const storage = mapStorage()
  const [one, other] = [keyValueStore(storage, 'auth'), keyValueStore(storage, 'auth')]
  expect(one).not.toBe(other)
  expect(one.replace(undefined, record(1))).toBe(true)
  expect(other.load()).toEqual(record(1))
})

test('one of two writes at once wins also where timers are numbers, as in pages', async () => {
  const inNode = setTimeout
  vi.stubGlobal('setTimeout', (run: () => void, ms: number) => Number(inNode(run, ms)))
  onTestFinished(() => void vi.unstubAllGlobals())
  const store = keyValueStore(slowMapStorage(), 'auth')
  const sessions = ['ann', 'bob'].map((sessionId) => record(1, { sessionId }))
  const replaced = await Promise.all(sessions.map(async (next) => store.replace(undefined, next)))
  expect(replaced).toEqual([true, false])
  expect(await store.load()).toEqual(sessions[0])
})

test('G43 of a store that nobody uses any more, not even the key is kept', async () => {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  const heap = async (): Promise<number> => {
    // What was looked at in this turn of the event loop is kept until its end.
    await new Promise((next) => void setTimeout(next))
    gc()
    return process.memoryUsage().heapUsed
  }
  const storage = mapStorage()
  const before = await heap()
  const [users, keyLength] = [500, 20_000]
  for (let user = 0; user < users; user += 1) {
    keyValueStore(storage, randomBytes(keyLength / 2).toString('hex'))
  }
  await heap()
  // Whoever comes next looks at the oldest.
  keyValueStore(storage, 'auth')
  expect((await heap()) - before).toBeLessThan((users * keyLength) / 2)
})
