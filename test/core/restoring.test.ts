import { expect, test } from 'vitest'

import { keyValueStore, memoryStore } from 'unexpired'
import type { StoredSession } from 'unexpired'
import { fakeClock } from 'unexpired/testing'
import type { FakeClock } from 'unexpired/testing'

import { deferred, observe } from './observed.js'
import { tokensOf } from './scripted-refresh.js'
import { api, eventsOf, startSession } from './start-session.js'

const recordOf = (clock: FakeClock, tokens: StoredSession['tokens']): StoredSession => ({
  version: 1,
  sessionId: 'kept',
  generation: 4,
  receivedAt: clock.now(),
  tokens,
})

/** A session on a store that takes its time to answer. */
async function restoring({ isSignedOut = false } = {}) {
  const clock = fakeClock()
  const inner = memoryStore()
  await inner.replace(undefined, recordOf(clock, isSignedOut ? undefined : tokensOf(1)))
  const answer = deferred()
  const store = {
    ...inner,
    async load() {
      await answer.promise
      return inner.load()
    },
  }
  return { ...startSession({ clock, store }), inner, answer: () => answer.resolve() }
}

test('a store that answers at once is read at once', async () => {
  const clock = fakeClock()
  const store = memoryStore()
  await store.replace(undefined, recordOf(clock, tokensOf(1)))
  const { session } = startSession({ clock, store })
  expect(session.status).toBe('active')
  expect(session.tokens).toEqual(tokensOf(1))
  expect(session.getSnapshot()).toMatchObject({ sessionId: 'kept', generation: 4 })
  await session.ready
})

test('until an async store is read, the status is restoring and requests are held', async () => {
  const { session, clock, answer } = await restoring()
  const server = api(session, 'access-1')
  const [sent, token] = [observe(server.send()), observe(session.getAccessToken())]
  const ready = observe(session.ready)
  await clock.advance(1_000)
  expect(session.getSnapshot()).toMatchObject({ status: 'restoring', sessionId: undefined })
  expect(session.tokens).toBeUndefined()
  expect([sent.state, token.state, ready.state]).toEqual(['pending', 'pending', 'pending'])
  expect(eventsOf(session, 'held')).toMatchObject([{ why: 'restoring' }, { why: 'restoring' }])

  answer()
  await clock.advance(0)
  expect(ready.state).toBe('fulfilled')
  expect(sent.value).toEqual({ status: 200, by: 'access-1' })
  expect(token.value).toBe('access-1')
  expect(session.status).toBe('active')
})

test('restored to be signed out, requests go without a token', async () => {
  const { session, clock, answer } = await restoring({ isSignedOut: true })
  const server = api(session)
  const sent = observe(server.send())
  answer()
  await clock.advance(0)
  expect(sent.value).toEqual({ status: 401, by: undefined })
  expect(session.status).toBe('signed-out')
})

test('G36 restored with a token that is dead, requests are held on until it is refreshed', async () => {
  const { session, clock, refresh, answer } = await restoring()
  const server = api(session, 'access-2')
  const sent = observe(server.send())
  await clock.advance(4_000)
  clock.sleepMachine(60_000)
  answer()
  await clock.advance(0)
  expect(sent.value).toEqual({ status: 200, by: 'access-2' })
  expect(refresh.calls).toHaveLength(1)
  expect(server.leases).toHaveLength(1)
})

test('G24 a request that was held while restoring is of whoever was restored, and of nobody else', async () => {
  const { session, clock, answer } = await restoring()
  const server = api(session, 'other')
  const sent = observe(server.send())
  clock.sleepMachine(60_000)
  answer()
  // Restored, and held on, since the token is dead: now it belongs to that session.
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve()
  expect(session.status).toBe('refreshing')
  await session.signIn({ accessToken: 'other' })
  await clock.advance(0)
  expect(sent.error).toMatchObject({ code: 'session-ended', reason: 'replaced' })
  expect(server.leases).toEqual([])
})

test('a sign-in while restoring replaces what is restored', async () => {
  const { session, clock, inner, answer } = await restoring()
  const signingIn = observe(session.signIn({ accessToken: 'new' }))
  const after = observe(session.getAccessToken())
  await clock.advance(100)
  expect([signingIn.state, after.state]).toEqual(['pending', 'pending'])
  answer()
  await clock.advance(0)
  expect(signingIn.state).toBe('fulfilled')
  expect(after.value).toBe('new')
  expect(session.tokens).toEqual({ accessToken: 'new' })
  expect(await inner.load()).toMatchObject({ generation: 1, tokens: { accessToken: 'new' } })
  expect(eventsOf(session, 'signed-out')).toMatchObject([
    { reason: 'replaced', sessionId: 'kept', generation: 4 },
  ])
})

test('G23 a sign-out while restoring signs out what is restored', async () => {
  const { session, clock, inner, answer } = await restoring()
  const signingOut = observe(session.signOut())
  answer()
  await clock.advance(0)
  expect(signingOut.state).toBe('fulfilled')
  expect(session.status).toBe('signed-out')
  expect(await inner.load()).toMatchObject({ sessionId: 'kept', generation: 5, tokens: undefined })
})

test('signed in and out while restoring: the last word counts', async () => {
  const { session, clock, inner, answer } = await restoring()
  const signingIn = observe(session.signIn({ accessToken: 'new' }))
  const signingOut = observe(session.signOut())
  answer()
  await clock.advance(0)
  expect([signingIn.state, signingOut.state]).toEqual(['rejected', 'fulfilled'])
  expect(session.status).toBe('signed-out')
  expect(await inner.load()).toMatchObject({ tokens: undefined })
})

test('refresh() and adopt() while restoring wait for what is restored', async () => {
  const { session, clock, answer } = await restoring()
  const refreshed = observe(session.refresh())
  const adopted = observe(session.adopt({ accessToken: 'pushed' }))
  answer()
  await clock.advance(0)
  expect(refreshed.state).toBe('fulfilled')
  expect(adopted.state).toBe('fulfilled')
  expect(session.getSnapshot()).toMatchObject({ sessionId: 'kept', status: 'active' })
})

test('G12 an abort while restoring ends that request alone', async () => {
  const { session, clock, answer } = await restoring()
  const controller = new AbortController()
  const aborted = observe(session.getAccessToken({ signal: controller.signal }))
  const other = observe(session.getAccessToken())
  controller.abort(new Error('gone'))
  await clock.advance(0)
  expect([aborted.error, other.state]).toEqual([new Error('gone'), 'pending'])
  answer()
  await clock.advance(0)
  expect(other.value).toBe('access-1')
})

test('G9 a store that never answers at the start holds nobody for more than five seconds', async () => {
  const { session, clock } = await restoring()
  const token = observe(session.getAccessToken())
  await clock.advance(4_999)
  expect(token.state).toBe('pending')
  await clock.advance(1)
  expect(token.state).toBe('fulfilled')
  expect(token.value).toBeUndefined()
  expect(session.status).toBe('signed-out')
})

test('a page that comes back finds its session, its generation, and what is left of its time', async () => {
  const kept = new Map<string, string>()
  const storage = () => ({
    getItem: (key: string) => Promise.resolve(kept.get(key) ?? null),
    setItem: (key: string, value: string) => Promise.resolve(void kept.set(key, value)),
    removeItem: (key: string) => Promise.resolve(void kept.delete(key)),
  })
  const first = startSession({ store: keyValueStore(storage(), 'auth') })
  await first.session.signIn({ ...tokensOf(1), scope: 'read', user: { name: 'ann' } })
  await first.session.refresh()
  const { sessionId } = first.session.getSnapshot()
  await first.clock.advance(20_000)
  first.session.close()

  const { session } = startSession({
    store: keyValueStore(storage(), 'auth'),
    clock: fakeClock(first.clock.now()),
  })
  expect(session.status).toBe('restoring')
  await session.ready
  expect(session.tokens).toEqual({
    ...tokensOf(2),
    scope: 'read',
    extra: { user: { name: 'ann' } },
  })
  expect(session.getSnapshot()).toEqual({
    status: 'active',
    sessionId,
    generation: 2,
    expiresInMs: 40_000,
  })
})
