import { expect, test } from 'vitest'

import { createSession, memoryStore } from 'unexpired'
import type { Session } from 'unexpired'
import { fakeClock } from 'unexpired/testing'
import type { FakeClock } from 'unexpired/testing'

import { scriptedRefresh, tokensOf } from './scripted-refresh.js'
import { signedIn, startSession } from './start-session.js'

const day = 86_400_000

/** Asks for a token every ten seconds for ten minutes, and says how old each was when it was given. */
async function tenMinutes(session: Session, clock: FakeClock): Promise<void> {
  for (let round = 0; round < 60; round += 1) {
    await clock.advance(10_000)
    await session.getAccessToken()
  }
}

/** A refresh that remembers, by real time, when each access token was born. */
function dated(clock: FakeClock) {
  const born = new Map<string | undefined, number>([['access-1', clock.monotonic()]])
  const issue = (generation: number) => () => {
    born.set(`access-${generation}`, clock.monotonic())
    return tokensOf(generation)
  }
  return { born, refresh: scriptedRefresh(...Array.from({ length: 50 }, (_, at) => issue(at + 2))) }
}

test.each([
  ['a day ahead', day],
  ['a day back', -day],
  ['an hour ahead', 3_600_000],
  ['an hour back', -3_600_000],
  ['30 s ahead', 30_000],
  ['30 s back', -30_000],
])(
  'G36 a clock stepped %s costs at most one refresh, and no dead token is given',
  async (_, delta) => {
    const clock = fakeClock()
    const { born, refresh } = dated(clock)
    const { session } = await signedIn({ clock, refresh })
    await clock.advance(10_000)
    clock.stepWall(delta)
    const needed = 10
    for (let second = 0; second < 600; second += 1) {
      await clock.advance(1_000)
      const token = await session.getAccessToken()
      expect(clock.monotonic() - (born.get(token) ?? -Infinity)).toBeLessThan(60_000)
    }
    // Ten minutes of tokens that live a minute, and are renewed up to 12 seconds before.
    expect(refresh.calls.length).toBeGreaterThanOrEqual(needed)
    expect(refresh.calls.length).toBeLessThanOrEqual(Math.ceil(600 / 48) + 1)
  },
)

test('G36 a step ahead, within the lifetime, costs one refresh, and the step back none', async () => {
  const { session, clock, refresh } = await signedIn()
  clock.stepWall(day)
  expect(await session.getAccessToken()).toBe('access-2')
  clock.stepWall(-day)
  expect(await session.getAccessToken()).toBe('access-2')
  await clock.advance(20_000)
  expect(await session.getAccessToken()).toBe('access-2')
  expect(refresh.calls).toHaveLength(1)
})

test('G36 a machine that slept through the end of a lifetime sends no dead token', async () => {
  const { session, clock, refresh } = await signedIn()
  clock.sleepMachine(3_600_000)
  expect(await session.getAccessToken()).toBe('access-2')
  expect(refresh.calls).toHaveLength(1)
})

test('G36 a machine that slept shortly loses nothing', async () => {
  const { session, clock, refresh } = await signedIn()
  clock.sleepMachine(10_000)
  expect(await session.getAccessToken()).toBe('access-1')
  await clock.advance(44_999)
  clock.sleepMachine(1)
  expect(await session.getAccessToken()).toBe('access-2')
  expect(refresh.calls).toHaveLength(1)
})

test('G36 a clock that is wrong all the time, by a day to either side, is as good as a right one', async () => {
  for (const start of [Date.now() + day, Date.now() - day, 0]) {
    const { session, clock, refresh } = await signedIn({ clock: fakeClock(start) })
    await tenMinutes(session, clock)
    expect(refresh.calls.length).toBeLessThanOrEqual(Math.ceil(600 / 48))
  }
})

/** A page is left, and opened again later: a new session on the same store. Monotonic time starts anew. */
async function reload(wallDelta: number, awayMs: number) {
  const store = memoryStore()
  const first = await signedIn({ store })
  await first.clock.advance(awayMs)
  first.session.close()
  const clock = fakeClock(first.clock.now() + wallDelta)
  const second = startSession({ store, clock, refresh: scriptedRefresh(tokensOf(2), tokensOf(3)) })
  return second
}

test('G36 after a reload, a token with time left is used', async () => {
  const { session, refresh } = await reload(0, 30_000)
  expect(session.getSnapshot().expiresInMs).toBe(30_000)
  expect(await session.getAccessToken()).toBe('access-1')
  expect(refresh.calls).toHaveLength(0)
})

test('G36 after a reload, a dead token is not', async () => {
  const { session, refresh } = await reload(0, 61_000)
  expect(await session.getAccessToken()).toBe('access-2')
  expect(refresh.calls).toHaveLength(1)
})

test.each([
  ['back by a day', -day],
  ['ahead by a day', day],
  ['back by two minutes', -120_000],
])('G36 a clock set %s before a reload costs at most one refresh', async (_, delta) => {
  const { session, clock, refresh } = await reload(delta, 55_000)
  expect(await session.getAccessToken()).toBe('access-2')
  for (let second = 0; second < 45; second += 1) {
    await clock.advance(1_000)
    expect(await session.getAccessToken()).toBe('access-2')
  }
  expect(refresh.calls).toHaveLength(1)
})

test('G36 clocks of two machines that differ by a few seconds cost nothing', async () => {
  const { session, refresh } = await reload(-3_000, 0)
  expect(await session.getAccessToken()).toBe('access-1')
  expect(refresh.calls).toHaveLength(0)
})

test('G36 what a sibling stored while we looked on cannot be older than our last look', async () => {
  const store = memoryStore()
  const { session, clock, refresh } = await signedIn({ store })
  // A sibling whose clock is a day behind refreshes: its receipt looks a day old here.
  const stored = await store.load()
  if (!stored) expect.unreachable()
  const receivedAt = clock.now() - day
  const tokens = { accessToken: 'theirs', refreshToken: 'r', expiresIn: 60 }
  await store.replace(stored, { ...stored, generation: 2, receivedAt, tokens })
  await clock.advance(1_000)
  expect(await session.getAccessToken()).toBe('theirs')
  expect(session.getSnapshot().expiresInMs).toBeGreaterThan(58_000)
  expect(refresh.calls).toHaveLength(0)
})

test('G36 an answer for the user before does not make the tokens of the next one look new', async () => {
  const clock = fakeClock()
  const inner = memoryStore()
  let writeMs = 0
  let answer: (tokens: { accessToken: string }) => void = () => undefined
  const answers = [
    () => new Promise<{ accessToken: string }>((resolve) => (answer = resolve)),
    () => Promise.resolve({ accessToken: 'bob-2' }),
  ]
  const session = createSession({
    clock,
    refresh: () => answers.shift()?.() ?? Promise.reject(new Error('asked too often')),
    store: {
      load: () => inner.load(),
      replace: (expected, next) =>
        new Promise((resolve) =>
          clock.setTimeout(() => resolve(inner.replace(expected, next)), writeMs),
        ),
    },
  })
  const annSignsIn = session.signIn({ accessToken: 'ann', refreshToken: 'a', expiresIn: 3_600 })
  await clock.advance(0)
  await annSignsIn
  const refreshed = session.refresh().catch(() => 'replaced')
  await clock.advance(0)

  writeMs = 4_000
  const bobSignsIn = session.signIn({ accessToken: 'bob', refreshToken: 'b', expiresIn: 2 })
  await clock.advance(3_500)
  answer({ accessToken: 'ann-2' })
  await clock.advance(0)
  clock.stepWall(-day)
  writeMs = 0
  await clock.advance(600)
  await bobSignsIn
  expect(await refreshed).toBe('replaced')
  const token = session.getAccessToken()
  await clock.advance(0)
  expect(await token).toBe('bob-2')
})
