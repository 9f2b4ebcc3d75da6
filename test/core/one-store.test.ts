import { describe, expect, test, vi } from 'vitest'

import { keyValueStore, memoryStore } from 'unexpired'
import type { TokenStore } from 'unexpired'
import { fakeClock } from 'unexpired/testing'
import type { FakeClock } from 'unexpired/testing'

import { deferred, observe } from './observed.js'
import { jsonResponse, never, scriptedRefresh, tokensOf } from './scripted-refresh.js'
import type { Answer } from './scripted-refresh.js'
import { api, eventsOf, signedIn, startSession } from './start-session.js'

/** Storage of which each call takes a few milliseconds, and not always the same. */
function slowStorage(clock: FakeClock) {
  const kept = new Map<string, string>()
  let calls = 0
  const slowly = <T>(work: () => T): Promise<T> => {
    const ms = ((calls += 1) * 7) % 11
    return new Promise((done) => void clock.setTimeout(() => done(work()), ms))
  }
  return {
    getItem: (key: string) => slowly(() => kept.get(key)),
    setItem: (key: string, value: string) => slowly(() => kept.set(key, value)),
    removeItem: (key: string) => slowly(() => kept.delete(key)),
  }
}

const kinds: [string, (clock: FakeClock) => TokenStore][] = [
  ['memory', () => memoryStore()],
  ['a slow async storage', (clock) => keyValueStore(slowStorage(clock), 'auth')],
]

describe.each(kinds)('two sessions on one store in %s', (_name, makeStore) => {
  async function pair(...script: readonly Answer[]) {
    const clock = fakeClock()
    const store = makeStore(clock)
    const refresh = scriptedRefresh(...script)
    const onSignedOut = vi.fn()
    const [one, two] = [1, 2].map(() => startSession({ clock, store, refresh, onSignedOut }))
    if (!one || !two) expect.unreachable()
    const settled = async <T>(work: Promise<T>): Promise<T> => {
      const observed = observe(work)
      for (let ms = 0; observed.state === 'pending' && ms < 1_000; ms += 1) await clock.advance(1)
      await clock.advance(100)
      return work
    }
    await settled(one.session.ready)
    await settled(one.session.signIn(tokensOf(1)))
    return { clock, store, refresh, onSignedOut, one: one.session, two: two.session, settled }
  }

  test('what one signs in to, the other is signed in to', async () => {
    const { one, two } = await pair()
    expect(two.tokens).toEqual(one.tokens)
    expect(two.getSnapshot().sessionId).toBe(one.getSnapshot().sessionId)
  })

  test('G1 requests through both that find the tokens expired cause one refresh', async () => {
    const { one, two, refresh, settled } = await pair()
    const [first, second] = [api(one, 'access-2'), api(two, 'access-2')]
    const answers = await settled(
      Promise.all(Array.from({ length: 40 }, (_, index) => (index % 2 ? first : second).send())),
    )
    expect(answers).toEqual(Array.from({ length: 40 }, () => ({ status: 200, by: 'access-2' })))
    expect(refresh.calls).toHaveLength(1)
    expect(two.getSnapshot().generation).toBe(2)
  })

  test('G1 also when both notice by the clock, refresh after refresh', async () => {
    const { one, two, refresh, clock, settled } = await pair()
    for (const generation of [2, 3, 4, 5]) {
      await clock.advance(60_000)
      const both = await settled(Promise.all([one.getAccessToken(), two.getAccessToken()]))
      expect(both).toEqual([`access-${generation}`, `access-${generation}`])
      expect(refresh.calls).toHaveLength(generation - 1)
    }
  })

  test('G18 G23 a sign-out of one signs the other out, each is told once', async () => {
    const { one, two, onSignedOut, settled } = await pair()
    await settled(two.signOut())
    expect([one.status, two.status]).toEqual(['signed-out', 'signed-out'])
    expect(onSignedOut).toHaveBeenCalledTimes(2)
  })

  test('G18 a refusal of one ends the session of the other, refused as well', async () => {
    const refusal = jsonResponse(400, { error: 'invalid_grant' })
    const { one, two, onSignedOut, settled } = await pair(refusal)
    await settled(one.refresh().catch(() => undefined))
    expect([one.status, two.status]).toEqual(['signed-out', 'signed-out'])
    expect(onSignedOut.mock.calls).toMatchObject([[{ reason: 'refused' }], [{ reason: 'refused' }]])
    // Only the one that was refused knows how.
    expect(eventsOf(one, 'signed-out')).toMatchObject([{ cause: { status: 400 } }])
    expect(eventsOf(two, 'signed-out')[0]).not.toHaveProperty('cause')
  })

  test('G24 a sign-in of one replaces the session of the other', async () => {
    const { one, two, settled } = await pair()
    const old = one.getSnapshot().sessionId
    await settled(two.signIn({ accessToken: 'other' }))
    expect(one.tokens).toEqual({ accessToken: 'other' })
    expect(eventsOf(one, 'signed-out')).toMatchObject([{ reason: 'replaced', sessionId: old }])
    expect(eventsOf(one, 'signed-in').at(-1)).toMatchObject({ from: 'store' })
  })

  test('two sign-ins at once: both end with the same user', async () => {
    const { one, two, store, settled } = await pair()
    await settled(
      Promise.allSettled([one.signIn({ accessToken: 'x' }), two.signIn({ accessToken: 'y' })]),
    )
    expect(one.tokens).toEqual(two.tokens)
    expect(await settled(Promise.resolve(store.load()))).toMatchObject({ tokens: one.tokens })
  })

  test('G23 signed in, out at once, and in again elsewhere: that last user stays', async () => {
    const { one, two, settled } = await pair()
    const first = one.signIn({ accessToken: 'short' }).catch(() => undefined)
    await settled(Promise.all([first, one.signOut()]))
    await settled(two.signIn({ accessToken: 'stays' }))
    expect([one.tokens, two.tokens]).toEqual([{ accessToken: 'stays' }, { accessToken: 'stays' }])
  })

  test('G31 a record that vanished is written again by whoever notices', async () => {
    const { one, store, settled } = await pair()
    const stored = await settled(Promise.resolve(store.load()))
    await settled(Promise.resolve(store.replace(stored, undefined)))
    expect(one.status).toBe('active')
    expect(await settled(Promise.resolve(store.load()))).toMatchObject({ tokens: tokensOf(1) })
  })
})

test('G4 whoever waited for the turn reads again, and adopts', async () => {
  const store = memoryStore()
  const unwatched = (): TokenStore => ({
    load: store.load,
    replace: store.replace,
    exclusive: (work) => (line = line.then(work)) as ReturnType<typeof work>,
  })
  let line: Promise<unknown> = Promise.resolve()
  const answer = deferred<object>()
  const one = await signedIn({ store: unwatched(), refresh: scriptedRefresh(() => answer.promise) })
  const two = startSession({ store: unwatched(), clock: one.clock })
  const both = [observe(one.session.refresh()), observe(two.session.refresh())]
  await one.clock.advance(10)
  answer.resolve(tokensOf(2))
  await one.clock.advance(10)
  expect(both.map(({ value }) => value)).toEqual([tokensOf(2), tokensOf(2)])
  expect([one.refresh.calls.length, two.refresh.calls.length]).toEqual([1, 0])
  expect(eventsOf(two.session, 'adopted')).toHaveLength(1)
})

test('G4 newer tokens that are over already are refreshed themselves', async () => {
  const store = memoryStore()
  const { session, clock, refresh } = await signedIn({
    store: { load: store.load, replace: store.replace },
    refresh: scriptedRefresh(tokensOf(7)),
  })
  const stored = await store.load()
  if (!stored) expect.unreachable()
  // A sibling refreshed, and an hour goes by in which nobody asks for anything.
  await clock.advance(30_000)
  const receivedAt = clock.now()
  await store.replace(stored, { ...stored, generation: 2, receivedAt, tokens: tokensOf(2) })
  await clock.advance(3_600_000)
  expect(await session.getAccessToken()).toBe('access-7')
  expect(refresh.calls.map(({ refreshToken }) => refreshToken)).toEqual(['refresh-2'])
})

test('G5 a sign-out gives back the turn of a refresh that never answers', async () => {
  const store = memoryStore()
  const here = await signedIn({ store, refresh: scriptedRefresh(never) })
  const there = startSession({ store, clock: here.clock })
  const refreshed = observe(here.session.refresh())
  await here.clock.advance(0)
  await there.session.signIn({ accessToken: 'other', refreshToken: 'r' })
  await here.clock.advance(0)
  expect(refreshed.error).toMatchObject({ reason: 'replaced' })
  expect(await there.session.refresh()).toEqual(tokensOf(2))
})

test('G6 of two refreshes that ran without turns, the newer tokens stay, and the loser adopts', async () => {
  const store = memoryStore()
  const unlocked = (): TokenStore => ({ load: store.load, replace: store.replace })
  const [first, second] = [deferred<object>(), deferred<object>()]
  const one = await signedIn({ store: unlocked(), refresh: scriptedRefresh(() => first.promise) })
  const two = startSession({
    store: unlocked(),
    clock: one.clock,
    refresh: scriptedRefresh(() => second.promise),
  })
  const both = [observe(one.session.refresh()), observe(two.session.refresh())]
  await one.clock.advance(10)
  second.resolve({ accessToken: 'won', refreshToken: 'r' })
  await one.clock.advance(10)
  first.resolve({ accessToken: 'lost', refreshToken: 'r' })
  await one.clock.advance(10)
  expect(both.map(({ value }) => value?.accessToken)).toEqual(['won', 'won'])
  expect(await store.load()).toMatchObject({ generation: 2, tokens: { accessToken: 'won' } })
  expect(eventsOf(one.session, 'refreshed')).toEqual([])
})

test('G18 one refusal ends the session of both, each is told once', async () => {
  const store = memoryStore()
  const refusal = (): Response => jsonResponse(400, { error: 'invalid_grant' })
  const told = [vi.fn(), vi.fn()]
  const one = await signedIn({ store, refresh: scriptedRefresh(refusal), onSignedOut: told[0] })
  const two = startSession({ store, clock: one.clock, onSignedOut: told[1] })
  const both = [observe(one.session.refresh()), observe(two.session.refresh())]
  await one.clock.advance(10)
  expect(both.map(({ state }) => state)).toEqual(['rejected', 'rejected'])
  for (const each of told) expect(each).toHaveBeenCalledOnce()
  expect([one.refresh.calls.length, two.refresh.calls.length]).toEqual([1, 0])
})

test('G25 sessions on different stores share nothing', async () => {
  const [ann, bob] = [startSession(), startSession()]
  await Promise.all([
    ann.session.signIn({ accessToken: 'ann', refreshToken: 'ann-r' }),
    bob.session.signIn({ accessToken: 'bob', refreshToken: 'bob-r' }),
  ])
  await Promise.all([ann.session.refresh(), bob.session.refresh()])
  expect(ann.refresh.calls.map(({ refreshToken }) => refreshToken)).toEqual(['ann-r'])
  expect(bob.refresh.calls.map(({ refreshToken }) => refreshToken)).toEqual(['bob-r'])
  await ann.session.signOut()
  expect(bob.session.tokens).toMatchObject({ accessToken: 'access-2' })
  const third = startSession()
  expect(third.session.status).toBe('signed-out')
})
