import { createSession } from 'unexpired'
import { browserStore } from 'unexpired/browser'
import { expect, onTestFinished, test, vi } from 'vitest'

import { storeContract } from './store-contract.js'
import { record } from './store-records.js'

// Here, as on a server, nothing is there of a browser; test/browser/ runs the same in real ones.
storeContract('browserStore on a server', () => {
  const store = browserStore('auth')
  return { open: () => store }
})

const wrong = (value: unknown) => value as never

test.each([
  [
    'no key',
    () => browserStore(wrong(undefined)),
    /^\[unexpired\] browserStore: key: expected .*, got undefined$/,
  ],
  ['an empty key', () => browserStore(''), /browserStore: key: /],
  [
    'a mirror that is none',
    () => browserStore('auth', { mirror: wrong('localStorage') }),
    /browserStore: mirror: expected .*, got string/,
  ],
  [
    'a mirror that cannot be written',
    () => browserStore('auth', { mirror: wrong({ getItem: () => null }) }),
    /browserStore: mirror: expected /,
  ],
])('%s is told at once, by name', (_name, make, message) => {
  expect(make).toThrow(expect.objectContaining({ code: 'invalid-option' }))
  expect(make).toThrow(message)
})

test('G25 G34 on a server each store is a place of its own, in memory', async () => {
  const [one, other] = [browserStore('auth'), browserStore('auth')]
  await one.replace(undefined, record(1))
  expect(await other.load()).toBeUndefined()
  // Nor do they wait for one another.
  let finish = (): void => undefined
  const long = one.exclusive(() => new Promise<void>((done) => (finish = done)), { waitMs: 5_000 })
  expect(await other.exclusive(() => Promise.resolve('at once'), { waitMs: 5 })).toBe('at once')
  finish()
  await long
})

test('G34 what is missing is told, once for each session, and works from memory', async () => {
  const store = browserStore('auth', { mirror: () => localStorage })
  const refresh = () => Promise.reject(new Error('not called'))
  const sessions = [createSession({ store, refresh }), createSession({ store, refresh })]
  onTestFinished(() => sessions.forEach((session) => void session.close()))
  for (const session of sessions) await session.ready
  await sessions[0]?.signIn({ accessToken: 'access' })
  for (const session of sessions) {
    await expect.poll(() => session.tokens, { interval: 2 }).toEqual({ accessToken: 'access' })
    const told = session.explain().filter(({ type }) => type === 'store-degraded')
    expect(told).toMatchObject([
      { missing: 'indexed-db', message: 'no indexed-db: kept in memory' },
    ])
    expect(JSON.stringify(session.explain())).not.toContain('access"')
  }
})

test('nothing is mirrored on a server, where it would be one user’s for all', async () => {
  const mirror = { setItem: vi.fn(), removeItem: vi.fn() }
  const store = browserStore('auth', { mirror })
  await store.replace(undefined, record(1))
  await store.load()
  expect(mirror.setItem).not.toHaveBeenCalled()
})
