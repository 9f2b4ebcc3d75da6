import { expect, test, vi } from 'vitest'

import { memoryStore } from 'unexpired'
import type { StoredSession, TokenStore } from 'unexpired'
import { fakeClock } from 'unexpired/testing'

import { observe } from './observed.js'
import { never, scriptedRefresh, tokensOf } from './scripted-refresh.js'
import { eventsOf, signedIn, startSession } from './start-session.js'

/** A store that can be broken, and mended, one method at a time. */
function breakable() {
  const inner = memoryStore()
  const store = { load: inner.load, replace: inner.replace } satisfies TokenStore
  const stored = async (): Promise<StoredSession | undefined> => inner.load()
  const mend = (): void => void Object.assign(store, { load: inner.load, replace: inner.replace })
  return { store, stored, mend }
}

const quota = (): never => {
  throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
}

const broken: [string, () => Promise<never>][] = [
  ['throws', quota],
  ['rejects', () => Promise.reject(new Error('connection lost'))],
  ['hangs', never],
  ['rejects with no error', () => Promise.reject('gone')],
]

test.each(broken)('G31 where replace %s, new tokens serve from memory', async (_name, replace) => {
  const { store, stored, mend } = breakable()
  const { session, clock } = await signedIn({ store })
  Object.assign(store, { replace })
  const refreshed = observe(session.refresh())
  await clock.advance(5_000)
  expect(refreshed.value).toMatchObject({ accessToken: 'access-2' })
  expect(await session.getAccessToken()).toBe('access-2')
  const [failed] = eventsOf(session, 'store-failed')
  expect(failed).toMatchObject({ operation: 'replace', message: expect.any(String) })
  expect(await stored()).toMatchObject({ generation: 1 })

  mend()
  await clock.advance(60_000)
  expect(await stored()).toMatchObject({ generation: 2, tokens: tokensOf(2) })
})

test('G31 a store that says for ever that it holds something else is given up', async () => {
  const { store, stored, mend } = breakable()
  const replace = vi.fn(() => false)
  const { session, clock } = await signedIn({ store })
  Object.assign(store, { replace })
  expect(await session.refresh()).toMatchObject({ accessToken: 'access-2' })
  expect(replace.mock.calls.length).toBeLessThan(20)
  expect(eventsOf(session, 'store-failed')).toMatchObject([{ operation: 'replace' }])
  mend()
  await clock.advance(60_000)
  expect(await stored()).toMatchObject({ generation: 2 })
})

test.each(broken)(
  'G31 where replace %s, a sign-in serves, and is written later',
  async (_n, replace) => {
    const { store, stored, mend } = breakable()
    Object.assign(store, { replace })
    const { session, clock } = startSession({ store })
    const signing = observe(session.signIn(tokensOf(1)))
    await clock.advance(5_000)
    expect(signing.state).toBe('fulfilled')
    expect(await session.getAccessToken()).toBe('access-1')
    mend()
    await clock.advance(60_000)
    expect(await stored()).toMatchObject({ generation: 1, tokens: tokensOf(1) })
  },
)

test.each(broken)(
  'G31 where replace %s, a sign-out holds, and is written later',
  async (_n, replace) => {
    const { store, stored, mend } = breakable()
    const { session, clock } = await signedIn({ store })
    Object.assign(store, { replace })
    const signing = observe(session.signOut())
    expect(session.status).toBe('signed-out')
    await clock.advance(5_000)
    expect(signing.state).toBe('fulfilled')
    expect(await stored()).toMatchObject({ generation: 1, tokens: tokensOf(1) })

    mend()
    await clock.advance(60_000)
    expect(await stored()).toMatchObject({ generation: 2, tokens: undefined })
    expect(session.status).toBe('signed-out')
  },
)

test('G31 the next chance is also the next refresh', async () => {
  const { store, stored, mend } = breakable()
  const { session } = await signedIn({ store })
  Object.assign(store, { replace: quota })
  await session.refresh()
  mend()
  await session.refresh()
  expect(await stored()).toMatchObject({ tokens: tokensOf(3) })
})

test('G31 a store that stays broken is tried again less and less often, and for ever', async () => {
  const { store } = breakable()
  const replace = vi.fn(quota)
  const { session, clock } = await signedIn({ store })
  Object.assign(store, { replace })
  await session.refresh()
  await clock.advance(600_000)
  const tries = replace.mock.calls.length
  expect(tries).toBeGreaterThanOrEqual(10)
  expect(tries).toBeLessThanOrEqual(20)
  await clock.advance(600_000)
  expect(replace.mock.calls.length).toBeGreaterThan(tries)
})

test.each(broken)('G31 where load %s, a refresh goes on without it', async (_name, load) => {
  const { store, stored } = breakable()
  const { session, clock } = await signedIn({ store })
  Object.assign(store, { load })
  const refreshed = observe(session.refresh())
  await clock.advance(5_000)
  expect(refreshed.value).toMatchObject({ accessToken: 'access-2' })
  expect(eventsOf(session, 'store-failed')).toMatchObject([{ operation: 'load' }])
  expect(await stored()).toMatchObject({ generation: 2 })
})

test('G31 a load that hangs takes no time from the refresh, however short that may be', async () => {
  const { store } = breakable()
  const clock = fakeClock()
  const slowly = (generation: number) => () =>
    new Promise((answer) => void clock.setTimeout(() => answer(tokensOf(generation)), 200))
  const { session, refresh } = await signedIn({
    store,
    clock,
    refreshTimeoutMs: 1_000,
    refresh: scriptedRefresh(slowly(2), slowly(3)),
  })
  Object.assign(store, { load: never })
  const refreshed = observe(session.refresh())
  await clock.advance(7_000)
  expect(refreshed.value).toMatchObject({ accessToken: 'access-2' })
  expect(refresh.calls).toHaveLength(1)
})

test.each(broken)(
  'G31 where load %s at the start, the session starts signed out',
  async (_n, load) => {
    const { store } = breakable()
    Object.assign(store, { load })
    const { session, clock } = startSession({ store })
    const ready = observe(session.ready)
    await clock.advance(5_000)
    expect(ready.state).toBe('fulfilled')
    expect(session.status).toBe('signed-out')
    expect(eventsOf(session, 'store-failed')).toMatchObject([{ operation: 'load' }])
    await session.signIn(tokensOf(1))
    expect(await session.getAccessToken()).toBe('access-1')
  },
)

test('a watch that throws breaks nothing', async () => {
  const { store } = breakable()
  const { session } = await signedIn({ store: { ...store, watch: quota } })
  expect(await session.getAccessToken()).toBe('access-1')
  expect(eventsOf(session, 'store-failed')).toMatchObject([{ operation: 'watch' }])
})

test.each([
  ['returns undefined', () => undefined as unknown as boolean],
  ['returns a string', () => 'ok' as unknown as boolean],
])('a store whose replace %s does no harm', async (_name, answer) => {
  const { store, stored } = breakable()
  const { session, clock } = startSession({
    store: {
      load: store.load,
      replace: async (expected, next) => {
        await memoryReplace(expected, next)
        return answer()
      },
    },
  })
  const memoryReplace = store.replace
  await session.signIn(tokensOf(1))
  await session.refresh()
  await clock.advance(60_000)
  expect(session.tokens).toEqual(tokensOf(2))
  expect(await stored()).toMatchObject({ generation: 2 })
})

test.each([
  ['throws', quota],
  ['rejects', () => Promise.reject(new Error('no lock'))],
  ['hangs', never],
  ['returns nothing', () => undefined as unknown as Promise<never>],
  ['resolves without having run it', () => Promise.resolve() as Promise<never>],
])(
  'G5 where exclusive %s, the refresh goes on without a turn, and says so',
  async (_n, exclusive) => {
    const { store } = breakable()
    const { session, clock, refresh } = await signedIn({ store: { ...store, exclusive } })
    const refreshed = observe(session.refresh())
    await clock.advance(60_000)
    expect(refreshed.value).toMatchObject({ accessToken: 'access-2' })
    expect(refresh.calls).toHaveLength(1)
    expect(eventsOf(session, 'turn-missed')).toHaveLength(1)
  },
)

test('G5 a turn is asked for with a wait that no living holder needs', async () => {
  const { store } = breakable()
  const waits: number[] = []
  const exclusive = <T>(work: () => Promise<T>, { waitMs }: { waitMs: number }): Promise<T> => {
    waits.push(waitMs)
    return work()
  }
  const { session } = await signedIn({ store: { ...store, exclusive }, refreshTimeoutMs: 7_000 })
  await session.refresh()
  expect(waits).toEqual([expect.any(Number)])
  expect(waits[0]).toBeGreaterThan(14_000)
  expect(eventsOf(session, 'turn-missed')).toEqual([])
})

test('a turn that comes twice, or after it was given up, runs nothing twice', async () => {
  const { store } = breakable()
  const late: (() => Promise<unknown>)[] = []
  const exclusive = async <T>(work: () => Promise<T>): Promise<T> => {
    late.push(work)
    await work()
    return work()
  }
  const { session, clock, refresh } = await signedIn({ store: { ...store, exclusive } })
  await session.refresh()
  await late[0]?.()
  await clock.advance(60_000)
  expect(refresh.calls).toHaveLength(1)
})
