import { expect, test } from 'vitest'

import { call, giveUp, json, signIn, start } from './calls.js'

test('always-401 turns every token away', async () => {
  const server = await start()
  const { accessToken } = await signIn(server)
  expect((await call(server, accessToken, '/api/always-401')).status).toBe(401)
  const answer = await fetch(`${server.url}/x/always-401`, { headers: { 'X-Token': accessToken } })
  expect(await json(answer)).toMatchObject({ code: 1234 })
  expect(server.counts).toMatchObject({ turnedAway: 2, served: 0 })
})

test.each([
  ['/api/forbidden', 403],
  ['/api/status/204', 204],
  ['/api/status/401', 401],
  ['/api/status/503', 503],
  ['/api/status/999', 400],
  ['/api/redirect', 400],
])('%s answers %d', async (path, status) => {
  const server = await start()
  const { accessToken } = await signIn(server)
  expect((await call(server, accessToken, path)).status).toBe(status)
  expect((await call(server, 'stranger', path)).status).toBe(401)
})

test.each([
  ['', 302],
  ['&status=307', 307],
])('a redirect leads where it is told to (%s)', async (more, status) => {
  const server = await start()
  const { accessToken } = await signIn(server)
  const to = 'http://127.0.0.2:1/there?a=1'
  const path = `/api/redirect?to=${encodeURIComponent(to)}${more}`
  const answer = await call(server, accessToken, path, { redirect: 'manual' })
  expect([answer.status, answer.headers.get('Location')]).toEqual([status, to])
})

test('the log of the server that a redirect leads to tells which headers carried a credential', async () => {
  const [server, other] = [await start(), await start()]
  const { accessToken } = await signIn(server)
  await call(server, accessToken, `/api/redirect?to=${other.url}/api/there`, {
    headers: { 'X-Token': 'secret', 'X-Own': accessToken, 'X-Trace': '7' },
  })
  expect(server.requests.at(-1)?.credentials).toEqual(['authorization', 'x-own', 'x-token'])
  expect(other.requests.at(-1)?.credentials).toEqual(['x-own', 'x-token'])
})

test('slow takes its time', async () => {
  const server = await start()
  const { accessToken } = await signIn(server)
  await call(server, accessToken, '/api/slow?ms=40')
  expect(server.requests.at(-1)?.tookMs).toBeGreaterThanOrEqual(39)
})

test('never is accepted and not answered', async () => {
  const server = await start()
  const { accessToken } = await signIn(server)
  const init = { headers: { Authorization: `Bearer ${accessToken}` } }
  await giveUp(server, '/api/never', init, () => server.requests.at(-1)?.outcome === 'hung')
  expect(server.requests.at(-1)).toMatchObject({ user: 'ann', status: undefined })
})

test('a stream comes in pieces, without a length', async () => {
  const server = await start()
  const { accessToken } = await signIn(server)
  const answer = await call(server, accessToken, '/api/stream')
  expect(answer.headers.get('Content-Length')).toBeNull()
  expect(await answer.text()).toBe('first\nsecond\nthird\n')
})

test('a path that nobody serves is not found', async () => {
  const server = await start()
  expect((await fetch(`${server.url}/apiary`)).status).toBe(404)
  expect(server.requests.at(-1)).toMatchObject({ kind: 'other', outcome: 'failed', status: 404 })
})
