import { expect, test } from 'vitest'

import { memoryStore } from 'unexpired'
import type { StoredSession, TokenStore } from 'unexpired'

import { deferred, observe } from './observed.js'
import { axiosLikeError, scriptedRefresh, tokensOf } from './scripted-refresh.js'
import { signedIn, startSession } from './start-session.js'

/** A store whose turn comes, and whose writes are done, when the test says so. */
function slowly() {
  const inner = memoryStore()
  const turn = deferred()
  const written = deferred()
  const seen = { isHeld: false, isSlow: false }
  const store: TokenStore = {
    load: inner.load,
    async replace(expected, next) {
      if (seen.isSlow) await written.promise
      return inner.replace(expected, next)
    },
    async exclusive(work) {
      await turn.promise
      seen.isHeld = true
      try {
        return await work()
      } finally {
        seen.isHeld = false
      }
    },
  }
  return { inner, store, turn, written, seen }
}

test('G1 G4 what another holder has spent is not sent while a sign-in is on its way to the store', async () => {
  const { inner, store, turn, written, seen } = slowly()
  const { session, clock, refresh } = await signedIn({ store })
  await clock.advance(60_000)
  const held = observe(session.getAccessToken())
  await clock.advance(0)
  const stored = (await inner.load()) as StoredSession
  await inner.replace(stored, { ...stored, generation: 2, tokens: tokensOf(2) })
  seen.isSlow = true
  const signingIn = observe(session.signIn({ accessToken: 'other', refreshToken: 'others' }))
  await clock.advance(0)
  turn.resolve()
  await clock.advance(0)
  written.resolve()
  await clock.advance(10)
  expect(refresh.calls).toHaveLength(0)
  expect(signingIn.state).toBe('fulfilled')
  expect(held.error).toMatchObject({ code: 'session-ended', reason: 'replaced' })
})

test('G4 G23 signed out meanwhile, a turn is given back only when what was begun is stored', async () => {
  const { inner, store, turn, written, seen } = slowly()
  turn.resolve()
  const { session, clock, refresh } = await signedIn({ store })
  await clock.advance(60_000)
  seen.isSlow = true
  const held = observe(session.getAccessToken())
  await clock.advance(0)
  expect(refresh.calls).toHaveLength(1)
  const leaving = observe(session.signOut())
  await clock.advance(0)
  expect(held.error).toMatchObject({ code: 'session-ended', reason: 'signed-out' })
  expect(seen.isHeld).toBe(true)
  written.resolve()
  await clock.advance(0)
  expect(seen.isHeld).toBe(false)
  expect(leaving.state).toBe('fulfilled')
  expect(await inner.load()).toMatchObject({ generation: 3, tokens: undefined })
})

test('G23 close() waits until a sign-out is stored that was said before the store was read', async () => {
  const { inner, store } = slowly()
  const before = { version: 1, sessionId: 'a', generation: 1, receivedAt: 0, tokens: tokensOf(1) }
  await inner.replace(undefined, before as StoredSession)
  const read = deferred()
  const load = async (): Promise<StoredSession | undefined> => {
    await read.promise
    return inner.load()
  }
  const { session, clock } = startSession({ store: { ...store, load } })
  void session.signOut()
  const closing = observe(Promise.resolve(session.close()))
  await clock.advance(10)
  expect(closing.state).toBe('pending')
  read.resolve()
  await clock.advance(10)
  expect(closing.state).toBe('fulfilled')
  expect(await inner.load()).toMatchObject({ tokens: undefined })
})

test('G4 G16 refused and signed out meanwhile, a turn is given back only when the end is stored', async () => {
  const { inner, store, turn, written, seen } = slowly()
  turn.resolve()
  const asked = deferred()
  const read = deferred()
  const refuse = async (): Promise<never> => {
    await asked.promise
    throw axiosLikeError(400, { error: 'invalid_grant' })
  }
  const load = async (): Promise<StoredSession | undefined> => {
    if (seen.isSlow) await read.promise
    return inner.load()
  }
  const refresh = scriptedRefresh(refuse)
  const { session, clock } = await signedIn({ store: { ...store, load }, refresh })
  await clock.advance(60_000)
  const held = observe(session.getAccessToken())
  await clock.advance(0)
  seen.isSlow = true
  asked.resolve()
  await clock.advance(0)
  const leaving = observe(session.signOut())
  read.resolve()
  await clock.advance(0)
  expect(held.error).toMatchObject({ code: 'session-ended', reason: 'signed-out' })
  expect(seen.isHeld).toBe(true)
  written.resolve()
  await clock.advance(0)
  expect(seen.isHeld).toBe(false)
  expect(leaving.state).toBe('fulfilled')
  expect(await inner.load()).toMatchObject({ tokens: undefined })
})
