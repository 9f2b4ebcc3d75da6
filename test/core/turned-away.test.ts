import { expect, test } from 'vitest'

import { isSessionError } from 'unexpired'
import type { Lease } from 'unexpired'

import { deferred, observe } from './observed.js'
import { jsonResponse, scriptedRefresh, tokensOf } from './scripted-refresh.js'
import { api, eventsOf, signedIn, startSession } from './start-session.js'

test('G2 a 401 that comes after the refresh is replayed at once, and refreshes nothing', async () => {
  const { session, refresh } = await signedIn()
  const late = deferred<{ status: number }>()
  const leases: Lease[] = []
  const slow = session.authorize((lease) => {
    leases.push(lease)
    return leases.length > 1 ? Promise.resolve({ status: 200 }) : late.promise
  })
  await session.refresh()
  late.resolve({ status: 401 })
  expect(await slow).toEqual({ status: 200 })
  expect(refresh.calls).toHaveLength(1)
  expect(leases.map(({ generation }) => generation)).toEqual([1, 2])
})

test('G2 also when it comes many generations later', async () => {
  const { session, refresh } = await signedIn()
  const late = deferred<{ status: number }>()
  let attempts = 0
  const slow = session.authorize(() =>
    (attempts += 1) > 1 ? Promise.resolve({ status: 200 }) : late.promise,
  )
  for (let round = 0; round < 5; round += 1) await session.refresh()
  late.resolve({ status: 401 })
  expect(await slow).toEqual({ status: 200 })
  expect(refresh.calls).toHaveLength(5)
})

test('G11 a replay that is turned down again returns that answer', async () => {
  const { session, refresh } = await signedIn()
  const answers = [
    { status: 401, n: 1 },
    { status: 401, n: 2 },
  ]
  const sent = await session.authorize(() => Promise.resolve(answers.shift()))
  expect(sent).toEqual({ status: 401, n: 2 })
  expect(refresh.calls).toHaveLength(1)
})

test('G11 an endpoint that always says 401 makes no storm of refreshes', async () => {
  const { session, clock, refresh } = await signedIn()
  await session.signIn({ accessToken: 'opaque' })
  const server = api(session)
  for (let second = 0; second < 60; second += 1) {
    await Promise.all([server.send(), server.send(), server.send()])
    await clock.advance(1_000)
  }
  // One, then after pauses of about 1, 2, 4, 8, 16 and 32 seconds.
  expect(refresh.calls.length).toBeLessThanOrEqual(8)
  expect(eventsOf(session, 'refresh-unavailable')).toEqual([])
})

test('G11 that pause is about a second at first, however many were turned down together', async () => {
  const { session, clock, refresh } = await signedIn()
  const server = api(session)
  await Promise.all(Array.from({ length: 20 }, () => server.send()))
  expect(refresh.calls).toHaveLength(1)
  await server.send()
  expect(refresh.calls).toHaveLength(1)
  await clock.advance(1_500)
  await server.send()
  expect(refresh.calls).toHaveLength(2)
})

test('G11 meanwhile other requests go on, and the 401s are handed over as they are', async () => {
  const { session } = await signedIn()
  const bad = api(session)
  const good = api(session, 'access-2')
  await bad.send()
  expect(await good.send()).toEqual({ status: 200, by: 'access-2' })
  expect(await bad.send()).toEqual({ status: 401, by: 'access-2' })
  expect(bad.leases).toHaveLength(3)
})

test('G21 a request without a token gets its own 401 back, and refreshes nothing', async () => {
  const { session, refresh } = startSession()
  expect(await api(session).send()).toEqual({ status: 401, by: undefined })
  const thrown = session.authorize(() =>
    Promise.reject(Object.assign(new Error(), { status: 401 })),
  )
  await expect(thrown).rejects.toMatchObject({ status: 401 })
  expect(refresh.calls).toHaveLength(0)
  expect(session.explain()).toEqual([])
})

test.each([200, 204, 302, 400, 402, 403, 404, 407, 419, 429, 500, 503])(
  'G22 a %d does not refresh by default',
  async (status) => {
    const { session, refresh } = await signedIn()
    expect(await session.authorize(() => Promise.resolve({ status }))).toEqual({ status })
    expect(refresh.calls).toHaveLength(0)
  },
)

const shapes: [string, () => Promise<unknown>][] = [
  ['a value with a status', () => Promise.resolve({ status: 401 })],
  ['a value with a response', () => Promise.resolve({ response: { status: 401 } })],
  ['an error with a status', () => Promise.reject(Object.assign(new Error('x'), { status: 401 }))],
  [
    'an error with a response',
    () => Promise.reject(Object.assign(new Error('x'), { response: { status: 401 } })),
  ],
  ['a fetch Response', () => Promise.resolve(jsonResponse(401, {}))],
]

test.each(shapes)('a 401 is seen on %s', async (_name, turnAway) => {
  const { session, refresh } = await signedIn()
  let attempts = 0
  const sent = session.authorize(() => ((attempts += 1) > 1 ? Promise.resolve('good') : turnAway()))
  expect(await sent).toBe('good')
  expect(refresh.calls).toHaveLength(1)
})

test('G28 a network error is never replayed', async () => {
  const { session, refresh } = await signedIn()
  let attempts = 0
  const sent = session.authorize(() => {
    attempts += 1
    throw new TypeError('Failed to fetch')
  })
  await expect(sent).rejects.toThrow('Failed to fetch')
  expect([attempts, refresh.calls.length]).toEqual([1, 0])
})

test('G28 nor is one that comes in the replay', async () => {
  const { session } = await signedIn()
  let attempts = 0
  const sent = session.authorize(() =>
    (attempts += 1) > 1 ? Promise.reject(new Error('net')) : Promise.resolve({ status: 401 }),
  )
  await expect(sent).rejects.toThrow('net')
  expect(attempts).toBe(2)
})

test('an app says what expired looks like, at once or later, and 401 then counts no more', async () => {
  for (const expired of [
    (outcome: object) => 'value' in outcome && (outcome.value as { code: number }).code === 1234,
    async (outcome: object) =>
      'value' in outcome && (outcome.value as { code: number }).code === 1234,
  ]) {
    const { session, refresh } = await signedIn()
    const answers = [{ code: 1234 }, { code: 0 }, { status: 401, code: 7 }]
    const send = (): Promise<unknown> =>
      session.authorize(() => Promise.resolve(answers.shift()), { expired })
    expect(await send()).toEqual({ code: 0 })
    expect(await send()).toEqual({ status: 401, code: 7 })
    expect(refresh.calls).toHaveLength(1)
  }
})

test('G27 what can be sent once only is not sent again, and the refresh has still happened', async () => {
  const { session, refresh } = await signedIn()
  let attempts = 0
  const send = () =>
    session.authorize(() => Promise.resolve({ status: 401, n: (attempts += 1) }), {
      replayable: false,
    })
  expect(await send()).toEqual({ status: 401, n: 1 })
  expect(attempts).toBe(1)
  expect(refresh.calls).toHaveLength(1)
  expect(session.tokens).toEqual(tokensOf(2))
})

test('G27 where that refresh is unavailable, the first answer is still handed over', async () => {
  const { session } = await signedIn({ refresh: scriptedRefresh(jsonResponse(400, {})) })
  const sent = session.authorize(() => Promise.resolve({ status: 401 }), { replayable: false })
  expect(await sent).toEqual({ status: 401 })
})

test('G27 where it is refused, the session has ended', async () => {
  const refusal = jsonResponse(400, { error: 'invalid_grant' })
  const { session } = await signedIn({ refresh: scriptedRefresh(refusal) })
  const sent = session.authorize(() => Promise.resolve({ status: 401 }), { replayable: false })
  await expect(sent).rejects.toMatchObject({ reason: 'refused' })
})

test('G12 aborted while its replay waits, a request is not sent again', async () => {
  const answer = deferred<object>()
  const { session, clock } = await signedIn({ refresh: scriptedRefresh(() => answer.promise) })
  const controller = new AbortController()
  let attempts = 0
  const sent = observe(
    session.authorize(
      () => {
        attempts += 1
        return Promise.resolve({ status: 401 })
      },
      { signal: controller.signal },
    ),
  )
  await clock.advance(0)
  controller.abort()
  answer.resolve(tokensOf(2))
  await clock.advance(0)
  expect(attempts).toBe(1)
  expect(isSessionError(sent.error)).toBe(false)
})

test('G10 a request of the refresh itself passes straight through', async () => {
  const seen: (string | undefined)[] = []
  const attempt = (lease: Lease): Promise<{ status: number }> => {
    seen.push(lease.accessToken)
    return Promise.resolve({ status: 401 })
  }
  const { session } = startSession({
    refresh: scriptedRefresh(({ signal }) =>
      session.authorize(attempt).then(async () => {
        // Later requests of a longer refresh are known by the signal that they pass on.
        await Promise.resolve()
        await session.authorize(attempt, { signal })
        return tokensOf(2)
      }),
    ),
  })
  await session.signIn(tokensOf(1))
  expect(await session.refresh()).toMatchObject({ accessToken: 'access-2' })
  expect(seen).toEqual([undefined, undefined])
})
