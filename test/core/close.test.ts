import { expect, test, vi } from 'vitest'

import { memoryStore, SessionEndedError } from 'unexpired'

import { deferred, observe } from './observed.js'
import type { Observed } from './observed.js'
import { never, scriptedRefresh, tokensOf } from './scripted-refresh.js'
import { api, eventsOf, signedIn, startSession } from './start-session.js'

const closed = { code: 'session-ended', reason: 'closed' }

test('what waits when a session is closed rejects at once', async () => {
  const { session, clock } = await signedIn({ refresh: scriptedRefresh(never) })
  const server = api(session)
  const waiting: Observed<unknown>[] = [observe(server.send()), observe(session.refresh())]
  await clock.advance(0)
  waiting.push(observe(session.getAccessToken()))
  session.close()
  await clock.advance(0)
  for (const { error } of waiting) expect(error).toMatchObject(closed)
  expect(waiting[0]?.error instanceof SessionEndedError && waiting[0].error.response).toEqual({
    status: 401,
    by: 'access-1',
  })
})

test('G17 a refresh under way when a session is closed is finished, and stored for who comes next', async () => {
  const store = memoryStore()
  const answer = deferred<object>()
  const onSignedOut = vi.fn()
  const { session, clock, refresh } = await signedIn({
    store,
    onSignedOut,
    refresh: scriptedRefresh(() => answer.promise),
  })
  const refreshed = observe(session.refresh())
  await clock.advance(0)
  session.close()
  const next = startSession({ store, clock })
  const asked = observe(next.session.refresh())
  await clock.advance(0)
  expect(refreshed.error).toMatchObject(closed)
  expect(refresh.calls[0]?.signal.aborted).toBe(false)
  expect(next.refresh.calls).toHaveLength(0)

  answer.resolve(tokensOf(2))
  await clock.advance(100)
  expect(await store.load()).toMatchObject({ generation: 2, tokens: tokensOf(2) })
  expect(asked.value).toEqual(tokensOf(2))
  expect(next.refresh.calls).toHaveLength(0)
  expect(session.status).toBe('signed-out')
  expect(onSignedOut).not.toHaveBeenCalled()
})

test('a refresh that never answers holds the turn of a closed session no longer than any other', async () => {
  const store = memoryStore()
  const { session, clock } = await signedIn({ store, refresh: scriptedRefresh(never, never) })
  void session.refresh().catch(() => undefined)
  await clock.advance(0)
  session.close()
  const next = startSession({ store, clock })
  const asked = observe(next.session.refresh())
  await clock.advance(21_000)
  expect(asked.state).toBe('fulfilled')
})

test('after it everything rejects, and nothing is sent', async () => {
  const { session, refresh } = await signedIn()
  session.close()
  const server = api(session)
  await expect(server.send()).rejects.toMatchObject(closed)
  await expect(session.getAccessToken()).rejects.toMatchObject(closed)
  await expect(session.refresh()).rejects.toMatchObject(closed)
  await expect(session.signIn(tokensOf(2))).rejects.toMatchObject(closed)
  await expect(session.adopt(tokensOf(2))).rejects.toMatchObject(closed)
  await session.signOut()
  expect(server.leases).toEqual([])
  expect(refresh.calls).toEqual([])
  expect(session.tokens).toBeUndefined()
  expect(session.status).toBe('signed-out')
})

test('a sign-in after it is not stored', async () => {
  const store = memoryStore()
  const { session, clock } = await signedIn({ store })
  const { sessionId } = session.getSnapshot()
  await session.close()
  await expect(session.signIn(tokensOf(9))).rejects.toMatchObject(closed)
  await clock.advance(10_000)
  expect(await store.load()).toMatchObject({ sessionId, tokens: tokensOf(1) })
})

test('closing signs nobody out: the store keeps the session, and onSignedOut is not called', async () => {
  const store = memoryStore()
  const onSignedOut = vi.fn()
  const { session, clock } = await signedIn({ store, onSignedOut })
  session.close()
  session.close()
  expect(onSignedOut).not.toHaveBeenCalled()
  expect(eventsOf(session, 'signed-out')).toEqual([])
  const next = startSession({ store, clock })
  expect(next.session.tokens).toEqual(tokensOf(1))
})

test('whoever subscribed is told of the closing, and of nothing after it', async () => {
  const store = memoryStore()
  const { session, clock } = await signedIn({ store })
  const seen = vi.fn(() => session.status)
  session.subscribe(seen)
  session.close()
  expect(seen).toHaveLastReturnedWith('signed-out')
  seen.mockClear()
  const sibling = startSession({ store, clock })
  await sibling.session.refresh()
  await sibling.session.signOut()
  await clock.advance(60_000)
  expect(seen).not.toHaveBeenCalled()
})

test('closed while it is restoring, what waits rejects, and the store’s answer counts for nothing', async () => {
  const answer = deferred<undefined>()
  const store = { ...memoryStore(), load: () => answer.promise }
  const { session, clock } = startSession({ store })
  const waiting = observe(session.getAccessToken())
  session.close()
  await clock.advance(0)
  expect(waiting.error).toMatchObject(closed)
  answer.resolve(undefined)
  await clock.advance(10_000)
  await session.ready
  expect(session.status).toBe('signed-out')
  expect(clock.pendingTimers).toBe(0)
})

test('closed while a sign-in is being stored, the sign-in rejects', async () => {
  const gate = deferred()
  const inner = memoryStore()
  const { session, clock } = startSession({
    store: {
      load: inner.load,
      async replace(expected, next) {
        await gate.promise
        return inner.replace(expected, next)
      },
    },
  })
  const signingIn = observe(session.signIn(tokensOf(1)))
  const waiting = observe(session.getAccessToken())
  session.close()
  gate.resolve()
  await clock.advance(10_000)
  expect(signingIn.error).toMatchObject(closed)
  expect(waiting.error).toMatchObject(closed)
})

test('closed while a request is in flight: a good answer is handed over, an expired one is not', async () => {
  const { session } = await signedIn()
  const [good, bad] = [deferred<{ status: number }>(), deferred<{ status: number }>()]
  const sent = [good, bad].map(({ promise }) => observe(session.authorize(() => promise)))
  session.close()
  good.resolve({ status: 200 })
  bad.resolve({ status: 401 })
  await vi.waitFor(() => expect(sent.every(({ state }) => state !== 'pending')).toBe(true))
  expect(sent[0]?.value).toEqual({ status: 200 })
  expect(sent[1]?.error).toMatchObject({ ...closed, response: { status: 401 } })
})

test('a closed session lets go of its store and its timers', async () => {
  const watching = vi.fn()
  const unwatch = vi.fn()
  const store = {
    ...memoryStore(),
    replace: () => {
      throw new Error('disk full')
    },
    watch(changed: () => void) {
      watching(changed)
      return unwatch
    },
  }
  const { session, clock } = startSession({ store })
  await session.signIn(tokensOf(1))
  expect(clock.pendingTimers).toBe(1)
  await session.close()
  expect(clock.pendingTimers).toBe(0)
  expect(watching).toHaveBeenCalledOnce()
  expect(unwatch).toHaveBeenCalledOnce()
})

test('that a session was closed is the last that it tells, once, and explain() ends with it', async () => {
  const { session } = await signedIn({ refresh: scriptedRefresh(never) })
  const told: unknown[] = []
  session.on('closed', (event) => told.push(event, session.status))
  session.expire()
  void session.getAccessToken().catch(() => undefined)
  void session.close()
  void session.close()
  const { sessionId } = session.explain()[0] ?? {}
  expect(told).toMatchObject([{ type: 'closed', sessionId, generation: 1 }, 'signed-out'])
  expect(session.explain().map(({ type }) => type)).toEqual([
    'signed-in',
    'expired',
    'refresh-started',
    'held',
    'released',
    'closed',
  ])
})

test('a store that fails after a session was closed is not told of any more', async () => {
  const stored = deferred<boolean>()
  const { session, clock } = startSession({
    store: { load: () => undefined, replace: () => stored.promise },
  })
  const signingIn = observe(session.signIn(tokensOf(1)))
  await clock.advance(0)
  const closing = observe(session.close())
  stored.reject(new Error('gone'))
  await clock.advance(10_000)
  expect([signingIn.state, closing.state]).toEqual(['rejected', 'fulfilled'])
  expect(session.explain().map(({ type }) => type)).not.toContain('store-failed')
})
