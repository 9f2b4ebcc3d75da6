import { expect, test, vi } from 'vitest'

import { memoryStore } from 'unexpired'
import type { StoredSession, TokenStore } from 'unexpired'

import { deferred, observe } from './observed.js'
import { never, tokensOf } from './scripted-refresh.js'
import { signedIn, startSession } from './start-session.js'

/** A store whose next reads answer when they are told to, with what was stored when they began. */
function slowlyRead() {
  const inner = memoryStore()
  const late: (() => void)[] = []
  let isSlow = false
  let changed = (): void => undefined
  const store: TokenStore = {
    load() {
      const stored = inner.load()
      if (!isSlow) return stored
      const answer = deferred<StoredSession | undefined>()
      late.push(() => answer.resolve(stored as StoredSession | undefined))
      return answer.promise
    },
    replace: inner.replace,
    watch(run) {
      changed = run
      return () => undefined
    },
  }
  return {
    store,
    inner,
    late,
    read: () => changed(),
    slow(value: boolean) {
      isSlow = value
    },
  }
}

/** Longer than any one call of the store is waited for. */
const deadline = 5_000

test('G24 a read that began before a sign-in, and answers after it, changes nothing', async () => {
  const { store, read, slow, late } = slowlyRead()
  const { session, clock } = await signedIn({ store })
  slow(true)
  read()
  slow(false)
  const signingIn = observe(session.signIn({ accessToken: 'other' }))
  await clock.advance(deadline)
  expect(signingIn.state).toBe('fulfilled')
  const { sessionId } = session.getSnapshot()
  late[0]?.()
  await clock.advance(1_000)
  expect(session.tokens?.accessToken).toBe('other')
  expect(session.getSnapshot().sessionId).toBe(sessionId)
  expect(await store.load()).toMatchObject({ sessionId })
})

test.each([0, deadline])(
  'G24 nor does the read with which a refresh begins, %d ms later',
  async (ms) => {
    const { store, slow, late } = slowlyRead()
    const { session, clock, refresh } = await signedIn({ store })
    await clock.advance(60_000)
    slow(true)
    const held = observe(session.getAccessToken())
    await clock.advance(0)
    slow(false)
    const signingIn = observe(session.signIn({ accessToken: 'other' }))
    await clock.advance(ms)
    late[0]?.()
    await clock.advance(1_000)
    expect(signingIn.state).toBe('fulfilled')
    expect(held.error).toMatchObject({ code: 'session-ended', reason: 'replaced' })
    expect(session.tokens?.accessToken).toBe('other')
    expect(await store.load()).toMatchObject({ tokens: { accessToken: 'other' } })
    expect(refresh.calls.map(({ refreshToken }) => refreshToken)).not.toContain(undefined)
  },
)

test('G24 nor does the very first read, when it answers after its deadline', async () => {
  const { store, inner, slow, late } = slowlyRead()
  const stored = { version: 1, sessionId: 'old', generation: 3, receivedAt: 0 } as const
  await inner.replace(undefined, { ...stored, tokens: tokensOf(3) })
  slow(true)
  const { session, clock } = startSession({ store })
  await clock.advance(deadline)
  slow(false)
  await session.signIn({ accessToken: 'other' })
  late[0]?.()
  await clock.advance(1_000)
  expect(session.tokens?.accessToken).toBe('other')
})

test('G18 a sign-in whose write lands late, found again after its sign-out, is told of once', async () => {
  const { store, inner, slow } = slowlyRead()
  const onSignedOut = vi.fn()
  slow(true)
  const late = deferred()
  store.replace = async (expected, next) => {
    const isDone = inner.replace(expected, next)
    await late.promise
    return isDone
  }
  const { session, clock } = startSession({ store, onSignedOut })
  const signingIn = observe(session.signIn({ accessToken: 'short' }))
  await clock.advance(2 * deadline)
  expect(signingIn.state).toBe('fulfilled')
  const { sessionId } = session.getSnapshot()
  // Out, in as another, and out again, before the store says anything.
  const others = [session.signOut(), session.signIn({ accessToken: 'other' }), session.signOut()]
  const settled = observe(Promise.allSettled(others))
  store.replace = inner.replace
  slow(false)
  await clock.advance(60_000)
  expect(settled.state).toBe('fulfilled')
  expect(session.status).toBe('signed-out')
  const told = onSignedOut.mock.calls.map(([event]) => (event as { sessionId: string }).sessionId)
  expect(told).toEqual([sessionId])
  expect(await inner.load()).toMatchObject({ tokens: undefined })
})

test('a first read that answers after its deadline is still taken when nothing happened since', async () => {
  const { store, inner, slow, late } = slowlyRead()
  const stored = { version: 1, sessionId: 'old', generation: 3, receivedAt: 0 } as const
  await inner.replace(undefined, { ...stored, tokens: { accessToken: 'kept' } })
  slow(true)
  const { session, clock } = startSession({ store })
  await clock.advance(deadline)
  expect(session.status).toBe('signed-out')
  slow(false)
  late[0]?.()
  await clock.advance(0)
  expect(session.tokens?.accessToken).toBe('kept')
})

test('G24 an answer that comes late, after a newer one, counts for nothing', async () => {
  const { store, inner, read, slow, late } = slowlyRead()
  const { session, clock } = await signedIn({ store })
  const ours = await inner.load()
  slow(true)
  read()
  slow(false)
  // Somebody signs in elsewhere.
  const other = { version: 1, sessionId: 'other', generation: 1, receivedAt: clock.now() } as const
  await inner.replace(ours, { ...other, tokens: { accessToken: 'theirs' } })
  read()
  await clock.advance(deadline)
  expect(session.tokens?.accessToken).toBe('theirs')
  late[0]?.()
  await clock.advance(1_000)
  expect(session.tokens?.accessToken).toBe('theirs')
  expect(session.explain().filter(({ type }) => type === 'signed-out')).toHaveLength(1)
})

test('a change that is told while a read is under way is read too', async () => {
  const { store, inner, read, slow, late } = slowlyRead()
  const { session, clock } = await signedIn({ store })
  const ours = await inner.load()
  if (!ours) expect.unreachable()
  slow(true)
  read()
  slow(false)
  await inner.replace(ours, { ...ours, generation: 2, tokens: tokensOf(2) })
  read()
  late[0]?.()
  await clock.advance(0)
  expect(session.tokens).toEqual(tokensOf(2))
})

test('G23 a read that began before a sign-out, and answers after it, wakes nobody', async () => {
  const { store, read, slow, late } = slowlyRead()
  const { session, clock } = await signedIn({ store })
  slow(true)
  read()
  slow(false)
  const signingOut = observe(session.signOut())
  expect(session.status).toBe('signed-out')
  late[0]?.()
  await clock.advance(1_000)
  expect(signingOut.state).toBe('fulfilled')
  expect(session.status).toBe('signed-out')
  expect(await store.load()).toMatchObject({ tokens: undefined })
})

test('a read that never answers holds up the next one for its deadline, no longer', async () => {
  const { store, inner, read } = slowlyRead()
  const { session, clock } = await signedIn({ store })
  const ours = await inner.load()
  if (!ours) expect.unreachable()
  const { load } = store
  store.load = never
  read()
  store.load = load
  await inner.replace(ours, { ...ours, generation: 2, tokens: tokensOf(2) })
  read()
  await clock.advance(deadline)
  expect(session.tokens).toEqual(tokensOf(2))
})
