import { expect, onTestFinished, test } from 'vitest'
import { Pool, request } from 'undici'
import type { Dispatcher } from 'undici'
import { createSession } from 'unexpired'
import { sessionInterceptor } from 'unexpired/undici'
import { times } from '../contract/stage.js'
import { proving, startProofServer } from '../support/proof-server.js'
import { startAgent } from './request-client.js'

/** A session at a server that takes a proof for each attempt, and each proof once. */
async function proven() {
  const server = await startProofServer()
  const session = createSession({
    credential: proving(server.key),
    refresh: ({ refreshToken, signal }) => server.refresh(refreshToken, signal),
  })
  onTestFinished(() => void session.close())
  await session.signIn(server.signIn())
  const dispatcher = startAgent().compose(sessionInterceptor(session, { origins: [server.url] }))
  return { server, session, dispatcher }
}

type Options = Partial<Dispatcher.RequestOptions>

const requests: Readonly<Record<string, [path: string, options?: Options]>> = {
  'a path': ['/orders'],
  'nothing but the origin': [''],
  'a query': ['/orders?page=2&q=a%20b'],
  'a fragment': ['/orders#top'],
  'what wants escaping': ['/ä b/c?q=it\'s "d" <e>|f'],
  'another method': ['/orders', { method: 'DELETE' }],
  'a body': ['/orders', { method: 'PUT', body: 'a' }],
  'query of undici’s own': ['/orders', { query: { q: "it's a b&c", page: [1, 2], none: null } }],
  'an empty query of undici’s own': ['/orders', { query: {} }],
  'headers of the caller': ['/orders', { headers: { 'x-proof': 'theirs' } }],
  'headers in a list': ['/orders', { headers: ['X-PROOF', 'theirs'] }],
}

for (const [what, [path, options]] of Object.entries(requests)) {
  test(`a server that wants proofs is content with ${what}, also with the replay`, async () => {
    const { server, dispatcher } = await proven()
    server.expireNow()
    const { statusCode, body } = await request(server.url + path, { dispatcher, ...options })
    await body.dump()
    expect(server.requests.map(({ why }) => why)).toEqual(['expired token', undefined])
    expect(statusCode).toBe(200)
  })
}

test('the origin may be a URL, and the path one of a pool', async () => {
  const { server, session } = await proven()
  const pool = new Pool(server.url)
  onTestFinished(() => pool.destroy())
  const dispatcher = pool.compose(sessionInterceptor(session, { origins: [server.url] }))
  const { statusCode, body } = await dispatcher.request({
    origin: new URL(server.url),
    path: '/orders?page=2',
    method: 'GET',
  })
  await body.dump()
  expect(statusCode).toBe(200)
})

test('G1 twenty that find the token expired: one refresh, all proven anew', async () => {
  const { server, dispatcher } = await proven()
  server.expireNow()
  const all = await Promise.all(
    times(20, async (id) => {
      const { statusCode, body } = await request(`${server.url}/items/${id}`, { dispatcher })
      await body.dump()
      return statusCode
    }),
  )
  expect(all).toEqual(times(20, () => 200))
  expect(server.refreshes).toBe(1)
  expect(server.requests.filter(({ status }) => status === 403)).toEqual([])
})
