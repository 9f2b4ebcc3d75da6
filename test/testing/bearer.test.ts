import { expect, test } from 'vitest'

import { call, echo, json, postJson, refresh, signIn, sleep, start } from './calls.js'
import type { PlainTokens } from './calls.js'

test('a sign-in yields opaque, header-safe tokens and their lifetime', async () => {
  const server = await start()
  const tokens = await signIn(server)
  expect(tokens).toEqual({
    accessToken: expect.stringMatching(/^at_f1_1_[0-9a-f]{32}$/),
    refreshToken: expect.stringMatching(/^rt_f1_1_[0-9a-f]{32}$/),
    expiresIn: 60,
    tokenType: 'Bearer',
  })
  expect(server.counts.signIns).toBe(1)
})

test('the API echoes what it received, without the credential', async () => {
  const server = await start()
  const { accessToken } = await signIn(server)
  const echoed = await echo(server, accessToken, '/api/orders?tag=a&tag=b&page=2', {
    method: 'PUT',
    headers: { 'X-Trace': '7', Cookie: 'secret=1', 'X-Token': 'secret' },
    body: 'hello',
  })
  expect(echoed).toMatchObject({
    method: 'PUT',
    path: '/api/orders',
    query: { tag: ['a', 'b'], page: '2' },
    user: 'ann',
    generation: 1,
    body: 'hello',
    headers: { 'x-trace': '7', 'content-length': '5' },
  })
  expect(echoed.headers).not.toHaveProperty('authorization')
  expect(echoed.headers).not.toHaveProperty('cookie')
  expect(echoed.headers).not.toHaveProperty('x-token')
})

test('a token in an unusual place is not echoed either', async () => {
  const server = await start()
  const { accessToken, refreshToken } = await signIn(server)
  const path = `/api/${accessToken}?token=${accessToken}`
  const answer = await call(server, accessToken, path, {
    method: 'POST',
    headers: { 'X-Other': accessToken },
    body: refreshToken,
  })
  const text = await answer.text()
  expect(text).not.toContain(accessToken)
  expect(text).not.toContain(refreshToken)
  expect(JSON.parse(text)).toMatchObject({
    path: '/api/[token]',
    query: { token: '[token]' },
    body: '[token]',
  })
})

test('a request without a token is turned away, and told of no error', async () => {
  const server = await start()
  const answer = await fetch(`${server.url}/api/thing`)
  expect(answer.status).toBe(401)
  expect(answer.headers.get('WWW-Authenticate')).toBe('Bearer realm="unexpired"')
  expect(await json(answer)).toEqual({ error: 'invalid_token' })
  expect(server.counts.turnedAway).toBe(1)
})

test('a request with an unknown token is turned away with invalid_token', async () => {
  const server = await start()
  const answer = await call(server, 'at_f1_1_stranger')
  expect(answer.status).toBe(401)
  expect(answer.headers.get('WWW-Authenticate')).toContain('error="invalid_token"')
})

test('a token of another server is unknown', async () => {
  const { accessToken } = await signIn(await start())
  expect((await call(await start(), accessToken)).status).toBe(401)
})

test('a token dies when its lifetime is over', async () => {
  const server = await start({ accessTokenLifetime: 0.1 })
  const { accessToken, refreshToken } = await signIn(server)
  expect((await call(server, accessToken)).status).toBe(200)
  await sleep(110)
  expect((await call(server, accessToken)).status).toBe(401)
  expect((await refresh(server, refreshToken)).status).toBe(200)
})

test('a refresh yields the next generation, and leaves the older access token alive', async () => {
  const server = await start()
  const first = await signIn(server)
  const second = await json<PlainTokens>(refresh(server, first.refreshToken))
  expect(second.accessToken).toMatch(/^at_f1_2_/)
  expect(second.refreshToken).not.toBe(first.refreshToken)
  expect((await echo(server, second.accessToken)).generation).toBe(2)
  expect((await echo(server, first.accessToken)).generation).toBe(1)
})

test('each sign-in begins a family with generations of its own', async () => {
  const server = await start()
  const ann = await signIn(server, 'ann')
  const bob = await signIn(server, 'bob')
  expect(await echo(server, ann.accessToken)).toMatchObject({ user: 'ann', generation: 1 })
  expect(await echo(server, bob.accessToken)).toMatchObject({ user: 'bob', generation: 1 })
  expect(server.requests.map(({ family }) => family)).toEqual(['f1', 'f2', 'f1', 'f2'])
})

test.each([{}, { refreshToken: 'stranger' }, 'no object', null])(
  'a refresh with %j is refused with 401 and invalid_grant',
  async (body) => {
    const server = await start()
    const answer = await postJson(`${server.url}/auth/refresh`, body)
    expect(answer.status).toBe(401)
    expect(await json(answer)).toEqual({
      error: 'invalid_grant',
      error_description: expect.any(String),
    })
    expect(server.counts).toMatchObject({ refreshes: 1, refreshesRefused: 1, reuseDetected: 0 })
  },
)

test('an access token buys nothing', async () => {
  const server = await start()
  const { accessToken } = await signIn(server)
  expect((await refresh(server, accessToken)).status).toBe(401)
})

test('a sign-in without a username is a bad request', async () => {
  const server = await start()
  expect((await postJson(`${server.url}/auth/login`, {})).status).toBe(400)
  expect(server.counts.signIns).toBe(0)
})

test('a lifetime that is not to be announced is not', async () => {
  const server = await start({ announceLifetime: false })
  const { refreshToken, ...tokens } = await signIn(server)
  expect(tokens).not.toHaveProperty('expiresIn')
  expect(await json(refresh(server, refreshToken))).not.toHaveProperty('expiresIn')
})

test.each([-1, 0, '3600', 1e12])('a lie about the lifetime (%j) is told as it is', async (lie) => {
  const server = await start({ announceLifetime: lie })
  expect((await signIn(server)).expiresIn).toBe(lie)
})
