import { connect } from 'node:net'

import { expect, test, vi } from 'vitest'

import { startTokenServer } from 'unexpired/testing'
import type { TokenServerOptions } from 'unexpired/testing'

import { createLedger } from '../../src/testing/ledger.js'
import { call, echo, giveUp, refresh, signIn, start } from './calls.js'

test('two hundred requests at once are all served', async () => {
  const server = await start({ latency: { api: 20 } })
  const { accessToken } = await signIn(server)
  const paths = Array.from({ length: 200 }, (_, index) => `/api/item/${index}`)
  const echoes = await Promise.all(paths.map((path) => echo(server, accessToken, path)))
  expect(echoes.map(({ path }) => path)).toEqual(paths)
  expect(server.counts).toMatchObject({ served: 200, turnedAway: 0 })
  expect(server.requests).toHaveLength(201)
})

test('latency is waited out for the API and for refreshes, each its own', async () => {
  const server = await start({ latency: { api: 20, refresh: 60 } })
  const { accessToken, refreshToken } = await signIn(server)
  await Promise.all([call(server, accessToken), refresh(server, refreshToken)])
  const took = Object.fromEntries(server.requests.map(({ kind, tookMs = 0 }) => [kind, tookMs]))
  expect(took['api']).toBeGreaterThanOrEqual(19)
  expect(took['refresh']).toBeGreaterThanOrEqual(59)
  expect(took['refresh']).toBeGreaterThan(took['api'] ?? 0)
})

test('refreshes are concurrent from their arrival to their answer, and while they hang they are not', async () => {
  const server = await start({ latency: { refresh: 10 } })
  const { refreshToken } = await signIn(server)
  server.orders.hangRefresh()
  const hangs = () => server.requests.at(-1)?.outcome === 'hung'
  await giveUp(server, '/auth/refresh', { method: 'POST' }, hangs)
  await refresh(server, refreshToken)
  await refresh(server, 'stranger')
  expect(server.counts.maxConcurrentRefreshes).toBe(1)
  await Promise.all([refresh(server, 'stranger'), refresh(server, 'stranger')])
  expect(server.counts.maxConcurrentRefreshes).toBe(2)
})

test('a refresh whose client has gone is granted nevertheless', async () => {
  const server = await start({ latency: { refresh: 80 } })
  const { refreshToken } = await signIn(server)
  const init = { method: 'POST', body: JSON.stringify({ refreshToken }) }
  await giveUp(server, '/auth/refresh', init, () => server.counts.refreshes === 1)
  expect(server.counts.refreshesGranted).toBe(0)
  await vi.waitFor(() => expect(server.counts.refreshesGranted).toBe(1))
})

test('the log tells who was served with which generation', async () => {
  const server = await start()
  const { accessToken, refreshToken } = await signIn(server)
  await call(server, accessToken, '/api/a?b=c')
  server.orders.expireNow()
  await call(server, accessToken, '/api/a')
  await refresh(server, refreshToken)
  const ann = { user: 'ann', family: 'f1' }
  expect(server.requests).toMatchObject([
    { kind: 'sign-in', outcome: 'granted', status: 200, ...ann, generation: 1 },
    { kind: 'api', method: 'GET', path: '/api/a', outcome: 'served', ...ann, generation: 1 },
    { kind: 'api', outcome: 'turned-away', status: 401, ...ann, generation: 1 },
    { kind: 'refresh', method: 'POST', outcome: 'granted', ...ann, generation: 2 },
  ])
  expect(server.requests[0]?.at).toBeCloseTo(Date.now(), -4)
  expect(JSON.stringify(server.requests)).not.toContain(accessToken)
})

test('the log keeps the last ten thousand', () => {
  const ledger = createLedger()
  for (let at = 0; at < 30_001; at += 1) {
    ledger.enter({ at, method: 'GET', path: '/', kind: 'api', credentials: [] })
  }
  expect(ledger.requests).toHaveLength(10_000)
  expect(ledger.requests[0]?.at).toBe(20_001)
  expect(ledger.requests.at(-1)?.at).toBe(30_000)
})

test('counts are one live object that resets in place', async () => {
  const server = await start()
  const { counts } = server
  await signIn(server)
  const before = structuredClone(counts)
  await signIn(server)
  expect([before.signIns, counts.signIns]).toEqual([1, 2])
  server.resetCounts()
  expect(Object.values(counts).every((count) => count === 0)).toBe(true)
  expect(server.requests).toEqual([])
})

test('a page of another origin may call with any header and with cookies', async () => {
  const server = await start()
  const origin = 'http://localhost:3000'
  const preflight = await fetch(`${server.url}/api/thing`, {
    method: 'OPTIONS',
    headers: {
      Origin: origin,
      'Access-Control-Request-Method': 'DELETE',
      'Access-Control-Request-Headers': 'authorization,x-anything',
    },
  })
  expect(preflight.status).toBe(204)
  expect(Object.fromEntries(preflight.headers)).toMatchObject({
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'DELETE',
    'access-control-allow-headers': 'authorization,x-anything',
  })
  const answer = await call(server, 'none', '/api/thing', { headers: { Origin: origin } })
  expect(answer.headers.get('Access-Control-Allow-Origin')).toBe(origin)
  expect(answer.headers.get('Access-Control-Expose-Headers')).toContain('WWW-Authenticate')
  expect(server.requests).toHaveLength(1)
})

test('a page gives a browser its origin', async () => {
  const server = await start()
  const answer = await fetch(`${server.url}/`)
  expect(answer.headers.get('Content-Type')).toContain('text/html')
  expect(server.requests.at(-1)).toMatchObject({ kind: 'other', outcome: 'served' })
})

test('the prefixes move', async () => {
  const server = await start({ paths: { api: '/v2/data', auth: '/id' } })
  const answer = await fetch(`${server.url}/id/login`, {
    method: 'POST',
    body: JSON.stringify({ username: 'ann' }),
  })
  const { accessToken } = (await answer.json()) as { accessToken: string }
  expect((await call(server, accessToken, '/v2/data/thing')).status).toBe(200)
  expect((await call(server, accessToken, '/api/thing')).status).toBe(404)
})

test.each<TokenServerOptions>([
  { accessTokenLifetime: -1 },
  { accessTokenLifetime: Number.NaN },
  { accessTokenLifetime: Infinity },
  { latency: { api: -1 } },
  { latency: { refresh: Number.NaN } },
  { rotation: { graceMs: -1 } },
  { paths: { api: 'api' } },
  { paths: { x: '/' } },
  { paths: { auth: '/auth/' } },
])('%j is refused', async (options) => {
  await expect(startTokenServer(options)).rejects.toThrow(/^\[unexpired\] \[token server\] /)
})

test('a port can be chosen, and one that is taken rejects', async () => {
  const server = await start()
  const port = Number(new URL(server.url).port)
  await expect(startTokenServer({ port })).rejects.toThrow('EADDRINUSE')
})

test('close ends every socket: idle, hanging, waiting and half sent', async () => {
  const server = await startTokenServer({ latency: { refresh: 60_000 } })
  const { accessToken, refreshToken } = await signIn(server)
  const { hostname, port } = new URL(server.url)
  const raw = ['', 'POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf'].map(
    (text) => {
      const socket = connect(Number(port), hostname, () => socket.write(text))
      return new Promise((resolve) => socket.on('error', () => {}).on('close', resolve))
    },
  )
  const answers = [call(server, accessToken, '/api/never'), refresh(server, refreshToken)]
  await vi.waitFor(() => expect(server.requests).toHaveLength(3))
  await server.close()
  await Promise.all(raw)
  for (const answer of await Promise.allSettled(answers)) expect(answer.status).toBe('rejected')
  await expect(fetch(server.url)).rejects.toThrow('fetch failed')
  await server.close()
})

test('fake timers do not reach the server', async () => {
  vi.useFakeTimers()
  try {
    const server = await start({ accessTokenLifetime: 0.2, latency: { api: 10 } })
    const { accessToken } = await signIn(server)
    vi.setSystemTime(0)
    vi.advanceTimersByTime(3_600_000)
    expect((await call(server, accessToken)).status).toBe(200)
    for (let time = 0; time < 21; time += 1) await call(server, accessToken)
    expect((await call(server, accessToken)).status).toBe(401)
  } finally {
    vi.useRealTimers()
  }
})
