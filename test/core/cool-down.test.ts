import { expect, test, vi } from 'vitest'

import { isSessionError, memoryStore, RefreshUnavailableError } from 'unexpired'

import { observe } from './observed.js'
import { jsonResponse, scriptedRefresh, tokensOf } from './scripted-refresh.js'
import { api, eventsOf, signedIn } from './start-session.js'

const down = (): Response => jsonResponse(400, { error: 'invalid_scope' })
const failures = (count: number): (() => Response)[] => Array.from({ length: count }, () => down)

/** Asks for a token, and lets everything happen that needs no time. */
async function ask({ session, clock }: Awaited<ReturnType<typeof signedIn>>) {
  const asked = observe(session.getAccessToken())
  await clock.advance(0)
  return asked
}

test('G7 after an unavailable refresh, requests that need one reject at once', async () => {
  const started = await signedIn({ refresh: scriptedRefresh(down) })
  await started.clock.advance(60_000)
  const first = await ask(started)
  expect(first.error).toBeInstanceOf(RefreshUnavailableError)
  expect(first.error).toMatchObject({ code: 'refresh-unavailable', reason: 'server' })

  await started.clock.advance(500)
  const second = await ask(started)
  expect(second.error).toMatchObject({ code: 'refresh-unavailable', reason: 'server' })
  expect(started.refresh.calls).toHaveLength(1)
  const [before, now] = [first.error, second.error].map((error) =>
    isSessionError(error) && error.code === 'refresh-unavailable' ? error.retryAfterMs : 0,
  )
  expect(now).toBeCloseTo((before ?? 0) - 500)
})

test('G7 the cool-down is one second, doubling to sixty, and starts again after a success', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
  const refresh = scriptedRefresh(...failures(9), tokensOf(2), ...failures(1))
  const started = await signedIn({ refresh })
  const { clock, session } = started
  await clock.advance(60_000)
  for (const seconds of [1, 2, 4, 8, 16, 32, 60, 60, 60]) {
    const calls = refresh.calls.length
    expect((await ask(started)).state).toBe('rejected')
    expect(refresh.calls).toHaveLength(calls + 1)
    await clock.advance(seconds * 1_000 - 1)
    expect((await ask(started)).state).toBe('rejected')
    expect(refresh.calls).toHaveLength(calls + 1)
    await clock.advance(1)
  }
  expect((await ask(started)).value).toBe('access-2')
  await clock.advance(60_000)
  expect((await ask(started)).state).toBe('rejected')
  expect(eventsOf(session, 'refresh-unavailable').at(-1)).toMatchObject({ retryAfterMs: 1_000 })
})

/** The pauses after eight failures in a row. */
async function pauses(dice: number): Promise<number[]> {
  vi.spyOn(Math, 'random').mockReturnValue(dice)
  const started = await signedIn({ refresh: scriptedRefresh(...failures(8)) })
  await started.clock.advance(60_000)
  for (let round = 0; round < 8; round += 1) {
    await ask(started)
    await started.clock.advance(60_000)
  }
  return eventsOf(started.session, 'refresh-unavailable').map((event) =>
    event.type === 'refresh-unavailable' ? event.retryAfterMs : 0,
  )
}

test('G7 it has jitter, at its longest too, and is never more than sixty seconds', async () => {
  const low = await pauses(0)
  const high = await pauses(0.999_999)
  for (const [index, pause] of low.entries()) {
    expect(pause).toBeLessThan((high[index] ?? 0) * 0.9)
    expect(high[index]).toBeLessThanOrEqual(60_000)
  }
  expect(low.at(-1)).toBeGreaterThan(30_000)
})

test('G7 all clients of a session share the cool-down', async () => {
  const started = await signedIn({ refresh: scriptedRefresh(down) })
  const { session, clock, refresh } = started
  await clock.advance(60_000)
  await ask(started)
  const server = api(session)
  for (let round = 0; round < 10; round += 1) {
    const sent = observe(server.send())
    await clock.advance(0)
    expect(sent.error).toBeInstanceOf(RefreshUnavailableError)
  }
  expect(server.leases).toEqual([])
  expect(refresh.calls).toHaveLength(1)
})

test('G7 refresh() goes through the cool-down, and its success ends it', async () => {
  const started = await signedIn({ refresh: scriptedRefresh(down, tokensOf(2)) })
  await started.clock.advance(60_000)
  expect((await ask(started)).state).toBe('rejected')
  expect(await started.session.refresh()).toMatchObject({ accessToken: 'access-2' })
  expect((await ask(started)).value).toBe('access-2')
})

test('G7 a refresh() that fails in a cool-down rejects, and lengthens it', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
  const started = await signedIn({ refresh: scriptedRefresh(...failures(2)) })
  const { session, clock } = started
  await clock.advance(60_000)
  await ask(started)
  await expect(session.refresh()).rejects.toMatchObject({ retryAfterMs: 2_000 })
  await clock.advance(1_500)
  expect((await ask(started)).state).toBe('rejected')
  expect(started.refresh.calls).toHaveLength(2)
})

test('G7 a success of a sibling on the same store ends it', async () => {
  const store = memoryStore()
  const here = await signedIn({ store, refresh: scriptedRefresh(down) })
  const there = await signedIn({ store, clock: here.clock })
  await here.clock.advance(60_000)
  expect((await ask(here)).state).toBe('rejected')
  expect(await there.session.refresh()).toMatchObject({ accessToken: 'access-2' })
  await here.clock.advance(0)
  expect((await ask(here)).value).toBe('access-2')
  expect(here.refresh.calls).toHaveLength(1)
})

test('G7 adopted tokens, and a new sign-in, end it', async () => {
  const started = await signedIn({ refresh: scriptedRefresh(down, down) })
  await started.clock.advance(60_000)
  expect((await ask(started)).state).toBe('rejected')
  await started.session.adopt(tokensOf(7))
  expect((await ask(started)).value).toBe('access-7')
  await started.clock.advance(60_000)
  expect((await ask(started)).state).toBe('rejected')
  await started.session.signIn(tokensOf(8))
  expect((await ask(started)).value).toBe('access-8')
})

test('G20 an ahead-of-time refresh that fails disturbs nobody while the token works', async () => {
  const refresh = scriptedRefresh(...failures(50))
  const started = await signedIn({ refresh })
  const { session, clock } = started
  await clock.advance(54_000)
  for (let second = 54; second < 60; second += 1) {
    expect((await ask(started)).value).toBe('access-1')
    await clock.advance(1_000)
  }
  expect(refresh.calls.length).toBeGreaterThan(1)
  expect(session.status).toBe('active')
  expect((await ask(started)).state).toBe('rejected')
})

test('G7 nor is it tried again beside each request', async () => {
  const refresh = scriptedRefresh(...failures(50))
  const started = await signedIn({ refresh })
  await started.clock.advance(54_000)
  for (let tenth = 0; tenth < 59; tenth += 1) {
    expect((await ask(started)).value).toBe('access-1')
    await started.clock.advance(100)
  }
  // At once, and after pauses of about 1, 2 and 4 seconds.
  expect(refresh.calls.length).toBeLessThanOrEqual(4)
})

test('G20 requests that are held when a refresh fails go on with a token that still works', async () => {
  const started = await signedIn({ refresh: scriptedRefresh(down) })
  await started.clock.advance(56_000)
  const held = observe(started.session.getAccessToken())
  expect(held.state).toBe('pending')
  await started.clock.advance(0)
  expect(held.value).toBe('access-1')
})

test('G20 not so a token that a response called expired', async () => {
  const started = await signedIn({ refresh: scriptedRefresh(down) })
  const server = api(started.session)
  const sent = observe(server.send())
  await started.clock.advance(0)
  expect(sent.error).toBeInstanceOf(RefreshUnavailableError)
  const again = observe(server.send())
  await started.clock.advance(0)
  expect(again.error).toBeInstanceOf(RefreshUnavailableError)
  expect(server.leases).toHaveLength(1)
})
