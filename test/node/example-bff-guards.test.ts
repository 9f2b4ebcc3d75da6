import { startTokenServer } from 'unexpired/testing'
import { expect, onTestFinished, test } from 'vitest'

import { echo, statuses, times, useBackEnd } from './example-bff.js'
import { useRedis } from './harness/redis.js'

const redis = useRedis()
const start = useBackEnd(redis)

test('the cookie is for this host alone, over TLS alone, and not for scripts or other sites', async () => {
  const { browser } = await start()
  const { headers, body } = await browser.signIn('ada')
  expect(headers['set-cookie']).toEqual([
    expect.stringMatching(
      /^__Host-session=[\w-]{43}\.[\w%]+; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    ),
  ])
  expect(body).toBe('')
  expect(headers['cache-control']).toBe('no-store')
})

const forged: Readonly<Record<string, Readonly<Record<string, string | undefined>>>> = {
  'from another origin': { Origin: 'https://evil.example' },
  'from a page without an origin': { Origin: 'null' },
  'from another site': { Origin: undefined, 'Sec-Fetch-Site': 'cross-site' },
  'from a neighbour': { Origin: 'https://blog.example.com', 'Sec-Fetch-Site': 'same-site' },
  'of a form': { 'X-Requested-With': undefined },
}

test('requests of other sites and of forms are turned away, and reach nobody', async () => {
  const { browser, server } = await start()
  await browser.signIn('ada')
  server.resetCounts()
  for (const [name, headers] of Object.entries(forged)) {
    for (const path of ['/api/orders', '/sign-in', '/sign-out']) {
      const answer = await browser.ask(path, { method: 'POST', body: 'username=eve', headers })
      expect(answer, name).toMatchObject({ status: 403, body: '' })
      expect(answer.headers['set-cookie'], name).toBeUndefined()
    }
    expect((await browser.ask('/api/orders', { headers })).status, name).toBe(403)
    const preflight = { 'Access-Control-Request-Method': 'POST', 'X-Requested-With': undefined }
    const asked = { method: 'OPTIONS', headers: { ...preflight, ...headers } }
    const allowed = (await browser.ask('/api/orders', asked)).headers['access-control-allow-origin']
    expect(allowed, name).toBeUndefined()
  }
  expect(server.requests).toEqual([])
  expect((await browser.ask('/api/orders')).status).toBe(200)
})

test('method, body, query and status pass, and of the headers only those that the API needs', async () => {
  const { browser } = await start()
  await browser.signIn('ada')
  const answer = await browser.ask('/api/orders?item=tea&item=caf%C3%A9', {
    method: 'PUT',
    body: '{"count":2}',
    headers: {
      Accept: 'application/json',
      Authorization: 'Bearer of-the-page',
      Connection: 'close, X-Secret',
      'X-Forwarded-For': '10.0.0.1',
      'X-Secret': 'hop',
    },
  })
  const { headers, ...rest } = echo(answer)
  expect(rest).toMatchObject({
    method: 'PUT',
    path: '/api/orders',
    query: { item: ['tea', 'café'] },
    body: '{"count":2}',
    user: 'ada',
  })
  expect(headers).toMatchObject({ accept: 'application/json', 'content-type': 'application/json' })
  for (const name of ['cookie', 'origin', 'x-forwarded-for', 'x-secret', 'x-requested-with']) {
    expect(headers).not.toHaveProperty(name)
  }
  const asked = [404, 409, 204].map((status) => browser.ask(`/api/status/${status}`))
  expect(statuses(await Promise.all(asked))).toEqual([404, 409, 204])
})

test('G26 a body is sent again whole after a refresh', async () => {
  const { browser, server } = await start()
  await browser.signIn('ada')
  server.orders.expireNow()
  const body = JSON.stringify({ text: 'tea '.repeat(50_000) })
  const answers = times(6, () => browser.ask('/api/orders', { method: 'POST', body }))
  for (const answer of await Promise.all(answers)) expect(echo(answer)['body']).toBe(body)
  expect(server.counts.refreshes).toBe(1)
  const tooLong = await browser.ask('/api/orders', {
    method: 'POST',
    headers: { 'Content-Length': '1000001' },
  })
  expect(tooLong.status).toBe(413)
})

const wayOut = [
  '//evil.example/api/x',
  '/api/../oauth/token',
  '/api/%2e%2e/oauth/token',
  '/api/..%5c..%5coauth/token',
  '/api\\..\\oauth/token',
  '/api/x/.%2E/../auth/login',
  '/auth/login',
  'http://evil.example/auth/login',
]

test('no path leaves /api/', async () => {
  const { browser, server } = await start()
  await browser.signIn('ada')
  for (const path of wayOut) {
    server.resetCounts()
    const { status } = await browser.ask(path, { method: 'POST', body: '{}' })
    if (server.requests.length === 0) expect([400, 404], path).toContain(status)
    for (const request of server.requests) expect(request.path, path).toMatch(/^\/api\//)
  }
})

test('G39 a path that looks like another host is a path of the API', async () => {
  const { browser } = await start()
  await browser.signIn('ada')
  const other = await startTokenServer()
  onTestFinished(() => other.close())
  const host = new URL(other.url).host
  for (const path of [`/api//${host}/x`, `/api/@${host}/x`, `/api/${other.url}/x`]) {
    expect(echo(await browser.ask(path))).toMatchObject({ path, user: 'ada' })
  }
  const redirect = await browser.ask(`/api/redirect?status=307&to=${other.url}/api/x`)
  expect(redirect).toMatchObject({ status: 307, headers: { location: `${other.url}/api/x` } })
  expect(other.requests).toEqual([])
})
