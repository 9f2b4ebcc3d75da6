import { expect, test } from 'vitest'

import { isSessionError } from 'unexpired'

import { observe } from './observed.js'
import type { Observed } from './observed.js'
import { never, scriptedRefresh, tokensOf } from './scripted-refresh.js'
import type { Answer } from './scripted-refresh.js'
import { api, signedIn, startSession } from './start-session.js'

test('G9 a refresh that never returns is ended within twice refreshTimeoutMs', async () => {
  const refresh = scriptedRefresh(never, never, never)
  const { session, clock } = await signedIn({ refresh, refreshTimeoutMs: 1_000 })
  const held = Array.from({ length: 10 }, () => observe(session.refresh()))
  await clock.advance(1_999)
  expect(held.every(({ state }) => state === 'pending')).toBe(true)
  await clock.advance(1)
  for (const { error } of held) expect(error).toMatchObject({ reason: 'timeout' })
  expect(refresh.calls.length).toBeLessThanOrEqual(3)
  expect(refresh.calls.every(({ signal }) => signal.aborted)).toBe(true)
  expect(session.status).toBe('active')
})

test('G9 by default that is twenty seconds', async () => {
  const { session, clock } = await signedIn({ refresh: scriptedRefresh(never, never, never) })
  const held = observe(session.refresh())
  await clock.advance(20_000)
  expect(held.error).toMatchObject({ code: 'refresh-unavailable', reason: 'timeout' })
})

test('G10 the timeout says what to do when the refresh calls through its own client', async () => {
  const { session, clock } = await signedIn({ refresh: scriptedRefresh(never, never) })
  const held = observe(session.refresh())
  await clock.advance(20_000)
  expect(String(held.error)).toMatch(/signal/)
  expect(String(held.error)).toMatch(/session: false/)
})

test('G9 a signal that is heeded ends a try, and the next one may succeed', async () => {
  const { session, clock, refresh } = await signedIn({
    refresh: scriptedRefresh(
      ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    ),
    refreshTimeoutMs: 1_000,
  })
  const refreshed = observe(session.refresh())
  await clock.advance(1_200)
  expect(refreshed.value).toMatchObject({ accessToken: 'access-2' })
  expect(refresh.calls[0]?.signal.aborted).toBe(true)
  expect(refresh.calls[1]?.signal.aborted).toBe(false)
})

test('G9 an answer that comes after its deadline counts for nothing', async () => {
  const { session, clock } = await signedIn({
    refresh: scriptedRefresh(
      () => new Promise((answer) => void clock.setTimeout(() => answer(tokensOf(66)), 1_500)),
    ),
    refreshTimeoutMs: 1_000,
  })
  const refreshed = observe(session.refresh())
  await clock.advance(5_000)
  expect(refreshed.value).toMatchObject({ accessToken: 'access-2' })
  expect(session.tokens?.accessToken).toBe('access-2')
})

test.each([0, 500, 900, 990])(
  'G9 an error whose body never ends is not waited for: thrown after %d ms',
  async (ms) => {
    const headers = new Headers()
    const response = { status: 503, headers, clone: () => ({ text: never }) }
    const failing = () =>
      new Promise((_, reject) => {
        clock.setTimeout(() => reject(Object.assign(new Error('HTTPError'), { response })), ms)
      })
    const { session, clock } = await signedIn({
      refresh: scriptedRefresh(failing, failing, failing),
      refreshTimeoutMs: 1_000,
    })
    const refreshed = observe(session.refresh())
    await clock.advance(2_000)
    expect(refreshed.error).toMatchObject({ code: 'refresh-unavailable' })
  },
)

test('G9 a Response whose body never ends is not waited for', async () => {
  const endless = { ok: true, status: 200, headers: new Headers(), text: never }
  const { session, clock } = await signedIn({
    refresh: scriptedRefresh(endless, endless, endless),
    refreshTimeoutMs: 1_000,
  })
  const refreshed = observe(session.refresh())
  await clock.advance(2_000)
  expect(refreshed.error).toMatchObject({ reason: 'timeout' })
})

const throws = (thrown: unknown) => () => {
  throw thrown
}

test.each<[string, Answer]>([
  ['throws', throws(new Error('at once'))],
  ['throws no error', throws('a string')],
  ['throws nothing', throws(undefined)],
  ['throws null', throws(null)],
  ['throws a symbol', throws(Symbol('thrown'))],
  ['throws what throws when it is looked at', throws(hostile())],
  ['rejects', () => Promise.reject(new Error('later'))],
  ['returns nothing', undefined],
  ['returns null', null],
  ['returns a number', 7],
  ['returns a string', '<html>'],
  ['returns an empty object', {}],
  ['returns an array', []],
  ['returns tokens in an array', [tokensOf(2)]],
  ['returns an access token that is a number', { accessToken: 7 }],
  ['returns an empty access token', { accessToken: '' }],
  ['returns a refresh token that is an object', { accessToken: 'a', refreshToken: {} }],
  ['returns what throws when it is looked at', () => hostile()],
])('G9 a refresh that %s rejects what waits, and the session lives', async (_name, answer) => {
  const { session, clock } = await signedIn({ refresh: scriptedRefresh(answer, answer, answer) })
  const server = api(session)
  const all: Observed<unknown>[] = [
    observe(session.refresh()),
    observe(session.getAccessToken()),
    observe(server.send()),
  ]
  await clock.advance(20_000)
  expect(all.map(({ state }) => state)).toEqual(['rejected', 'fulfilled', 'rejected'])
  for (const { error } of all) {
    if (error) expect(isSessionError(error) && error.code).toBe('refresh-unavailable')
  }
  expect(session.tokens).toEqual(tokensOf(1))
  await clock.advance(60_000)
  expect(await session.getAccessToken()).toBe('access-2')
})

/** Every look at it throws. */
function hostile(): object {
  const look = throws(new Error('hostile'))
  return new Proxy({}, { get: look, has: look, ownKeys: look })
}

test('G9 a refresh function that is not async and throws is as good as one that rejects', async () => {
  let calls = 0
  const refresh = Object.assign(
    () => {
      calls += 1
      if (calls < 3) throw new Error('at once')
      return Promise.resolve(tokensOf(2))
    },
    { calls: [] },
  )
  const { session, clock } = startSession({ refresh })
  await session.signIn(tokensOf(1))
  const refreshed = observe(session.refresh())
  await clock.advance(1_000)
  expect(refreshed.value).toMatchObject({ accessToken: 'access-2' })
})
