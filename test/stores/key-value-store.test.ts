import { JSDOM } from 'jsdom'
import { expect, onTestFinished, test, vi } from 'vitest'

import { createSession, keyValueStore, memoryStore } from 'unexpired'
import type { KeyValueStorage, StoredSession } from 'unexpired'

import { mapStorage, slowMapStorage } from './map-storage.js'
import { storeContract } from './store-contract.js'

const record: StoredSession = {
  version: 1,
  sessionId: 'ann',
  generation: 1,
  receivedAt: 5,
  tokens: { accessToken: 'access-1', refreshToken: 'refresh-1' },
}

function localStorage(): Storage {
  const { window } = new JSDOM('', { url: 'https://app.example/' })
  onTestFinished(() => window.close())
  return window.localStorage
}

storeContract('a Map', () => {
  const storage = mapStorage()
  return {
    open: () => keyValueStore(storage, 'auth'),
    put: (text) => storage.setItem('auth', text),
    text: () => storage.getItem('auth'),
  }
})

storeContract('an async storage', () => {
  const storage = slowMapStorage()
  return {
    open: () => keyValueStore(storage, 'auth'),
    put: (text) => storage.setItem('auth', text),
    text: () => storage.getItem('auth'),
  }
})

storeContract('localStorage', () => {
  const storage = localStorage()
  return {
    open: () => keyValueStore(() => storage, 'auth'),
    put: (text) => storage.setItem('auth', text),
    text: () => storage.getItem('auth'),
  }
})

test('the same storage and key make the same store, whichever way they are given', () => {
  const storage = mapStorage()
  const store = keyValueStore(storage, 'auth')
  expect(keyValueStore(storage, 'auth')).toBe(store)
  expect(keyValueStore(() => storage, 'auth')).toBe(store)
  expect(keyValueStore(storage, 'other')).not.toBe(store)
  expect(keyValueStore(mapStorage(storage.kept), 'auth')).not.toBe(store)
})

test('G1 so two sessions that know nothing of each other share one refresh', async () => {
  const storage = mapStorage()
  let refreshes = 0
  const open = () =>
    createSession({
      store: keyValueStore(storage, 'auth'),
      refresh: async () => ({ accessToken: `new-${(refreshes += 1)}` }),
    })
  const [one, two] = [open(), open()]
  onTestFinished(() => [one, two].forEach((session) => void session.close()))
  await one.signIn({ accessToken: 'old' })
  await Promise.all([one.refresh(), two.refresh()])
  expect(refreshes).toBe(1)
})

test('G25 other keys on the same storage are other sessions', async () => {
  const storage = mapStorage()
  const [ann, bob] = [keyValueStore(storage, 'ann'), keyValueStore(storage, 'bob')]
  const changed = vi.fn()
  bob.watch?.(changed)
  await ann.replace(undefined, record)
  expect(await bob.load()).toBeUndefined()
  expect(changed).not.toHaveBeenCalled()
  expect([...storage.kept.keys()]).toEqual(['ann'])
})

test.each([
  ['undefined', undefined],
  ['null', null],
  ['a function that gives nothing', (() => undefined) as unknown as () => KeyValueStorage],
  [
    'a function that throws, as where cookies are blocked',
    () => {
      throw new DOMException('denied', 'SecurityError')
    },
  ],
  ['a name that is not there', () => (globalThis as { noStorage?: Storage }).noStorage as Storage],
])('G34 G25 without storage, each store is a memory of its own: %s', async (_name, storage) => {
  const [one, other] = [keyValueStore(storage, 'auth'), keyValueStore(storage, 'auth')]
  expect(one).not.toBe(other)
  expect(await one.replace(undefined, record)).toBe(true)
  expect(await one.load()).toEqual(record)
  expect(await other.load()).toBeUndefined()
})

test('what it keeps is one JSON text under the key, and nothing else', async () => {
  const storage = localStorage()
  storage.setItem('theirs', 'kept')
  const store = keyValueStore(storage, 'auth')
  await store.replace(undefined, record)
  expect(storage.length).toBe(2)
  expect(JSON.parse(storage.getItem('auth') ?? '')).toEqual(record)
  await store.replace(record, undefined)
  expect(Object.keys(storage)).toEqual(['theirs'])
})

test('a sync storage is answered at once', () => {
  const store = keyValueStore(mapStorage(), 'auth')
  expect(store.load()).toBeUndefined()
  expect(store.replace(undefined, record)).toBe(true)
  expect(store.load()).toEqual(record)
  expect(store.replace(undefined, record)).toBe(false)
})

test('what a full storage throws reaches the caller, and the old record stays', async () => {
  const storage = mapStorage()
  const store = keyValueStore(storage, 'auth')
  await store.replace(undefined, record)
  vi.spyOn(storage, 'setItem').mockImplementation(() => {
    throw new DOMException('quota', 'QuotaExceededError')
  })
  expect(() => store.replace(record, { ...record, generation: 2 })).toThrow('quota')
  expect(store.load()).toEqual(record)
})

test('an async storage that rejects once is used again the next time', async () => {
  const storage = slowMapStorage()
  const store = keyValueStore(storage, 'auth')
  const setItem = vi.spyOn(storage, 'setItem')
  setItem.mockRejectedValueOnce(new Error('busy'))
  const changed = vi.fn()
  store.watch?.(changed)
  const replace = async (): Promise<boolean> => store.replace(undefined, record)
  const [first, second] = await Promise.allSettled([replace(), replace()])
  expect(first).toMatchObject({ status: 'rejected', reason: new Error('busy') })
  expect(second).toMatchObject({ status: 'fulfilled', value: true })
  expect(changed).toHaveBeenCalledOnce()
})

test('G31 a call of an async storage that never returns does not hold up the others for ever', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const storage = mapStorage()
  const asyncStorage = {
    getItem: (key: string) => Promise.resolve(storage.getItem(key)),
    setItem: (key: string, value: string) => Promise.resolve(storage.setItem(key, value)),
    removeItem: (key: string) => Promise.resolve(storage.removeItem(key)),
  }
  const store = keyValueStore(asyncStorage, 'auth')
  const setItem = vi.spyOn(asyncStorage, 'setItem')
  setItem.mockReturnValueOnce(new Promise(() => undefined))
  void store.replace(undefined, record)
  const next = Promise.resolve(store.replace(undefined, record))
  await vi.advanceTimersByTimeAsync(60_000)
  expect(await next).toBe(true)
  expect(await store.load()).toEqual(record)
})

test('a storage that gives undefined for what is not there, as some do, is empty', async () => {
  const kept = new Map<string, string>()
  const storage = {
    getItem: (key: string) => kept.get(key),
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  }
  const store = keyValueStore(storage, 'auth')
  expect(await store.load()).toBeUndefined()
  expect(await store.replace(undefined, record)).toBe(true)
})

test('methods of the storage are called as methods', async () => {
  class Kept {
    readonly #kept = new Map<string, string>()
    getItem(key: string): string | null {
      return this.#kept.get(key) ?? null
    }
    setItem(key: string, value: string): void {
      this.#kept.set(key, value)
    }
    removeItem(key: string): void {
      this.#kept.delete(key)
    }
  }
  const store = keyValueStore(new Kept(), 'auth')
  expect(await store.replace(undefined, record)).toBe(true)
  expect(await store.load()).toEqual(record)
  expect(await store.replace(record, undefined)).toBe(true)
})

test('G43 a server that opens a store for each user keeps none that nobody uses', async () => {
  const storage = mapStorage()
  const refs: WeakRef<object>[] = []
  const use = (user: number): void => {
    const store = keyValueStore(storage, `user-${user}`)
    void store.replace(undefined, record)
    refs.push(new WeakRef(store))
  }
  for (let user = 0; user < 100; user += 1) use(user)
  const { setFlagsFromString } = await import('node:v8')
  setFlagsFromString('--expose-gc')
  const { runInNewContext } = await import('node:vm')
  const gc = runInNewContext('gc') as () => void
  await expect
    .poll(() => {
      gc()
      return refs.filter((ref) => ref.deref()).length
    })
    .toBeLessThan(5)
})

test('without storage it is no other than memoryStore', async () => {
  for (const store of [keyValueStore(undefined, 'auth'), memoryStore()]) {
    await store.replace(undefined, record)
    expect(await store.load()).toEqual(record)
    await store.replace(record, undefined)
    expect(await store.load()).toBeUndefined()
  }
})
