import { expect, test } from 'vitest'

import { startTokenServer } from 'unexpired/testing'
import type { TokenServer } from 'unexpired/testing'

import { call, giveUp, json, refresh, signIn, start } from './calls.js'

/** Whether the connection was cut instead of an answer. */
const isCut = (answer: Promise<Response>): Promise<boolean> =>
  answer.then(
    () => false,
    (error: unknown) => error instanceof TypeError,
  )

test('expireNow kills access tokens at once, and leaves refresh tokens alive', async () => {
  const server = await start()
  const { accessToken, refreshToken } = await signIn(server)
  server.orders.expireNow()
  expect((await call(server, accessToken)).status).toBe(401)
  expect((await refresh(server, refreshToken)).status).toBe(200)
})

test('revokeAll kills all tokens, and counts the families', async () => {
  const server = await start()
  const { accessToken, refreshToken } = await signIn(server)
  await signIn(server, 'bob')
  server.orders.revokeAll()
  expect((await call(server, accessToken)).status).toBe(401)
  expect((await refresh(server, refreshToken)).status).toBe(401)
  expect(server.counts).toMatchObject({ familiesRevoked: 2, reuseDetected: 0 })
})

test('refuseRefresh refuses as often as asked, and spends nothing', async () => {
  const server = await start()
  const { refreshToken } = await signIn(server)
  server.orders.refuseRefresh({ times: 2 })
  for (let time = 0; time < 2; time += 1) {
    expect(await json(refresh(server, refreshToken))).toMatchObject({ error: 'invalid_grant' })
  }
  expect((await refresh(server, refreshToken)).status).toBe(200)
  expect(server.counts).toMatchObject({ refreshesRefused: 2, refreshesGranted: 1 })
})

test('hangRefresh never answers, and spends nothing', async () => {
  const server = await start()
  const { refreshToken } = await signIn(server)
  server.orders.hangRefresh()
  const init = { method: 'POST', body: JSON.stringify({ refreshToken }) }
  const hangs = () => server.requests.at(-1)?.outcome === 'hung'
  await giveUp(server, '/auth/refresh', init, hangs)
  expect(server.requests.at(-1)).toMatchObject({ status: undefined, tookMs: undefined })
  expect((await refresh(server, refreshToken)).status).toBe(200)
})

test('failRefresh answers with a status, Retry-After and a body of choice, and spends nothing', async () => {
  const server = await start()
  const { refreshToken } = await signIn(server)
  const date = 'Wed, 21 Oct 2026 07:28:00 GMT'
  server.orders.failRefresh({ status: 503, retryAfter: 2 })
  server.orders.failRefresh({ status: 400, body: { error: 'invalid_client' } })
  server.orders.failRefresh({ status: 502, body: '<h1>Bad gateway</h1>', retryAfter: date })

  const first = await refresh(server, refreshToken)
  expect([first.status, first.headers.get('Retry-After')]).toEqual([503, '2'])
  expect(await first.text()).toBe('')
  expect(await json(refresh(server, refreshToken))).toEqual({ error: 'invalid_client' })
  const third = await refresh(server, refreshToken)
  expect(third.headers.get('Retry-After')).toBe(date)
  expect(third.headers.get('Content-Type')).toContain('text/html')
  expect((await refresh(server, refreshToken)).status).toBe(200)
  expect(server.counts).toMatchObject({ refreshes: 4, refreshesGranted: 1, refreshesRefused: 0 })
})

test('dropRefreshAnswer grants and cuts the connection, so the token is spent', async () => {
  const server = await start()
  const { refreshToken } = await signIn(server)
  server.orders.dropRefreshAnswer()
  expect(await isCut(refresh(server, refreshToken))).toBe(true)
  expect(server.requests.at(-1)).toMatchObject({ outcome: 'dropped', generation: 2 })
  expect((await refresh(server, refreshToken)).status).toBe(401)
  expect(server.counts).toMatchObject({ refreshesGranted: 1, reuseDetected: 1 })
})

test('dropRefreshRequest cuts the connection, and spends nothing', async () => {
  const server = await start()
  const { refreshToken } = await signIn(server)
  server.orders.dropRefreshRequest()
  expect(await isCut(refresh(server, refreshToken))).toBe(true)
  expect((await refresh(server, refreshToken)).status).toBe(200)
  expect(server.counts).toMatchObject({ refreshes: 2, refreshesGranted: 1 })
})

test.each([
  ['html', /^<!doctype html>/],
  ['empty', /^$/],
  ['not-json', /^\{"accessToken":"at_$/],
  ['no-token', /^\{"expiresIn":60,"tokenType":"Bearer"\}$/],
  ['bad-token', /^\{"accessToken":"at_line\\r\\nbreak",/],
] as const)('answerNonsense as %s answers 200 and spends nothing', async (as, body) => {
  const server = await start()
  const { refreshToken } = await signIn(server)
  server.orders.answerNonsense({ as })
  const answer = await refresh(server, refreshToken)
  expect(answer.status).toBe(200)
  expect(await answer.text()).toMatch(body)
  expect((await refresh(server, refreshToken)).status).toBe(200)
})

test('orders for a refresh are met in every protocol', async () => {
  const server = await start()
  server.orders.answerNonsense({ as: 'no-token', times: 2 })
  server.orders.refuseRefresh()
  const post = (path: string) => fetch(`${server.url}${path}`, { method: 'POST' })
  expect(await json(post('/x/refreshtoken'))).toMatchObject({ code: 0, data: { expiresIn: 60 } })
  const cookies = await post('/cookie/refresh')
  expect([cookies.status, cookies.headers.getSetCookie()]).toEqual([204, []])
  expect(await json(post('/x/refreshtoken'))).toMatchObject({ code: 1235 })
})

test('delay holds exactly one path back', async () => {
  const server = await start()
  const { accessToken } = await signIn(server)
  server.orders.delay('/api/slow-one', 80)
  const order: string[] = []
  await Promise.all(
    ['/api/slow-one?a=1', '/api/other'].map(async (path) => {
      await call(server, accessToken, path)
      order.push(path)
    }),
  )
  expect(order).toEqual(['/api/other', '/api/slow-one?a=1'])
  const slow = server.requests.find(({ path }) => path === '/api/slow-one')
  expect(slow?.tookMs).toBeGreaterThanOrEqual(79)
})

test('a request looked at after its delay may find its token dead', async () => {
  const server = await start()
  const { accessToken } = await signIn(server)
  server.orders.delay('/api/late', 80)
  const late = call(server, accessToken, '/api/late')
  await call(server, accessToken)
  server.orders.expireNow()
  expect((await late).status).toBe(401)
})

test('failApi fails one path, or any', async () => {
  const server = await start()
  const { accessToken } = await signIn(server)
  server.orders.failApi({ path: '/api/a', status: 500, body: { error: 'broken' } })
  expect((await call(server, accessToken, '/api/b')).status).toBe(200)
  expect(await json(call(server, accessToken, '/api/a'))).toEqual({ error: 'broken' })
  server.orders.failApi({ status: 401, times: 2 })
  expect((await call(server, accessToken, '/api/a')).status).toBe(401)
  expect((await call(server, accessToken, '/api/b')).status).toBe(401)
  expect((await call(server, accessToken, '/api/b')).status).toBe(200)
  expect(server.counts).toMatchObject({ served: 2, turnedAway: 2 })
})

test('dropApi cuts the connection of one path, or any', async () => {
  const server = await start()
  const { accessToken } = await signIn(server)
  server.orders.dropApi({ path: '/api/a' })
  expect((await call(server, accessToken, '/api/b')).status).toBe(200)
  expect(await isCut(call(server, accessToken, '/api/a'))).toBe(true)
  server.orders.dropApi()
  expect(await isCut(call(server, accessToken, '/api/b'))).toBe(true)
})

async function withUnusedOrders(): Promise<TokenServer> {
  const server = await startTokenServer()
  server.orders.hangRefresh()
  server.orders.failApi({ path: '/api/a', status: 500, times: 2 })
  server.orders.failApi({ status: 503, times: Infinity })
  const { accessToken } = await signIn(server)
  await call(server, accessToken, '/api/a')
  return server
}

test('orders that no request met fail the test that gave them', async () => {
  const server = await withUnusedOrders()
  const unused = [
    'hangRefresh (met 0 of 1)',
    'failApi /api/a (met 1 of 2)',
    'failApi (met 0 of Infinity)',
  ]
  expect(server.orders.unused()).toEqual(unused)
  const message = `[unexpired] [token server] orders that no request met: ${unused.join(', ')}`
  expect(() => server.assertOrdersUsed()).toThrow(message)
  await expect(server.close()).rejects.toThrow(message)
  await expect(server.close()).rejects.toThrow(message)
  await expect(fetch(server.url)).rejects.toThrow('fetch failed')
})

test('orders that were cleared fail nothing', async () => {
  const server = await withUnusedOrders()
  server.orders.clear()
  expect(server.orders.unused()).toEqual([])
  await server.close()
})

test('an order for ever is used once it is met once', async () => {
  const server = await start()
  const { accessToken } = await signIn(server)
  server.orders.failApi({ status: 500, times: Infinity })
  await call(server, accessToken)
  expect((await call(server, accessToken)).status).toBe(500)
})

test.each([0, -1, 1.5, Number.NaN])('an order for %d times is a RangeError', async (times) => {
  const server = await start()
  expect(() => server.orders.hangRefresh({ times })).toThrow(RangeError)
})

test('an order for a header that cannot be sent is answered with the reason', async () => {
  const server = await start()
  server.orders.failRefresh({ status: 503, retryAfter: 'line\nbreak' })
  const answer = await refresh(server, 'any')
  expect(answer.status).toBe(500)
  expect(await answer.text()).toContain('Retry-After')
})
