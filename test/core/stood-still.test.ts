import { expect, test } from 'vitest'

import { createSession, memoryStore } from 'unexpired'
import type { Clock, TokenStore } from 'unexpired'
import { fakeClock } from 'unexpired/testing'

import { deferred, observe } from './observed.js'
import { axiosLikeError, never, scriptedRefresh, tokensOf } from './scripted-refresh.js'
import { eventsOf, signedIn } from './start-session.js'

/** A clock whose timers of this length are late, as in a process that was stopped or starved meanwhile. */
function lateClock(ms: number, lateMs: number) {
  const clock = fakeClock()
  const late: Clock = {
    ...clock,
    setTimeout: (run, asked, options) =>
      clock.setTimeout(run, asked === ms ? ms + lateMs : asked, options),
  }
  return { clock, late }
}

test('G17 a process that stood still reads the answer that came meanwhile, and loses no refresh token', async () => {
  const { clock, late } = lateClock(10_000, 60_000)
  const answer = deferred<object>()
  const refresh = scriptedRefresh(() => answer.promise)
  const session = createSession({ clock: late, refresh })
  await session.signIn(tokensOf(1))
  const refreshed = observe(session.refresh())
  // The timer comes first, and the answer a little later, out of the socket.
  await clock.advance(70_000)
  expect(refreshed.state).toBe('pending')
  expect(refresh.calls[0]?.signal.aborted).toBe(false)
  answer.resolve(tokensOf(2))
  await clock.advance(10)
  expect(refreshed.value).toEqual(tokensOf(2))
  await session.close()
})

test('G9 it waits no longer than a second for that', async () => {
  const { clock, late } = lateClock(10_000, 60_000)
  const session = createSession({ clock: late, refresh: scriptedRefresh(never, never, never) })
  await session.signIn(tokensOf(1))
  const refreshed = observe(session.refresh())
  await clock.advance(71_000)
  expect(refreshed.error).toMatchObject({ code: 'refresh-unavailable', reason: 'timeout' })
  void session.close()
})

test('G16 who is not served finds the newer tokens of another before it calls itself unavailable', async () => {
  const inner = memoryStore()
  // It tells nobody of changes.
  const store: TokenStore = { load: inner.load, replace: inner.replace }
  const answer = deferred<object>()
  const refresh = scriptedRefresh(() => answer.promise)
  const { session, clock } = await signedIn({ store, refresh })
  const refreshed = observe(session.refresh())
  await clock.advance(0)
  const stored = await inner.load()
  if (!stored) expect.unreachable()
  await inner.replace(stored, { ...stored, generation: 2, tokens: tokensOf(2) })
  // Not worth a second try, before which it would read.
  answer.reject(axiosLikeError(400, { error: 'invalid_client' }))
  await clock.advance(0)
  expect(refreshed.value).toEqual(tokensOf(2))
  expect(refresh.calls).toHaveLength(1)
  expect(eventsOf(session, 'refresh-unavailable')).toEqual([])
})

/** A store whose turn never comes, and that tells of changes. */
function crowdedStore() {
  const inner = memoryStore()
  const signals: ({ readonly aborted: boolean } | undefined)[] = []
  const store: TokenStore = {
    ...inner,
    exclusive(_work, { signal }) {
      signals.push(signal)
      return never()
    },
  }
  return { inner, store, signals }
}

test('G4 who waits for its turn leaves the line when the newer tokens of another are told of', async () => {
  const { inner, store, signals } = crowdedStore()
  const { session, clock, refresh } = await signedIn({ store })
  const refreshed = observe(session.refresh())
  await clock.advance(1_000)
  expect(signals).toMatchObject([{ aborted: false }])
  const stored = await inner.load()
  if (!stored) expect.unreachable()
  await inner.replace(stored, { ...stored, generation: 2, tokens: tokensOf(2) })
  await clock.advance(0)
  expect(refreshed.value).toEqual(tokensOf(2))
  expect(signals).toMatchObject([{ aborted: true }])
  expect(session.status).toBe('active')
  await clock.advance(60_000)
  expect(refresh.calls).toHaveLength(0)
  expect(eventsOf(session, 'turn-missed')).toEqual([])
})

test('a session that is closed leaves the line, too, and is closed at once', async () => {
  const { store, signals } = crowdedStore()
  const { session, clock, refresh } = await signedIn({ store })
  const refreshed = observe(session.refresh())
  await clock.advance(0)
  const closed = observe(session.close())
  await clock.advance(5_000)
  expect(closed.state).toBe('fulfilled')
  expect(refreshed.error).toMatchObject({ reason: 'closed' })
  expect(signals).toMatchObject([{ aborted: true }])
  expect(refresh.calls).toHaveLength(0)
})

test('close resolves when what a refresh brought is stored and its turn given back', async () => {
  const inner = memoryStore()
  const given = deferred()
  const store: TokenStore = {
    ...inner,
    async exclusive(work) {
      const done = await work()
      await given.promise
      return done
    },
  }
  const answer = deferred<object>()
  const refresh = scriptedRefresh(() => answer.promise)
  const { session, clock } = await signedIn({ store, refresh })
  observe(session.refresh())
  await clock.advance(0)
  const closed = observe(session.close())
  await clock.advance(1_000)
  expect(closed.state).toBe('pending')
  answer.resolve(tokensOf(2))
  await clock.advance(0)
  expect(await inner.load()).toMatchObject({ generation: 2, tokens: tokensOf(2) })
  expect(closed.state).toBe('pending')
  given.resolve()
  await clock.advance(0)
  expect(closed.state).toBe('fulfilled')
})

test('G31 close tries once more to write what the store has not taken yet', async () => {
  const inner = memoryStore()
  const store: TokenStore = { ...inner }
  const { session, clock } = await signedIn({ store })
  store.replace = () => Promise.reject(new Error('Redis is away'))
  await session.refresh()
  expect(await inner.load()).toMatchObject({ generation: 1 })
  store.replace = inner.replace
  const closed = observe(session.close())
  await clock.advance(0)
  expect(closed.state).toBe('fulfilled')
  expect(await inner.load()).toMatchObject({ generation: 2, tokens: tokensOf(2) })
})
