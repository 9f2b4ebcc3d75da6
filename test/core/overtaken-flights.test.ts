import { describe, expect, test } from 'vitest'

import { memoryStore } from 'unexpired'
import type { StoredSession, TokenStore } from 'unexpired'

import { deferred, observe } from './observed.js'
import { jsonResponse, never, scriptedRefresh, tokensOf } from './scripted-refresh.js'
import type { Answer } from './scripted-refresh.js'
import { eventsOf, signedIn } from './start-session.js'

const theirs = { ...tokensOf(2), accessToken: 'theirs' }

/** What another holder stored when there was so much left of it. */
async function storeTheirs(store: TokenStore, now: number, leftMs: number): Promise<void> {
  const stored = await store.load()
  if (!stored) expect.unreachable()
  const receivedAt = now - 60_000 + leftMs
  await store.replace(stored, { ...stored, generation: 2, receivedAt, tokens: theirs })
}

describe('G6 in its turn a refresh finds what another holder stored', () => {
  async function finding(leftMs: number, ...script: Answer[]) {
    const store = memoryStore()
    const started = await signedIn({ store, refresh: scriptedRefresh(...script) })
    await started.clock.advance(60_000)
    await storeTheirs(store, started.clock.now(), leftMs)
    const taken = observe(started.session.getAccessToken())
    await started.clock.advance(0)
    return { ...started, taken }
  }

  test('and takes it, however little is left of it', async () => {
    const { taken, refresh } = await finding(1)
    expect(taken.value).toBe('theirs')
    expect(refresh.calls).toHaveLength(0)
  })

  test('and goes on with it where it is over', async () => {
    const { taken, refresh, session } = await finding(0)
    expect(refresh.calls).toMatchObject([{ tokens: theirs }])
    expect(taken.value).toBe('access-2')
    expect(eventsOf(session, 'refresh-started')).toHaveLength(1)
  })

  test('and is unavailable where it fails with that', async () => {
    const { taken, refresh, session, clock } = await finding(0, jsonResponse(400, {}))
    expect(taken.error).toMatchObject({ code: 'refresh-unavailable' })
    const again = observe(session.getAccessToken())
    await clock.advance(0)
    expect(again.error).toMatchObject({ code: 'refresh-unavailable' })
    expect(refresh.calls).toHaveLength(1)
    expect(eventsOf(session, 'refresh-unavailable')).toHaveLength(1)
  })
})

test('a refresh that waits for its turn goes on waiting where what another holder stored is over', async () => {
  const { load, replace } = memoryStore()
  let changed = (): void => undefined
  let asked = 0
  const exclusive = (): Promise<never> => {
    asked += 1
    return never()
  }
  const watch = (run: () => void) => {
    changed = run
    return () => undefined
  }
  const store: TokenStore = { load, replace, exclusive, watch }
  const { session, clock } = await signedIn({ store })
  await clock.advance(60_000)
  const taken = observe(session.getAccessToken())
  await storeTheirs(store, clock.now(), 0)
  changed()
  await clock.advance(0)
  expect(session.tokens).toEqual(theirs)
  expect([taken.state, asked]).toEqual(['pending', 1])
})

test('tokens that are pushed during a refresh, and are over when that fails, are refreshed at once', async () => {
  const first = deferred<object>()
  const { session, clock, refresh } = await signedIn({
    refresh: scriptedRefresh(() => first.promise),
  })
  session.expire()
  const taken = observe(session.getAccessToken())
  await clock.advance(0)
  await session.adopt({ accessToken: 'pushed', expiresIn: 1 })
  expect(taken.value).toBe('pushed')
  await clock.advance(2_000)
  const next = observe(session.getAccessToken())
  first.resolve(jsonResponse(400, {}))
  await clock.advance(0)
  expect(next.value).toBe('access-2')
  expect(refresh.calls).toMatchObject([
    { tokens: { accessToken: 'access-1' } },
    { tokens: { accessToken: 'pushed' } },
  ])
  expect(eventsOf(session, 'refresh-unavailable')).toEqual([])
})

test('a refresh of the session before that ends late leaves that of the next one alone', async () => {
  const [first, second] = [deferred<object>(), deferred<object>()]
  const { session, clock, refresh } = await signedIn({
    refresh: scriptedRefresh(
      () => first.promise,
      () => second.promise,
    ),
  })
  const lost = observe(session.refresh())
  await clock.advance(0)
  await session.signIn({ accessToken: 'bob-1' })
  expect(lost.error).toMatchObject({ reason: 'replaced' })
  const refreshed = observe(session.refresh())
  await clock.advance(0)
  first.resolve(tokensOf(2))
  await clock.advance(0)
  expect(session.status).toBe('refreshing')
  void observe(session.refresh())
  await clock.advance(0)
  expect(refresh.calls).toHaveLength(2)
  expect(eventsOf(session, 'refresh-started')).toHaveLength(2)
  second.resolve({ accessToken: 'bob-2' })
  await clock.advance(0)
  expect(refreshed.value).toEqual({ accessToken: 'bob-2' })
})

/** A store whose next write waits. */
function slowStore() {
  const { load, replace } = memoryStore()
  let writing: Promise<void> | undefined
  const store: TokenStore = {
    load,
    async replace(expected: StoredSession | undefined, next: StoredSession | undefined) {
      await writing
      return replace(expected, next)
    },
  }
  return {
    store,
    hold() {
      const held = deferred()
      writing = held.promise
      return held
    },
  }
}

test('G24 what is about to be replaced by a sign-in is not refreshed', async () => {
  const { store, hold } = slowStore()
  const { session, clock, refresh } = await signedIn({ store })
  const late = deferred<{ status: number }>()
  const sent = observe(session.authorize(() => late.promise))
  const held = hold()
  const begun = session.signIn({ accessToken: 'bob-1' })
  late.resolve({ status: 401 })
  await clock.advance(0)
  expect(sent.state).toBe('pending')
  expect(eventsOf(session, 'refresh-started')).toEqual([])
  held.resolve()
  await begun
  expect(sent.error).toMatchObject({ reason: 'replaced' })
  expect(refresh.calls).toHaveLength(0)
})

test('G24 while another sign-in is on its way to the store, the one before is not refreshed', async () => {
  const { load, replace } = memoryStore()
  let reading: Promise<void> | undefined
  const store: TokenStore = { load: () => (reading ? reading.then(load) : load()), replace }
  const { session, clock, refresh } = await signedIn({ store })
  const read = deferred()
  reading = read.promise
  const refreshed = observe(session.refresh())
  await clock.advance(0)
  const begun = session.signIn({ accessToken: 'bob-1' })
  read.resolve()
  await begun
  await clock.advance(1_000)
  expect(refreshed.error).toMatchObject({ reason: 'replaced' })
  expect(refresh.calls).toHaveLength(0)
})

test('what is about to be followed by pushed tokens is refreshed all the same', async () => {
  const { store, hold } = slowStore()
  const { session, clock } = await signedIn({ store })
  const held = hold()
  const adopted = session.adopt({ accessToken: 'pushed' })
  session.expire()
  const taken = observe(session.getAccessToken())
  expect(eventsOf(session, 'refresh-started')).toHaveLength(1)
  held.resolve()
  await adopted
  await clock.advance(0)
  expect(taken.value).toBe('pushed')
})

test('G1 what another holder stored between two tries is taken, and nothing is tried again', async () => {
  const inner = memoryStore()
  const lost = async (): Promise<never> => {
    const stored = await inner.load()
    if (stored) await inner.replace(stored, { ...stored, generation: 2, tokens: tokensOf(2) })
    throw new TypeError('Failed to fetch')
  }
  const { session, clock, refresh } = await signedIn({
    // Nobody tells of what others store.
    store: { load: inner.load, replace: inner.replace },
    refresh: scriptedRefresh(lost),
  })
  const refreshed = observe(session.refresh())
  await clock.advance(1_000)
  expect(refreshed.value).toEqual(tokensOf(2))
  expect(refresh.calls).toHaveLength(1)
})

test('G24 a refresh whose session was refused elsewhere between two tries does not go on with who signs in next', async () => {
  const store = memoryStore()
  const { session, clock, refresh } = await signedIn({
    store,
    refresh: scriptedRefresh(new TypeError('Failed to fetch')),
  })
  const refreshed = observe(session.refresh())
  await clock.advance(0)
  const stored = await store.load()
  if (!stored) expect.unreachable()
  await store.replace(stored, { ...stored, generation: 2, tokens: undefined, reason: 'refused' })
  await clock.advance(0)
  expect(refreshed.error).toMatchObject({ reason: 'refused' })
  await session.signIn({ accessToken: 'bob-1', refreshToken: 'bob' })
  await clock.advance(1_000)
  expect(refresh.calls.map(({ refreshToken }) => refreshToken)).toEqual(['refresh-1'])
})
