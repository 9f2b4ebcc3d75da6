import { expect, test } from 'vitest'

import { keyValueStore, memoryStore } from 'unexpired'
import { fakeClock } from 'unexpired/testing'

import { deferred, observe } from './observed.js'
import { scriptedRefresh, tokensOf } from './scripted-refresh.js'
import { api, eventsOf, signedIn, startSession } from './start-session.js'

test('tokens that a server pushes serve at once, in the same session, one generation later', async () => {
  const store = memoryStore()
  const { session, refresh } = await signedIn({ store })
  const { sessionId } = session.getSnapshot()
  await session.adopt({ access_token: 'pushed', expires_in: 120 })
  expect(await session.getAccessToken()).toBe('pushed')
  expect(session.getSnapshot()).toEqual({
    status: 'active',
    sessionId,
    generation: 2,
    expiresInMs: 120_000,
  })
  expect(await store.load()).toMatchObject({ sessionId, generation: 2 })
  expect(refresh.calls).toEqual([])
  expect(eventsOf(session, 'adopted')).toMatchObject([{ from: 'app', generation: 2 }])
})

test('G33 what they leave out is kept', async () => {
  const { session } = await signedIn()
  await session.adopt({ accessToken: 'pushed' })
  expect(session.tokens).toEqual({ accessToken: 'pushed', refreshToken: 'refresh-1' })
})

test('requests that wait for a refresh go on with them', async () => {
  const answer = deferred<object>()
  const { session, clock } = await signedIn({ refresh: scriptedRefresh(() => answer.promise) })
  const server = api(session, 'pushed')
  const held = observe(server.send())
  await clock.advance(0)
  await session.adopt({ accessToken: 'pushed', refreshToken: 'r' })
  await clock.advance(0)
  expect(held.value).toEqual({ status: 200, by: 'pushed' })
  answer.resolve({ accessToken: 'late' })
  await clock.advance(1_000)
  expect(session.status).toBe('active')
  expect(session.tokens?.accessToken).toBe('late')
  expect(session.getSnapshot().generation).toBe(3)
})

test('G16 a refresh whose token was replaced on the way, and is refused, ends nothing', async () => {
  const answer = deferred<object>()
  const { session, clock, refresh } = await signedIn({
    refresh: scriptedRefresh(() => answer.promise),
  })
  const refreshed = observe(session.refresh())
  await clock.advance(0)
  await session.adopt({ accessToken: 'pushed', refreshToken: 'new' })
  answer.resolve({ error: 'invalid_grant' })
  await clock.advance(1_000)
  expect(refreshed.state).toBe('fulfilled')
  expect(session.tokens?.accessToken).toBe('pushed')
  expect(refresh.calls).toHaveLength(1)
})

test('G16 not even while they are being stored', async () => {
  const clock = fakeClock()
  const kept = new Map<string, string>()
  const slowly = <T>(work: () => T): Promise<T> =>
    new Promise((done) => void clock.setTimeout(() => done(work()), 100))
  const storage = {
    getItem: (key: string) => Promise.resolve(kept.get(key)),
    setItem: (key: string, value: string) => slowly(() => kept.set(key, value)),
    removeItem: (key: string) => slowly(() => kept.delete(key)),
  }
  const answer = deferred<object>()
  const { session, refresh } = startSession({
    clock,
    store: keyValueStore(storage, 'auth'),
    refresh: scriptedRefresh(() => answer.promise),
  })
  const signingIn = session.signIn(tokensOf(1))
  await clock.advance(200)
  await signingIn
  const refreshed = observe(session.refresh())
  await clock.advance(0)
  expect(refresh.calls).toHaveLength(1)
  const adopting = observe(session.adopt({ accessToken: 'pushed', refreshToken: 'new' }))
  answer.resolve({ error: 'invalid_grant' })
  await clock.advance(5_000)
  expect([adopting.state, refreshed.state]).toEqual(['fulfilled', 'fulfilled'])
  expect(session.tokens).toMatchObject({ accessToken: 'pushed', refreshToken: 'new' })
  expect(refresh.calls).toHaveLength(1)
})

test('signed out, it rejects with SessionEndedError', async () => {
  const { session } = startSession()
  await expect(session.adopt(tokensOf(1))).rejects.toMatchObject({
    code: 'session-ended',
    reason: 'signed-out',
  })
  await session.signIn(tokensOf(1))
  await session.signOut()
  await expect(session.adopt(tokensOf(2))).rejects.toMatchObject({ reason: 'signed-out' })
  expect(session.status).toBe('signed-out')
})

test('G24 pushed while another user signs in, they do not become that user’s', async () => {
  const { session } = await signedIn()
  const adopting = observe(session.adopt({ accessToken: 'ann-pushed' }))
  await session.signIn({ accessToken: 'bob' })
  expect(session.tokens).toEqual({ accessToken: 'bob' })
  expect(adopting.error).toMatchObject({ code: 'session-ended', reason: 'replaced' })
})

test('a sibling on the same store adopts them too', async () => {
  const store = memoryStore()
  const here = await signedIn({ store })
  const there = startSession({ store, clock: here.clock })
  await here.session.adopt({ accessToken: 'pushed' })
  await here.clock.advance(0)
  expect(await there.session.getAccessToken()).toBe('pushed')
  expect(eventsOf(there.session, 'adopted')).toMatchObject([{ from: 'store' }])
})
