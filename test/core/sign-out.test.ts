import { describe, expect, test, vi } from 'vitest'

import { memoryStore } from 'unexpired'
import type { StoredSession, TokenStore } from 'unexpired'

import { deferred, observe } from './observed.js'
import { scriptedRefresh, tokensOf } from './scripted-refresh.js'
import { api, eventsOf, signedIn, startSession } from './start-session.js'

/** A store that waits, at one place, until it is let go. */
function waitingAt(place: 'turn' | 'load' | 'replace' | 'after replace') {
  const inner = memoryStore()
  const gate = deferred()
  const reached = deferred()
  let armed = false
  const wait = async (here: string): Promise<void> => {
    if (!armed || here !== place) return
    reached.resolve()
    await gate.promise
  }
  const store: TokenStore = {
    async load() {
      const stored = await inner.load()
      await wait('load')
      return stored
    },
    async replace(expected, next) {
      await wait('replace')
      const isDone = await inner.replace(expected, next)
      await wait('after replace')
      return isDone
    },
    async exclusive(work) {
      await wait('turn')
      return work()
    },
  }
  return { store, inner, gate, reached, arm: () => void (armed = true) }
}

/** Sign out while a refresh waits there; then let everything happen that would. */
async function signOutAt(place: Parameters<typeof waitingAt>[0] | 'refresh') {
  const onSignedOut = vi.fn()
  const answer = deferred<object>()
  const waiting = waitingAt(place === 'refresh' ? 'turn' : place)
  const refresh = scriptedRefresh(() => (place === 'refresh' ? answer.promise : tokensOf(2)))
  const { session, clock } = startSession({ store: waiting.store, refresh, onSignedOut })
  await session.signIn(tokensOf(1))
  const server = api(session, 'access-2')
  if (place !== 'refresh') waiting.arm()
  const held = [observe(server.send()), observe(session.refresh())]
  await clock.advance(10)
  const signingOut = observe(session.signOut())
  const right = { status: session.status, tokens: session.tokens, token: session.getAccessToken() }
  await clock.advance(10)
  const states = held.map(({ state }) => state)
  answer.resolve(tokensOf(2))
  waiting.gate.resolve()
  await clock.advance(60_000)
  return {
    ...waiting,
    session,
    clock,
    held,
    states,
    signingOut,
    right,
    refresh,
    onSignedOut,
    server,
  }
}

describe.each(['turn', 'load', 'refresh', 'replace', 'after replace'] as const)(
  'G23 signing out while a refresh is at its %s wins',
  (place) => {
    test('what waits is told at once, and nothing is resurrected', async () => {
      const out = await signOutAt(place)
      expect(out.states).toEqual(['rejected', 'rejected'])
      for (const { error } of out.held) expect(error).toMatchObject({ reason: 'signed-out' })
      expect(out.right).toMatchObject({ status: 'signed-out', tokens: undefined })
      expect(await out.right.token).toBeUndefined()
      expect(out.session.status).toBe('signed-out')
      expect(out.signingOut.state).toBe('fulfilled')
      expect(out.onSignedOut).toHaveBeenCalledOnce()
      expect(out.server.leases.map(({ accessToken }) => accessToken)).toEqual(['access-1'])
    })

    test('the store ends without tokens, for who comes later too', async () => {
      const { inner, clock } = await signOutAt(place)
      expect(await inner.load()).toMatchObject({ tokens: undefined })
      const later = startSession({ store: inner, clock })
      expect(later.session.status).toBe('signed-out')
    })

    test('no event says that the refresh brought anything', async () => {
      const { session } = await signOutAt(place)
      expect(eventsOf(session, 'refreshed', 'refresh-unavailable', 'adopted')).toEqual([])
    })
  },
)

test('G23 the refresh is told that nobody wants it any more', async () => {
  const { refresh } = await signOutAt('refresh')
  expect(refresh.calls).toHaveLength(1)
  expect(refresh.calls[0]?.signal.aborted).toBe(true)
})

test('G23 before its turn, or during its read, the refresh is not even called', async () => {
  for (const place of ['turn', 'load'] as const) {
    expect((await signOutAt(place)).refresh.calls).toHaveLength(0)
  }
})

test('G23 a sign-out in another holder during a refresh wins there and here', async () => {
  const store = memoryStore()
  const answer = deferred<object>()
  const onSignedOut = vi.fn()
  const refresh = scriptedRefresh(() => answer.promise)
  const here = await signedIn({ store, refresh, onSignedOut })
  const there = startSession({ store, clock: here.clock })
  const refreshed = observe(here.session.refresh())
  await here.clock.advance(10)
  await there.session.signOut()
  answer.resolve(tokensOf(2))
  await here.clock.advance(1_000)
  expect(refreshed.error).toMatchObject({ reason: 'signed-out' })
  expect([here.session.status, there.session.status]).toEqual(['signed-out', 'signed-out'])
  expect(await store.load()).toMatchObject({ tokens: undefined })
  expect(onSignedOut).toHaveBeenCalledOnce()
})

test('G23 even where the other holder cannot be heard, only found in the store', async () => {
  const store = memoryStore()
  const unheard: TokenStore = { load: store.load, replace: store.replace }
  const answer = deferred<object>()
  const here = await signedIn({ store: unheard, refresh: scriptedRefresh(() => answer.promise) })
  const refreshed = observe(here.session.refresh())
  await here.clock.advance(10)
  const stored = (await store.load()) as StoredSession
  await store.replace(stored, { ...stored, generation: 2, tokens: undefined })
  answer.resolve(tokensOf(2))
  await here.clock.advance(1_000)
  expect(refreshed.error).toMatchObject({ reason: 'signed-out' })
  expect(await store.load()).toMatchObject({ tokens: undefined })
})

test('signing out when signed out does nothing, and tells nobody', async () => {
  const onSignedOut = vi.fn()
  const { session } = startSession({ onSignedOut })
  await session.signOut()
  await session.signOut()
  expect(session.explain()).toEqual([])
  expect(onSignedOut).not.toHaveBeenCalled()
})

test('signing out resolves when it is stored', async () => {
  const store = memoryStore()
  const { session } = await signedIn({ store })
  await session.signOut()
  expect(await store.load()).toMatchObject({ generation: 2, tokens: undefined })
})

test('G18 each session that ends is told once, with its reason', async () => {
  const onSignedOut = vi.fn()
  const { session } = await signedIn({ onSignedOut })
  await session.signIn(tokensOf(2))
  await session.signOut()
  await session.signOut()
  await session.signIn(tokensOf(3))
  await session.signOut()
  const reasons = onSignedOut.mock.calls.map(([event]) => (event as { reason: string }).reason)
  expect(reasons).toEqual(['replaced', 'signed-out', 'signed-out'])
  const ids = onSignedOut.mock.calls.map(([event]) => (event as { sessionId: string }).sessionId)
  expect(new Set(ids).size).toBe(3)
})

test('requests that are in flight when the session ends: a good answer is handed over', async () => {
  const { session } = await signedIn()
  const answer = deferred<{ status: number }>()
  const sent = session.authorize(() => answer.promise)
  await session.signOut()
  answer.resolve({ status: 200 })
  expect(await sent).toEqual({ status: 200 })
})

test('and an expired one rejects with SessionEndedError', async () => {
  const { session, refresh } = await signedIn()
  const answer = deferred<{ status: number }>()
  const sent = observe(session.authorize(() => answer.promise))
  await session.signOut()
  answer.resolve({ status: 401 })
  await vi.waitFor(() => expect(sent.state).toBe('rejected'))
  expect(sent.error).toMatchObject({ reason: 'signed-out', response: { status: 401 } })
  expect(refresh.calls).toHaveLength(0)
})
