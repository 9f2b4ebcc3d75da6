import { expect, test } from 'vitest'

import type { EchoedRequest, TokenServer } from 'unexpired/testing'

import { json, postJson, start } from './calls.js'

/** What a browser would send back. */
const jar = (answer: Response): string =>
  answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')

const login = async (server: TokenServer): Promise<string> =>
  jar(await postJson(`${server.url}/cookie/login`, { username: 'ann' }))

const send = (server: TokenServer, path: string, cookie: string, method = 'GET') =>
  fetch(`${server.url}/cookie${path}`, { method, headers: { Cookie: cookie } })

test('a sign-in sets cookies that no script sees, and says nothing else', async () => {
  const server = await start()
  const answer = await postJson(`${server.url}/cookie/login`, { username: 'ann' })
  expect(answer.status).toBe(204)
  const cookies = answer.headers.getSetCookie()
  expect(cookies).toHaveLength(2)
  for (const cookie of cookies) expect(cookie).toMatch(/; Path=\/cookie; HttpOnly; SameSite=Lax$/)
})

test('the cookies open the API, and are not echoed', async () => {
  const server = await start()
  const answer = await send(server, '/api/me', `theme=dark; ${await login(server)}`)
  const echoed = await json<EchoedRequest>(answer)
  expect(echoed).toMatchObject({ user: 'ann', path: '/cookie/api/me', generation: 1 })
  expect(echoed.headers).not.toHaveProperty('cookie')
})

test('dead cookies are turned away with 401, until a refresh sets new ones', async () => {
  const server = await start()
  const old = await login(server)
  server.orders.expireNow()
  expect((await send(server, '/api/me', old)).status).toBe(401)
  const answer = await send(server, '/refresh', old, 'POST')
  expect(answer.status).toBe(204)
  expect((await send(server, '/api/me', jar(answer))).status).toBe(200)
})

test('a refresh without cookies, or with spent ones, is refused with 401', async () => {
  const server = await start()
  const old = await login(server)
  const next = jar(await send(server, '/refresh', old, 'POST'))
  expect((await send(server, '/refresh', '', 'POST')).status).toBe(401)
  expect((await send(server, '/refresh', old, 'POST')).status).toBe(401)
  expect((await send(server, '/api/me', next)).status).toBe(401)
  expect(server.counts.familiesRevoked).toBe(1)
})

test('signing out clears the cookies and ends the family', async () => {
  const server = await start()
  const cookies = await login(server)
  const answer = await send(server, '/logout', cookies, 'POST')
  expect(answer.status).toBe(204)
  expect(jar(answer)).toBe('access=; refresh=')
  expect((await send(server, '/api/me', cookies)).status).toBe(401)
  expect((await send(server, '/refresh', cookies, 'POST')).status).toBe(401)
  expect(server.counts.familiesRevoked).toBe(0)
})
