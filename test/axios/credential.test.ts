import { expect, onTestFinished, test, vi } from 'vitest'
import axios from 'axios'
import type { AxiosInstance, AxiosRequestConfig, CreateAxiosDefaults } from 'axios'
import { createSession } from 'unexpired'
import type { Credential, Session } from 'unexpired'
import { attachSession } from 'unexpired/axios'
import { startRecorder } from '../contract/recorder.js'
import { errorOf, outcome, times, until } from '../contract/stage.js'
import { proving, startProofServer } from '../support/proof-server.js'
import type { ProofServer } from '../support/proof-server.js'
import { nodeAdapters, scene } from './scene.js'

interface Proving {
  readonly server: ProofServer
  readonly session: Session
  readonly api: AxiosInstance
}

/** An instance at a server that takes a proof for each attempt, and each proof once. */
async function proven(config: CreateAxiosDefaults, credential?: Credential): Promise<Proving> {
  const server = await startProofServer()
  const session = createSession({
    credential: credential ?? proving(server.key),
    refresh: ({ refreshToken, signal }) => server.refresh(refreshToken, signal),
  })
  onTestFinished(() => void session.close())
  await session.signIn(server.signIn())
  const api = axios.create({ baseURL: `${server.url}/api`, validateStatus: null, ...config })
  return { server, session, api: attachSession(api, session) }
}

const requests: Readonly<Record<string, AxiosRequestConfig>> = {
  'a plain GET': { url: '/orders' },
  'no URL at all': {},
  'another method, in small letters': { url: '/orders/7', method: 'patch', data: { a: 1 } },
  'a query in the URL': { url: '/orders?page=2&q=a%20b' },
  params: { url: '/orders', params: { page: 2, q: 'a b', none: undefined } },
  'params beside a query': { url: '/orders?page=2', params: { sort: 'name' } },
  'params with lists and objects': { url: '/o', params: { id: [1, 2], by: { name: 'x' } } },
  'params that want escaping': { url: '/o', params: { q: 'ä&b=c#d "e" <f> [g]', 'h i': '+' } },
  'an apostrophe in params': { url: '/o', params: { q: "it's" } },
  'an apostrophe in the query': { url: "/o?q=it's" },
  URLSearchParams: { url: '/o', params: new URLSearchParams({ q: "it's a b" }) },
  'a fragment': { url: '/orders#top' },
  'a fragment beside params': { url: '/orders#top', params: { a: 1 } },
  'a path that wants escaping': { url: '/orders/ä b' },
  'a path with dots': { url: '/a/../b/./c' },
  'a serializer of its own': {
    url: '/o',
    params: { a: 1 },
    paramsSerializer: { serialize: () => 'x=1;y=2' },
  },
}

for (const adapter of nodeAdapters) {
  for (const [what, config] of Object.entries(requests)) {
    test(`on ${adapter}, the URL that is signed is the one that is sent: ${what}`, async () => {
      const { server, api } = await proven({ adapter })
      server.expireNow()
      const { status } = await api.request(config)
      expect(server.requests.map(({ why }) => why)).toEqual(['expired token', undefined])
      expect(status).toBe(200)
    })
  }

  test(`on ${adapter}, absolute URLs and another baseURL are signed as they are sent`, async () => {
    const { server, api } = await proven({ adapter, params: { always: 1 } })
    await api.get(`${server.url}/other`, { params: { a: 1 } })
    await api.get('/orders', { baseURL: `${server.url}/v2/` })
    expect(server.requests.map(({ why }) => why)).toEqual([undefined, undefined])
  })

  test(`on ${adapter}, what interceptors made of the request is what is signed`, async () => {
    const { server, api } = await proven({ adapter, params: { dropped: 1, kept: 2 } })
    api.interceptors.request.use((config) => {
      config.url = `/v1${config.url}`
      const params = { ...(config.params as Record<string, unknown>) }
      delete params['dropped']
      config.params = params
      return config
    })
    await api.get('/orders')
    expect(server.requests).toMatchObject([
      { url: `${server.url}/api/v1/orders?kept=2`, why: undefined },
    ])
  })

  test(`G1 on ${adapter}, twenty that find the token expired: one refresh, all proven anew`, async () => {
    const { server, api } = await proven({ adapter })
    server.expireNow()
    const all = await Promise.all(times(20, (id) => api.post(`/items/${id}`, { id })))
    expect(all.map(({ status }) => status)).toEqual(times(20, () => 200))
    expect(server.refreshes).toBe(1)
    expect(server.requests.filter(({ status }) => status === 403)).toEqual([])
  })

  test(`on ${adapter}, a credential’s headers go onto their attempt and no other`, async () => {
    let attempt = 0
    const credential = vi.fn<Credential>(({ headers }) => ({
      ...headers,
      [`X-Only-${(attempt += 1)}`]: 'x',
      // The caller's own is replaced, however it is written.
      'X-SHARED': `ours-${attempt}`,
    }))
    const server = await startRecorder()
    const { api } = await scene({
      config: { adapter, baseURL: server.url },
      session: { credential },
    })
    const { config } = await api.get('/thing', {
      headers: { 'x-shared': 'theirs' },
      validateStatus: null,
    })
    const names = ['x-shared', 'x-only-1', 'x-only-2']
    expect(server.requests.map(({ headers }) => names.map((name) => headers[name]))).toEqual([
      ['ours-1', 'x', undefined],
      ['ours-2', undefined, 'x'],
    ])
    expect(Object.keys(config.headers)).not.toContain('X-Only-1')
    expect(credential).toHaveBeenCalledTimes(2)
  })
}

test('the credential is told what the options of the instance make of the token', async () => {
  const credential = vi.fn<Credential>(({ headers }) => headers)
  const { api, server, session } = await scene({
    session: { credential },
    attach: { header: 'X-Token', scheme: '' },
    config: { validateStatus: null },
  })
  const accessToken = session.tokens?.accessToken
  await api.delete('/thing', { params: { a: [1, 2] }, session: { replay: false } })
  expect(credential.mock.calls).toEqual([
    [
      {
        method: 'DELETE',
        url: `${server.url}/api/thing?a%5B%5D=1&a%5B%5D=2`,
        headers: { 'X-Token': accessToken },
        accessToken,
        tokenType: 'Bearer',
      },
    ],
  ])
})

test('G39 it is not asked for requests that are not ours', async () => {
  const credential = vi.fn<Credential>(({ headers }) => headers)
  const { api, server } = await scene({ session: { credential }, config: { validateStatus: null } })
  const elsewhere = await startProofServer()
  await api.get(`${elsewhere.url}/thing`)
  await api.get('/thing', { session: false })
  await api.get('/thing', { headers: { authorization: 'Basic c3Zj' } })
  await api.get('/thing', { auth: { username: 'ann', password: 'x' } })
  await outcome(api.get('/thing', { signal: AbortSignal.abort() }))
  expect(credential).not.toHaveBeenCalled()
  expect(elsewhere.requests).toMatchObject([{ why: 'no token' }])
  expect(server.counts.refreshes).toBe(0)
})

test('signed out it is not asked', async () => {
  const credential = vi.fn<Credential>(({ headers }) => headers)
  const { api } = await scene({ session: { credential }, user: false })
  expect(await errorOf(api.get('/thing'))).toMatchObject({ response: { status: 401 } })
  expect(credential).not.toHaveBeenCalled()
})

test('G12 an abort while it signs ends that request at once, in axios’ own words', async () => {
  const asked: string[] = []
  const credential: Credential = ({ headers, url }) => {
    asked.push(url)
    return url.endsWith('/stuck') ? new Promise(() => undefined) : headers
  }
  const { api, received } = await scene({ session: { credential } })
  const controller = new AbortController()
  const source = axios.CancelToken.source()
  const stuck = errorOf(api.get('/stuck', { signal: controller.signal }))
  const cancelled = errorOf(api.get('/stuck', { cancelToken: source.token }))
  await until(() => asked.length === 2)
  expect((await api.get('/thing')).status).toBe(200)
  controller.abort()
  source.cancel('enough')
  expect(axios.isCancel(await stuck)).toBe(true)
  expect(await cancelled).toMatchObject({ message: 'enough' })
  expect(received().map(({ path }) => path)).toEqual(['/api/thing'])
})

test('its failure is an error of axios’ kind, as all others of the session are', async () => {
  const { api, session } = await scene({
    session: { credential: () => Promise.reject(new Error('no key')) },
  })
  const error = await errorOf(api.get('/thing'))
  expect(error).toMatchObject({ code: 'credential-failed' })
  expect(axios.isAxiosError(error) && error.config).toMatchObject({ url: '/thing' })
  expect(session.status).toBe('active')
})

test.each(['not held', 'held'])(
  'a serializer that throws fails its own request alone, %s',
  async (when) => {
    const { api, clock } = await scene({ session: { credential: ({ headers }) => headers } })
    if (when === 'held') await clock.advance(60_000)
    const serialize = (): never => {
      throw new RangeError('what is that?')
    }
    const bad = outcome(api.get('/thing', { params: { a: 1 }, paramsSerializer: { serialize } }))
    const good = outcome(api.get('/thing', { params: { a: 1 } }))
    expect((await bad).error).toMatchObject({ message: 'what is that?' })
    expect((await good).value).toMatchObject({ status: 200 })
  },
)
