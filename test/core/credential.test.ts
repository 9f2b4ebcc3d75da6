import { expect, onTestFinished, test, vi } from 'vitest'

import { createSession } from 'unexpired'
import type { Credential, CredentialHeaders, CredentialRequest, Lease } from 'unexpired'

import { proving, startProofServer } from '../support/proof-server.js'
import type { ProofServer } from '../support/proof-server.js'
import { scriptedRefresh, tokensOf } from './scripted-refresh.js'
import { signedInWith, startWith } from './signing.js'

const target = { method: 'POST', url: 'https://api.example.com/orders?page=2' }

test('a credential is asked for each attempt, with what is sent and the token', async () => {
  const asked: CredentialRequest[] = []
  const { session } = await signedInWith((request) => {
    asked.push(request)
    return request.headers
  })
  let attempts = 0
  const attempt = (): Promise<{ status: number }> =>
    Promise.resolve({ status: (attempts += 1) === 1 ? 401 : 200 })
  await session.authorize(attempt, { request: target, header: 'X-Token', scheme: '' })
  expect(asked).toEqual([
    {
      ...target,
      headers: { 'X-Token': 'access-1' },
      accessToken: 'access-1',
      tokenType: undefined,
    },
    {
      ...target,
      headers: { 'X-Token': 'access-2' },
      accessToken: 'access-2',
      tokenType: undefined,
    },
  ])
})

test('it is told the type of the token, as the server named it', async () => {
  const credential = vi.fn<Credential>(({ headers }) => headers)
  const { session } = startWith(credential)
  await session.signIn({ accessToken: 'a', tokenType: 'DPoP' })
  await session.authorize(() => Promise.resolve({ status: 200 }))
  expect(credential.mock.calls).toMatchObject([
    [{ tokenType: 'DPoP', method: 'GET', url: '', headers: { Authorization: 'Bearer a' } }],
  ])
})

test.each<[string, Credential]>([
  ['at once', ({ accessToken }) => ({ 'X-Signed': accessToken })],
  ['later', async ({ accessToken }) => ({ 'X-Signed': accessToken })],
  [
    'much later',
    async ({ accessToken }) => {
      await new Promise((done) => void setImmediate(done))
      return { 'X-Signed': accessToken }
    },
  ],
])('what it returns %s goes onto that attempt, and nothing else does', async (_, credential) => {
  const { session } = await signedInWith(credential)
  const given: CredentialHeaders[] = []
  await session.authorize((_lease, headers) => {
    given.push(headers)
    return Promise.resolve({ status: given.length === 1 ? 401 : 200 })
  })
  expect(given).toEqual([{ 'X-Signed': 'access-1' }, { 'X-Signed': 'access-2' }])
})

test('no header of the first attempt is left on the second', async () => {
  let count = 0
  const { session } = await signedInWith(() => ({ [`X-Only-${(count += 1)}`]: 'x' }))
  const given: CredentialHeaders[] = []
  await session.authorize((_lease, headers) => {
    given.push(headers)
    return Promise.resolve({ status: given.length === 1 ? 401 : 200 })
  })
  expect(given).toEqual([{ 'X-Only-1': 'x' }, { 'X-Only-2': 'x' }])
})

test('signed out it is not asked, nor by the refresh itself', async () => {
  const credential = vi.fn<Credential>(({ headers }) => headers)
  const given: CredentialHeaders[] = []
  const attempt = (_lease: Lease, headers: CredentialHeaders): Promise<{ status: number }> => {
    given.push(headers)
    return Promise.resolve({ status: 200 })
  }
  const { session } = startWith(credential, {
    refresh: scriptedRefresh(async ({ signal }) => {
      await session.authorize(attempt, { request: target })
      await session.authorize(attempt, { request: target, signal })
      return tokensOf(2)
    }),
  })
  await session.authorize(attempt, { request: target })
  await session.signIn(tokensOf(1))
  await session.refresh()
  expect(given).toEqual([{}, {}, {}])
  expect(credential).not.toHaveBeenCalled()
})

test('a bare access token is no attempt: it is not asked for one', async () => {
  const credential = vi.fn<Credential>(({ url }) => ({ 'X-Host': new URL(url).host }))
  const { session, clock } = await signedInWith(credential)
  expect(await session.getAccessToken()).toBe('access-1')
  await clock.advance(60_000)
  expect(await session.getAccessToken()).toBe('access-2')
  expect(credential).not.toHaveBeenCalled()
})

test('G27 it is not asked for a replay that will not be', async () => {
  const credential = vi.fn<Credential>(({ headers }) => headers)
  const { session } = await signedInWith(credential)
  const attempt = () => Promise.resolve({ status: 401 })
  expect(await session.authorize(attempt, { replayable: false })).toEqual({ status: 401 })
  expect(credential).toHaveBeenCalledOnce()
})

test('G3 a request that is held is signed when it may go, with the newer token', async () => {
  const credential = vi.fn<Credential>(({ headers }) => headers)
  const { session, clock } = await signedInWith(credential)
  await clock.advance(60_000)
  const order: number[] = []
  const send = (id: number) =>
    session.authorize(
      ({ accessToken }) => {
        order.push(id)
        return Promise.resolve(accessToken)
      },
      { request: target },
    )
  const all = Promise.all([send(1), send(2), send(3)])
  expect(credential).not.toHaveBeenCalled()
  expect(await all).toEqual(['access-2', 'access-2', 'access-2'])
  // G29 holds where signing takes all of them equally long.
  expect(order).toEqual([1, 2, 3])
  expect(credential.mock.calls.map(([{ accessToken }]) => accessToken)).toEqual(
    Array.from({ length: 3 }, () => 'access-2'),
  )
})

/** A session at a server that wants proofs, and what sends a request there. */
async function atProofServer(credential: (server: ProofServer) => Credential) {
  const server = await startProofServer()
  const session = createSession({
    credential: credential(server),
    refresh: ({ refreshToken, signal }) => server.refresh(refreshToken, signal),
  })
  onTestFinished(() => void session.close())
  await session.signIn(server.signIn())
  const send = (path: string, method = 'GET'): Promise<Response> => {
    const url = server.url + path
    return session.authorize((_lease, headers) => fetch(url, { method, headers }), {
      request: { method, url },
    })
  }
  return { server, session, send }
}

test('a server that wants a proof of each attempt is content, also with the replay', async () => {
  const { server, send } = await atProofServer(({ key }) => proving(key))
  expect((await send('/orders?page=2&q=a%20b', 'DELETE')).status).toBe(200)
  server.expireNow()
  expect((await send('/orders?page=3', 'PUT')).status).toBe(200)
  expect(server.requests.map(({ why }) => why)).toEqual([undefined, 'expired token', undefined])
  const proofs = server.requests.map(({ headers }) => headers['x-proof-id'])
  expect(new Set(proofs).size).toBe(3)
})

test('it is not content with a proof that was made for another attempt', async () => {
  const once = ({ key }: ProofServer): Credential => {
    const prove = proving(key)
    let first: ReturnType<Credential> | undefined
    return (request) => (first ??= prove(request))
  }
  const { send, server } = await atProofServer(once)
  await send('/a')
  expect(await (await send('/a')).json()).toEqual({ why: 'used proof' })
  expect(await (await send('/b')).json()).toEqual({ why: 'wrong proof' })
  expect(server.refreshes).toBe(0)
})

test('G1 twenty that find the token expired cause one refresh, and each is proven anew', async () => {
  const { send, server } = await atProofServer(({ key }) => proving(key))
  server.expireNow()
  const all = await Promise.all(Array.from({ length: 20 }, (_, id) => send(`/items/${id}`)))
  expect(all.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
  expect(server.refreshes).toBe(1)
  expect(server.requests.filter(({ status }) => status === 403)).toEqual([])
})
