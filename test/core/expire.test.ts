import { expect, test } from 'vitest'

import { deferred, observe } from './observed.js'
import { scriptedRefresh, tokensOf } from './scripted-refresh.js'
import { api, eventsOf, signedIn, startSession } from './start-session.js'

test('after expire() the next request waits for new tokens, and is sent once', async () => {
  const { session, refresh } = await signedIn()
  session.expire()
  expect(refresh.calls).toHaveLength(0)
  const server = api(session, 'access-2')
  expect(await server.send()).toEqual({ status: 200, by: 'access-2' })
  expect(server.leases).toHaveLength(1)
  expect(refresh.calls).toHaveLength(1)
  expect(eventsOf(session, 'expired', 'refresh-started')).toMatchObject([
    { type: 'expired', generation: 1 },
    { type: 'refresh-started', trigger: 'expired' },
  ])
})

test('G2 any number of late news of the same token cause one refresh', async () => {
  const { session, refresh } = await signedIn()
  for (let socket = 0; socket < 5; socket += 1) session.expire('access-1')
  await Promise.all([session.getAccessToken(), session.getAccessToken()])
  session.expire('access-1')
  expect(await session.getAccessToken()).toBe('access-2')
  expect(refresh.calls).toHaveLength(1)
})

test('during a refresh it is about the old tokens, not about those that come', async () => {
  const answer = deferred<object>()
  const { session, refresh } = await signedIn({ refresh: scriptedRefresh(() => answer.promise) })
  const fresh = session.refresh()
  session.expire()
  const held = observe(session.getAccessToken())
  answer.resolve(tokensOf(2))
  await fresh
  await session.getAccessToken()
  expect(held).toMatchObject({ state: 'fulfilled', value: 'access-2' })
  expect(refresh.calls).toHaveLength(1)
})

test('signed out, or before the store was read, there is nothing to expire', async () => {
  const { session } = startSession()
  session.expire()
  await session.ready
  session.expire('access-1')
  expect(session.explain()).toEqual([])
})

test('an expired token that a store brings back stays expired', async () => {
  const { session, refresh } = await signedIn()
  session.expire()
  expect(session.getLifetime()).toMatchObject({ isExpired: true, leftMs: 0 })
  await session.refresh()
  expect(session.getLifetime()).toMatchObject({ isExpired: false, leftMs: 60_000 })
  expect(refresh.calls).toHaveLength(1)
})

test('the lifetime counts down, by whichever clock goes faster', async () => {
  const { session, clock } = await signedIn({ refreshAheadMs: 10_000, refreshLeewayMs: 2_000 })
  const lifetime = session.getLifetime()
  expect(lifetime).toMatchObject({ isExpired: false, totalMs: 60_000, leewayMs: 2_000 })
  // Jittered between half of it and all.
  expect(lifetime?.aheadMs).toBeGreaterThanOrEqual(5_000)
  expect(lifetime?.aheadMs).toBeLessThanOrEqual(10_000)
  await clock.advance(45_000)
  expect(session.getLifetime()?.leftMs).toBe(15_000)
  await clock.advance(16_000)
  expect(session.getLifetime()).toMatchObject({ isExpired: true, leftMs: 0, totalMs: 60_000 })
})

test('without a lifetime it is known only whether it is over', async () => {
  const { session } = startSession()
  expect(session.getLifetime()).toBeUndefined()
  await session.signIn({ accessToken: 'opaque' })
  const unknown = { totalMs: undefined, leftMs: undefined, aheadMs: undefined, leewayMs: undefined }
  expect(session.getLifetime()).toEqual({ isExpired: false, ...unknown })
  await session.authorize((lease) => Promise.resolve({ status: lease.generation > 1 ? 200 : 401 }))
  session.expire()
  expect(session.getLifetime()).toMatchObject({ isExpired: true, totalMs: 60_000, leftMs: 0 })
  await session.signOut()
  expect(session.getLifetime()).toBeUndefined()
})

test('a 401 ends the lifetime, too', async () => {
  const { session } = await signedIn({ refresh: scriptedRefresh(() => deferred().promise) })
  const turnedAway = observe(api(session).send())
  await Promise.resolve()
  await Promise.resolve()
  expect(session.getLifetime()).toMatchObject({ isExpired: true, leftMs: 0 })
  await session.signOut()
  expect(turnedAway.state).not.toBe('fulfilled')
})
