import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import type { Credential } from 'unexpired'
import { attachSession } from 'unexpired/axios'
import { startRecorder } from '../contract/recorder.js'
import { errorOf } from '../contract/stage.js'
import { nodeAdapters, scene } from './scene.js'

/** What a credential puts on requests; none of it may be seen elsewhere. */
const marks = ['sig-canary-1', 'sig-canary-2', 'sig-canary-3']

/** Headers of every kind of name, those of the platform's own among them. */
const credential: Credential = ({ headers }) => ({
  ...headers,
  'X-Signature': marks[0] ?? '',
  dpop: marks[1] ?? '',
  'USER-AGENT': marks[2] ?? '',
})

const statuses = ['301', '302', '303', '307', '308']

test.each(statuses)(
  'G39 a redirect elsewhere (%s) is followed without any header of the credential',
  async (status) => {
    const elsewhere = await startRecorder()
    const { api, session } = await scene({ session: { credential }, config: { adapter: 'http' } })
    const { response } = (await errorOf(
      api.post('/redirect', { a: 1 }, { params: { to: `${elsewhere.url}/caught`, status } }),
    )) as { response: { status: number } }
    expect(response.status).toBe(401)
    expect(elsewhere.requests).toHaveLength(1)
    const sent = inspect(elsewhere.requests, { depth: 5, maxStringLength: null })
    for (const mark of [...marks, session.tokens?.accessToken]) expect(sent).not.toContain(mark)
  },
)

test.each(statuses)('G39 on the fetch adapter it is refused (%s)', async (status) => {
  const elsewhere = await startRecorder()
  const { api } = await scene({ session: { credential }, config: { adapter: 'fetch' } })
  const error = await errorOf(
    api.post('/redirect', { a: 1 }, { params: { to: `${elsewhere.url}/caught`, status } }),
  )
  expect(error).toMatchObject({ code: 'ERR_NETWORK' })
  expect(elsewhere.requests).toEqual([])
})

test('G39 on the fetch adapter it is refused, too, where no header is Authorization', async () => {
  const elsewhere = await startRecorder()
  const { api } = await scene({
    session: { credential: ({ accessToken }) => ({ 'X-Proof': accessToken }) },
    config: { adapter: 'fetch' },
  })
  await errorOf(api.get('/redirect', { params: { to: `${elsewhere.url}/caught` } }))
  expect(elsewhere.requests).toEqual([])
})

test('G39 each attempt’s own headers are taken off, those of a replay too', async () => {
  const elsewhere = await startRecorder()
  let attempt = 0
  const { api, server } = await scene({
    session: {
      credential: ({ headers }) => ({ ...headers, [`X-Only-${(attempt += 1)}`]: 'sig-canary' }),
    },
    config: { adapter: 'http', validateStatus: null },
  })
  server.orders.expireNow()
  await api.get('/redirect', { params: { to: `${elsewhere.url}/caught`, status: '307' } })
  expect(attempt).toBe(2)
  expect(inspect(elsewhere.requests)).not.toContain('sig-canary')
  expect(elsewhere.requests).toHaveLength(1)
})

test('G39 they stay off where the redirect leads on, and back home', async () => {
  const seen: IncomingHttpHeaders[] = []
  const { api, server, received } = await scene({
    session: { credential },
    config: { adapter: 'http', validateStatus: null },
  })
  const elsewhere = createServer((incoming, response) => {
    seen.push(incoming.headers)
    response.writeHead(307, { Location: `${server.url}/api/back` }).end()
  })
  await new Promise<void>((resolve) => void elsewhere.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    elsewhere.closeAllConnections()
    elsewhere.close()
  })
  const { port } = elsewhere.address() as AddressInfo
  const params = { to: `http://127.0.0.1:${port}/away` }
  await api.get('/redirect', { params, session: { replay: false } })
  expect(seen).toHaveLength(1)
  for (const mark of marks) expect(inspect(seen)).not.toContain(mark)
  expect(received('/back')).toMatchObject([{ credentials: [] }])
})

test('G39 an origin that was named is sent all of them', async () => {
  const named = await startRecorder()
  const { api, server, session } = await scene({
    session: { credential },
    config: { adapter: 'http', validateStatus: null },
  })
  attachSession(api, session, { origins: [server.url, named.url] })
  await api.get('/redirect', {
    params: { to: `${named.url}/caught` },
    session: { replay: false },
  })
  expect(named.requests[0]?.headers).toMatchObject({
    'x-signature': marks[0],
    dpop: marks[1],
    'user-agent': marks[2],
  })
})

test.each(nodeAdapters)('maxRedirects 0 gives the redirect itself on %s', async (adapter) => {
  const elsewhere = await startRecorder()
  const { api } = await scene({
    session: { credential },
    config: { adapter, maxRedirects: 0, validateStatus: null },
  })
  const { status } = await api.get('/redirect', { params: { to: `${elsewhere.url}/caught` } })
  expect(status).toBe(302)
  expect(elsewhere.requests).toEqual([])
})

test('on the fetch adapter, a credential that adds nothing lets redirects be followed', async () => {
  const { api, server } = await scene({
    session: { credential: ({ headers }) => headers },
    config: { adapter: 'fetch' },
  })
  const { data } = await api.get<unknown>('/redirect', {
    params: { to: `${server.url}/api/target` },
  })
  expect(data).toMatchObject({ path: '/api/target', user: 'ann' })
})
