import { expect, test } from 'vitest'

import { createSession, memoryStore, RefreshUnavailableError } from 'unexpired'
import type { Session, TokenStore } from 'unexpired'
import { fakeClock } from 'unexpired/testing'

import { deferred, observe } from './observed.js'
import { never, tokensOf } from './scripted-refresh.js'
import { eventsOf, signedIn, startSession } from './start-session.js'

/** A store that is away until it is mended, and says so. */
async function awayStore(holds: 'a session' | 'nothing', load = () => Promise.reject(gone)) {
  const inner = memoryStore()
  if (holds === 'a session') {
    const { session } = await signedIn({ store: inner })
    await session.close()
  }
  const store: TokenStore = { ...inner, load, replace: () => Promise.reject(gone) }
  return { store, inner, mend: () => void Object.assign(store, inner) }
}

const gone = new RefreshUnavailableError('network', 0, 'Redis is away')

const unavailable = { code: 'refresh-unavailable', reason: 'network' }

const ways: [string, (session: Session) => PromiseLike<unknown>][] = [
  ['a request', (session) => session.authorize((lease) => Promise.resolve(lease))],
  ['getAccessToken', (session) => session.getAccessToken()],
  ['refresh', (session) => session.refresh()],
  ['adopt', (session) => session.adopt(tokensOf(7))],
]

test.each(ways)(
  'G15 a store that is away makes nobody signed out: %s is told that it is unavailable',
  async (_name, ask) => {
    const { store, mend } = await awayStore('a session')
    const { session, clock, refresh } = startSession({ store })
    const held = observe(ask(session))
    await session.ready
    await clock.advance(0)
    expect(session.status).toBe('restoring')
    const asked = observe(ask(session))
    await clock.advance(0)
    for (const { error } of [held, asked]) {
      expect(error).toMatchObject({ ...unavailable, retryAfterMs: 1_000 })
      expect(String(error)).toContain('the store cannot be read')
    }
    expect(refresh.calls).toHaveLength(0)
    expect(eventsOf(session, 'store-failed')).toMatchObject([{ operation: 'load' }])

    mend()
    await clock.advance(1_000)
    expect(session.status).toBe('active')
    expect(session.tokens).toMatchObject({ accessToken: 'access-1' })
    const now = observe(ask(session))
    await clock.advance(0)
    expect(now.state).toBe('fulfilled')
  },
)

test('it is read again after one second, doubling to ten, and a request that comes meanwhile waits', async () => {
  let reads = 0
  let isSlow = false
  const { store } = await awayStore('nothing', () => {
    reads += 1
    return isSlow ? never() : Promise.reject(gone)
  })
  const { session, clock } = startSession({ store })
  await clock.advance(0)
  const after: number[] = []
  for (let second = 0; second < 40; second += 1) {
    const before = reads
    await clock.advance(1_000)
    if (reads > before) after.push(second + 1)
  }
  expect(after).toEqual([1, 3, 7, 15, 25, 35])
  isSlow = true
  await clock.advance(5_000)
  const asked = observe(session.getAccessToken())
  await clock.advance(0)
  expect(asked.state).toBe('pending')
  await clock.advance(5_000)
  expect(asked.error).toMatchObject(unavailable)
})

test('G31 who signs in meanwhile is signed in, and stored when it is back', async () => {
  const { store, inner, mend } = await awayStore('nothing')
  const { session, clock } = startSession({ store })
  await clock.advance(0)
  await session.signIn(tokensOf(1))
  expect(session.status).toBe('active')
  expect(await session.getAccessToken()).toBe('access-1')
  mend()
  await clock.advance(2_000)
  expect(await inner.load()).toMatchObject({ tokens: tokensOf(1) })
})

test('G23 G31 who signs out meanwhile is signed out when it is back', async () => {
  const { store, inner, mend } = await awayStore('a session')
  const { session, clock } = startSession({ store })
  await clock.advance(0)
  await session.signOut()
  mend()
  await clock.advance(2_000)
  expect(session.status).toBe('signed-out')
  const stored = await inner.load()
  expect(stored?.generation).toBe(2)
  expect(stored?.tokens).toBeUndefined()
})

test('a session that is closed meanwhile reads no more, and no timer is left', async () => {
  let reads = 0
  const { store } = await awayStore('nothing', () => {
    reads += 1
    return Promise.reject(gone)
  })
  const clock = fakeClock()
  const { session } = startSession({ store, clock })
  await clock.advance(0)
  const asked = observe(session.getAccessToken())
  await session.close()
  expect(asked.error).toMatchObject(unavailable)
  expect(clock.pendingTimers).toBe(0)
  await clock.advance(60_000)
  expect(reads).toBe(1)
  expect(observe(session.getAccessToken()).state).toBe('pending')
  await expect(session.getAccessToken()).rejects.toMatchObject({ reason: 'closed' })
})

test('one that is closed before the store has failed leaves no timer either', async () => {
  const answer = deferred<never>()
  const { store } = await awayStore('nothing', () => answer.promise)
  const { session, clock } = startSession({ store })
  await clock.advance(0)
  await session.close()
  answer.reject(gone)
  await clock.advance(0)
  expect(clock.pendingTimers).toBe(0)
})

test('G18 a change that is told of, and cannot be read then, is read later', async () => {
  const inner = memoryStore()
  const store: TokenStore = { ...inner }
  const { session, clock } = await signedIn({ store })
  store.load = () => Promise.reject(gone)
  const stored = await inner.load()
  if (!stored) expect.unreachable()
  await inner.replace(stored, { ...stored, generation: 2, tokens: undefined })
  await clock.advance(2_000)
  expect(session.status).toBe('active')
  store.load = inner.load
  await clock.advance(4_000)
  expect(session.status).toBe('signed-out')
  expect(clock.pendingTimers).toBe(0)
})

test('G34 where a store fails otherwise, nobody is signed in, and requests go unsigned', async () => {
  const store: TokenStore = { ...memoryStore(), load: () => Promise.reject(new Error('blocked')) }
  const session = createSession({ store, refresh: never })
  await session.ready
  expect(session.status).toBe('signed-out')
  expect(await session.getAccessToken()).toBeUndefined()
  await session.close()
})
