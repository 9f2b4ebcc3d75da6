import { expect, test } from 'vitest'

import { memoryStore, SessionEndedError } from 'unexpired'
import type { Lease, TokenStore } from 'unexpired'

import { deferred, observe } from './observed.js'
import { scriptedRefresh, tokensOf } from './scripted-refresh.js'
import { eventsOf, signedIn, startSession } from './start-session.js'

const ann = { accessToken: 'ann-1', refreshToken: 'ann', expiresIn: 60 }
const bob = { accessToken: 'bob-1', refreshToken: 'bob', expiresIn: 60 }

/** Ann is signed in, and her refresh is under way. */
async function duringAnnsRefresh(store: TokenStore = memoryStore()) {
  const answer = deferred<object>()
  const started = startSession({ store, refresh: scriptedRefresh(() => answer.promise) })
  await started.session.signIn(ann)
  await started.clock.advance(60_000)
  const leases: Lease[] = []
  const held = observe(
    started.session.authorize((lease) => {
      leases.push(lease)
      return Promise.resolve({ status: 200 })
    }),
  )
  await started.clock.advance(0)
  return { ...started, answer, held, leases }
}

test('G24 what one user’s request waits for is never answered with another’s token', async () => {
  const { session, clock, answer, held, leases, refresh } = await duringAnnsRefresh()
  await session.signIn(bob)
  expect(held.error).toBeInstanceOf(SessionEndedError)
  expect(held.error).toMatchObject({ reason: 'replaced' })
  answer.resolve({ accessToken: 'ann-2', refreshToken: 'ann-r2' })
  await clock.advance(1_000)
  expect(leases).toEqual([])
  expect(refresh.calls).toHaveLength(1)
  expect(refresh.calls[0]?.signal.aborted).toBe(true)
  expect(session.tokens).toEqual(bob)
})

test('G24 nor does one user’s refresh token come beside another’s access token', async () => {
  const { session, clock, answer, refresh } = await duringAnnsRefresh()
  await session.signIn({ accessToken: 'bob-1' })
  answer.resolve({ accessToken: 'ann-2', refreshToken: 'ann-r2' })
  await clock.advance(1_000)
  expect(session.tokens).toEqual({ accessToken: 'bob-1' })
  await session.refresh()
  expect(refresh.calls.at(-1)).toMatchObject({ refreshToken: undefined })
})

test.each([
  ['nobody', undefined],
  ['ann', ann],
])(
  'a refresh that is asked for while bob’s sign-in is being stored is his, after %s',
  async (_who, before) => {
    const inner = memoryStore()
    const store: TokenStore = { load: inner.load, replace: inner.replace }
    const { session, refresh } = startSession({ store, refresh: scriptedRefresh(tokensOf(2)) })
    if (before) await session.signIn(before)
    const gate = deferred()
    store.replace = async (expected, next) => {
      await gate.promise
      return inner.replace(expected, next)
    }
    const signingIn = session.signIn(bob)
    const refreshed = session.refresh()
    gate.resolve()
    await signingIn
    expect(await refreshed).toEqual(tokensOf(2))
    expect(refresh.calls.map(({ refreshToken }) => refreshToken)).toEqual(['bob'])
  },
)

test('G24 not even while the other user’s sign-in is being stored', async () => {
  const inner = memoryStore()
  const store: TokenStore = { load: inner.load, replace: inner.replace }
  const { session, clock, answer, held, leases, refresh } = await duringAnnsRefresh(store)
  const gate = deferred()
  store.replace = async (expected, next) => {
    await gate.promise
    return inner.replace(expected, next)
  }
  const signingIn = observe(session.signIn(bob))
  answer.resolve({ accessToken: 'ann-2', refreshToken: 'ann-r2' })
  await clock.advance(1_000)
  expect(signingIn.state).toBe('pending')
  gate.resolve()
  await clock.advance(1_000)
  expect(signingIn.state).toBe('fulfilled')
  expect(held.error).toMatchObject({ reason: 'replaced' })
  expect([leases, session.tokens, refresh.calls.length]).toEqual([[], bob, 1])
  expect(eventsOf(session, 'refreshed')).toEqual([])
})

test('G24 a request turned away in one session is not replayed in the next', async () => {
  const { session, refresh } = await signedIn()
  const answer = deferred<{ status: number }>()
  const leases: Lease[] = []
  const sent = observe(
    session.authorize((lease) => {
      leases.push(lease)
      return answer.promise
    }),
  )
  await session.signIn(bob)
  answer.resolve({ status: 401 })
  await session.getAccessToken()
  await new Promise<void>((done) => void setImmediate(done))
  expect(sent.error).toMatchObject({ reason: 'replaced', response: { status: 401 } })
  expect(leases.map(({ accessToken }) => accessToken)).toEqual(['access-1'])
  expect(refresh.calls).toHaveLength(0)
})

test('G24 a request made after signIn() was called belongs to the new user, and waits for it', async () => {
  const inner = memoryStore()
  const store: TokenStore = { load: inner.load, replace: inner.replace }
  const { session, clock } = await signedIn({ store })
  const gate = deferred()
  store.replace = async (expected, next) => {
    await gate.promise
    return inner.replace(expected, next)
  }
  const before = observe(session.getAccessToken())
  const signingIn = session.signIn(bob)
  const after = observe(session.getAccessToken())
  await clock.advance(0)
  expect([before.value, after.state]).toEqual(['access-1', 'pending'])
  expect(eventsOf(session, 'held')).toMatchObject([{ why: 'signing-in' }])
  gate.resolve()
  await signingIn
  await clock.advance(0)
  expect(after.value).toBe('bob-1')
})

test('G24 of two sign-ins at once the later one stands, and the earlier one says so', async () => {
  const { session } = startSession()
  const [first, second] = [observe(session.signIn(ann)), session.signIn(bob)]
  await second
  expect(first.error).toMatchObject({ code: 'session-ended', reason: 'replaced' })
  expect(session.tokens).toEqual(bob)
})

test('G23 a sign-out right after a sign-in wins', async () => {
  const store = memoryStore()
  const { session } = startSession({ store })
  const signingIn = observe(session.signIn(ann))
  await session.signOut()
  expect(session.status).toBe('signed-out')
  expect(signingIn.error).toMatchObject({ code: 'session-ended', reason: 'signed-out' })
  expect(await store.load()).toMatchObject({ tokens: undefined })
})

test('a sign-in right after a sign-out wins', async () => {
  const store = memoryStore()
  const { session } = await signedIn({ store })
  const signingOut = session.signOut()
  await session.signIn(bob)
  await signingOut
  expect(session.tokens).toEqual(bob)
  expect(await store.load()).toMatchObject({ generation: 1, tokens: bob })
})

test('each sign-in is a session of its own, with an id of its own and generation 1', async () => {
  const { session } = startSession()
  const ids = new Set<string | undefined>()
  for (let round = 0; round < 20; round += 1) {
    await session.signIn(tokensOf(round))
    ids.add(session.getSnapshot().sessionId)
    expect(session.getSnapshot().generation).toBe(1)
  }
  expect(ids.size).toBe(20)
})
