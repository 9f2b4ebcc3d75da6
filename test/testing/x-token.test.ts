import { expect, test } from 'vitest'

import type { EchoedRequest, TokenServer } from 'unexpired/testing'

import { json, postJson, start } from './calls.js'
import type { XAnswer } from './calls.js'

type Bought = XAnswer<{ token: string; expiresIn: number }>

async function login(server: TokenServer, prefix = '/x'): Promise<string> {
  const { data } = await json<Bought>(postJson(`${server.url}${prefix}/login`, { username: 'ann' }))
  return data.token
}

const send = (server: TokenServer, path: string, token: string, method = 'GET') =>
  fetch(`${server.url}${path}`, { method, headers: { 'X-Token': token } })

const buy = (server: TokenServer, token: string, prefix = '/x'): Promise<Bought> =>
  json<Bought>(send(server, `${prefix}/refreshtoken`, token, 'POST'))

test('a sign-in yields one token and its lifetime in data', async () => {
  const server = await start()
  const answer = await json(postJson(`${server.url}/x/login`, { username: 'ann' }))
  expect(answer).toEqual({
    code: 0,
    message: 'ok',
    data: { token: expect.stringMatching(/^xt_f1_1_[0-9a-f]{32}$/), expiresIn: 60 },
  })
})

test('the API answers in data', async () => {
  const server = await start()
  const token = await login(server)
  const { code, data } = await json<XAnswer<EchoedRequest>>(send(server, '/x/orders?page=1', token))
  expect(code).toBe(0)
  expect(data).toMatchObject({ path: '/x/orders', query: { page: '1' }, user: 'ann' })
  expect(data.headers).not.toHaveProperty('x-token')
})

test('a dead token, a strange one and none are turned away with HTTP 200 and code 1234', async () => {
  const server = await start()
  const token = await login(server)
  server.orders.expireNow()
  for (const sent of [token, 'stranger', '']) {
    const answer = await send(server, '/x/orders', sent)
    expect(answer.status).toBe(200)
    expect(await json(answer)).toEqual({ code: 1234, message: 'token expired', data: null })
  }
  expect(server.counts).toMatchObject({ turnedAway: 3, served: 0 })
})

test('the old token buys the new one, even when it is dead', async () => {
  const server = await start()
  const old = await login(server)
  server.orders.expireNow()
  const { code, data } = await buy(server, old)
  expect(code).toBe(0)
  expect(data.token).toMatch(/^xt_f1_2_/)
  expect(await json(send(server, '/x/orders', data.token))).toMatchObject({
    code: 0,
    data: { generation: 2 },
  })
})

test('a token that bought before costs the family its life, with HTTP 200 and code 1235', async () => {
  const server = await start()
  const old = await login(server)
  const { data } = await buy(server, old)
  const answer = await send(server, '/x/refreshtoken', old, 'POST')
  expect(answer.status).toBe(200)
  expect(await json(answer)).toEqual({ code: 1235, message: expect.any(String), data: null })
  expect(await json(send(server, '/x/orders', data.token))).toMatchObject({ code: 1234 })
  expect((await buy(server, data.token)).code).toBe(1235)
  expect(server.counts).toMatchObject({ reuseDetected: 1, familiesRevoked: 1 })
})

test('a token that has bought opens the API until its own lifetime is over', async () => {
  const server = await start()
  const old = await login(server)
  await buy(server, old)
  expect(await json(send(server, '/x/orders', old))).toMatchObject({ code: 0 })
})

test('within the grace the old token buys again', async () => {
  const server = await start({ rotation: { graceMs: 5000 } })
  const old = await login(server)
  const tokens = [(await buy(server, old)).data.token, (await buy(server, old)).data.token]
  for (const token of tokens) {
    expect(await json(send(server, '/x/orders', token))).toMatchObject({ code: 0 })
  }
})

test('without rotation one token buys for ever', async () => {
  const server = await start({ rotation: 'none' })
  const old = await login(server)
  await buy(server, old)
  expect((await buy(server, old)).data.token).toMatch(/^xt_f1_3_/)
})

test('the prefix moves, and wins over the Bearer API', async () => {
  const server = await start({ paths: { x: '/api' } })
  const token = await login(server, '/api')
  expect(await json(send(server, '/api/orders', token))).toMatchObject({ code: 0 })
  expect((await buy(server, token, '/api')).code).toBe(0)
  expect((await fetch(`${server.url}/x/orders`)).status).toBe(404)
})
