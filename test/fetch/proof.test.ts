import { expect, onTestFinished, test } from 'vitest'
import { createSession } from 'unexpired'
import { createFetch } from 'unexpired/fetch'
import type { FetchSessionOptions } from 'unexpired/fetch'
import { times } from '../contract/stage.js'
import { proving, startProofServer } from '../support/proof-server.js'

/** A fetch at a server that takes a proof for each attempt, and each proof once. */
async function proven(options: FetchSessionOptions = {}) {
  const server = await startProofServer()
  const session = createSession({
    credential: proving(server.key),
    refresh: ({ refreshToken, signal }) => server.refresh(refreshToken, signal),
  })
  onTestFinished(() => void session.close())
  await session.signIn(server.signIn())
  return { server, session, api: createFetch(session, { origins: [server.url], ...options }) }
}

type Input = [input: string | URL | Request, init?: RequestInit]

const inputs: Readonly<Record<string, (origin: string) => Input>> = {
  'a string': (origin) => [`${origin}/orders?page=2`],
  'an origin alone': (origin) => [origin],
  'a fragment': (origin) => [`${origin}/orders?page=2#top`],
  'an empty fragment': (origin) => [`${origin}/orders#`],
  'what wants escaping': (origin) => [`${origin}/ä b/c?q=it's "d" <e>|f`],
  'a path with dots': (origin) => [`${origin}/a/../b/./c`],
  'a host in capitals': (origin) => [origin.replace('http', 'HTTP')],
  'a URL': (origin) => [new URL('/orders?q=a b', origin)],
  'a method in small letters': (origin) => [`${origin}/orders`, { method: 'delete' }],
  'a Request': (origin) => [new Request(`${origin}/orders#top`, { method: 'put', body: 'a' })],
  'a Request and a method': (origin) => [
    new Request(`${origin}/orders`, { method: 'POST', body: 'a' }),
    { method: 'patch'.toUpperCase() },
  ],
  'headers of the caller': (origin) => [`${origin}/orders`, { headers: { 'x-proof': 'theirs' } }],
  'a list of headers': (origin) => [`${origin}/orders`, { headers: [['X-PROOF', 'theirs']] }],
}

for (const [what, make] of Object.entries(inputs)) {
  test(`a server that wants proofs is content with ${what}, also with the replay`, async () => {
    const { server, api } = await proven()
    server.expireNow()
    const { status } = await api(...make(server.url))
    expect(server.requests.map(({ why }) => why)).toEqual(['expired token', undefined])
    expect(status).toBe(200)
  })
}

test('G1 twenty that find the token expired: one refresh, all proven anew', async () => {
  const { server, api } = await proven()
  server.expireNow()
  const all = await Promise.all(times(20, (id) => api(`${server.url}/items/${id}`)))
  expect(all.map(({ status }) => status)).toEqual(times(20, () => 200))
  expect(server.refreshes).toBe(1)
  expect(server.requests.filter(({ status }) => status === 403)).toEqual([])
})
