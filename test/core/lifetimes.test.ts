import { expect, test, vi } from 'vitest'

import { observe } from './observed.js'
import { never, scriptedRefresh, tokensOf } from './scripted-refresh.js'
import { api, eventsOf, signedIn, startSession } from './start-session.js'

/** Where `Math.random` stands still, the ahead-of-time point is known: half a window before the end. */
const withoutJitter = (): unknown => vi.spyOn(Math, 'random').mockReturnValue(0)

test('G3 inside the ahead-of-time window a request goes at once, and the refresh runs beside it', async () => {
  withoutJitter()
  const { session, clock, refresh } = await signedIn({ refresh: scriptedRefresh(never) })
  // A fifth of 60 seconds is 12; half of that, 6.
  await clock.advance(53_999)
  expect(await session.getAccessToken()).toBe('access-1')
  expect(refresh.calls).toHaveLength(0)
  await clock.advance(1)
  const first = observe(session.getAccessToken())
  const second = observe(session.getAccessToken())
  await clock.advance(0)
  expect([first.value, second.value]).toEqual(['access-1', 'access-1'])
  expect(refresh.calls).toHaveLength(1)
  expect(eventsOf(session, 'held')).toEqual([])
  expect(eventsOf(session, 'refresh-started')).toMatchObject([{ trigger: 'ahead-of-time' }])
})

test('G3 inside the leeway a request is held until there are new tokens', async () => {
  const { session, clock, refresh } = await signedIn()
  await clock.advance(55_000)
  const requests = Array.from({ length: 20 }, () => observe(session.getAccessToken()))
  expect(requests.every(({ state }) => state === 'pending')).toBe(true)
  await clock.advance(0)
  expect(requests.map(({ value }) => value)).toEqual(Array.from({ length: 20 }, () => 'access-2'))
  expect(refresh.calls).toHaveLength(1)
  expect(eventsOf(session, 'refresh-started')).toMatchObject([{ trigger: 'lifetime-over' }])
})

test('G3 a request that starts during a refresh is held while the old tokens are known to be dead', async () => {
  const { session, clock } = await signedIn()
  const server = api(session, 'access-2')
  const turnedAway = observe(server.send())
  await Promise.resolve()
  await Promise.resolve()
  const later = observe(server.send())
  await clock.advance(0)
  expect([turnedAway.value?.by, later.value?.by]).toEqual(['access-2', 'access-2'])
  expect(server.leases.map(({ accessToken }) => accessToken)).toEqual([
    'access-1',
    'access-2',
    'access-2',
  ])
})

test('only requests refresh: an idle session sets no timer and stays as it is', async () => {
  const { session, clock, refresh } = await signedIn()
  await clock.advance(86_400_000)
  expect(refresh.calls).toHaveLength(0)
  expect(clock.pendingTimers).toBe(0)
  expect(session.status).toBe('active')
})

test.each([
  { expiresIn: 60, random: 0, aheadAt: 54_000 },
  { expiresIn: 60, random: 0.999_999_999, aheadAt: 48_000 },
  { expiresIn: 3_600, random: 0, aheadAt: 3_570_000 },
  { expiresIn: 3_600, random: 0.999_999_999, aheadAt: 3_540_000 },
])(
  'G8 the ahead-of-time point of $expiresIn seconds is $aheadAt ms where the dice say $random',
  async ({ expiresIn, random, aheadAt }) => {
    vi.spyOn(Math, 'random').mockReturnValue(random)
    const { session, clock, refresh } = startSession()
    await session.signIn({ accessToken: 'first', refreshToken: 'r', expiresIn })
    await clock.advance(aheadAt - 1)
    await session.getAccessToken()
    expect(refresh.calls).toHaveLength(0)
    await clock.advance(2)
    expect(await session.getAccessToken()).toBe('first')
    await clock.advance(0)
    expect(refresh.calls).toHaveLength(1)
  },
)

test('G8 sessions that began together are refreshed at different moments', async () => {
  const all = await Promise.all(Array.from({ length: 50 }, () => signedIn()))
  const moments = new Set<number>()
  for (const { session, clock, refresh } of all) {
    await clock.advance(47_000)
    while (!refresh.calls.length) {
      await clock.advance(100)
      await session.getAccessToken()
    }
    moments.add(clock.monotonic())
  }
  expect(moments.size).toBeGreaterThan(15)
  expect(Math.max(...moments) - Math.min(...moments)).toBeGreaterThan(2_000)
})

test('refreshAheadMs is never more than a fifth of the lifetime, refreshLeewayMs than a tenth', async () => {
  withoutJitter()
  const { session, clock, refresh } = await signedIn({
    refreshAheadMs: 1e9,
    refreshLeewayMs: 1e9,
    refresh: scriptedRefresh(never),
  })
  await clock.advance(53_999)
  await session.getAccessToken()
  expect(refresh.calls).toHaveLength(0)
  await clock.advance(1)
  expect(observe(session.getAccessToken()).state).toBe('pending')
})

test('refreshAheadMs and refreshLeewayMs of 0: a token is used to its last moment', async () => {
  const { session, clock, refresh } = await signedIn({ refreshAheadMs: 0, refreshLeewayMs: 0 })
  await clock.advance(59_999)
  expect(await session.getAccessToken()).toBe('access-1')
  expect(refresh.calls).toHaveLength(0)
  await clock.advance(1)
  expect(await session.getAccessToken()).toBe('access-2')
})

test('the lifetime counts from the receipt, not from the end of a slow write', async () => {
  const { session, clock, refresh } = await signedIn()
  await clock.advance(55_000)
  await session.getAccessToken()
  expect(refresh.calls).toHaveLength(1)
  expect(session.getSnapshot().expiresInMs).toBe(60_000)
  await clock.advance(47_000)
  expect(await session.getAccessToken()).toBe('access-2')
  expect(refresh.calls).toHaveLength(1)
})

test('an app can say how long its tokens live where the server does not', async () => {
  const lifetime = vi.fn(() => 60)
  const { session, clock } = await signedIn({ lifetime })
  await session.signIn({ accessToken: 'opaque', refreshToken: 'r' })
  expect(session.getSnapshot().expiresInMs).toBe(60_000)
  expect(lifetime).toHaveBeenCalledWith({ accessToken: 'opaque', refreshToken: 'r' })
  await clock.advance(60_000)
  expect(await session.getAccessToken()).toBe('access-2')
})

test('what the server says goes before what the app says', async () => {
  const { session } = await signedIn({ lifetime: () => 10 })
  expect(session.getSnapshot().expiresInMs).toBe(60_000)
})

test('a lifetime function that throws makes the lifetime unknown', async () => {
  const shown = vi.spyOn(console, 'error').mockReturnValue()
  const { session } = await signedIn({
    lifetime: () => {
      throw new Error('in lifetime')
    },
  })
  await session.signIn({ accessToken: 'opaque' })
  expect(session.getSnapshot()).toMatchObject({ status: 'active', expiresInMs: undefined })
  expect(shown).toHaveBeenCalledOnce()
})

test('a refresh that brings no lifetime makes it unknown: the old one was the old token’s', async () => {
  const refresh = scriptedRefresh({ accessToken: 'access-2' })
  const { session, clock } = await signedIn({ refresh })
  await clock.advance(60_000)
  expect(await session.getAccessToken()).toBe('access-2')
  expect(session.tokens).toEqual({ accessToken: 'access-2', refreshToken: 'refresh-1' })
  await clock.advance(1e9)
  expect(await session.getAccessToken()).toBe('access-2')
  expect(refresh.calls).toHaveLength(1)
})

test('expiresInMs says what was left at the last change', async () => {
  const { session, clock } = await signedIn()
  await clock.advance(10_000)
  expect(session.getSnapshot().expiresInMs).toBe(60_000)
  await session.adopt(tokensOf(2))
  expect(session.getSnapshot()).toMatchObject({ generation: 2, expiresInMs: 60_000 })
})
