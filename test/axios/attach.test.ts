import { expect, test } from 'vitest'
import axios from 'axios'
import type { AxiosError, AxiosInstance } from 'axios'
import { createSession } from 'unexpired'
import { attachSession, detachSession } from 'unexpired/axios'
import { bearer as bearerProtocol } from '../contract/protocols.js'
import { errorOf, times, until } from '../contract/stage.js'
import { echoOf, nodeAdapters, scene } from './scene.js'

/** How many request interceptors are in place. */
function interceptorsOf(api: AxiosInstance): number {
  const { handlers } = api.interceptors.request as unknown as { handlers: unknown[] }
  return handlers.filter(Boolean).length
}

test('attaching returns the same instance, and detaching leaves nothing behind', async () => {
  const { api, session, received } = await scene()
  const before = { ...api.defaults }
  expect(attachSession(api, session)).toBe(api)
  expect(interceptorsOf(api)).toBe(1)
  detachSession(api)
  expect(interceptorsOf(api)).toBe(0)
  expect({ ...api.defaults }).toEqual(before)
  expect(await errorOf(api.get('/thing'))).toMatchObject({ response: { status: 401 } })
  expect(received()).toMatchObject([{ credentials: [] }])
})

test('detaching what was never attached, or twice, does nothing', () => {
  const api = axios.create()
  const other = api.interceptors.request.use((config) => config)
  detachSession(api)
  attachSession(api, createSession({ refresh: () => Promise.reject(new Error('no')) }))
  detachSession(api)
  detachSession(api)
  expect(interceptorsOf(api)).toBe(1)
  api.interceptors.request.eject(other)
})

test('a request under way when the session is detached ends as it began', async () => {
  const { api, server, holdRefresh, isRefreshHeld } = await scene()
  const release = holdRefresh()
  server.orders.expireNow()
  const call = api.get('/thing')
  await until(isRefreshHeld)
  detachSession(api)
  release()
  expect(echoOf(await call).generation).toBe(2)
})

test('attaching twice is attaching once', async () => {
  const { api, session, server, received } = await scene()
  attachSession(api, session)
  expect(interceptorsOf(api)).toBe(1)
  server.orders.expireNow()
  await api.get('/thing')
  await errorOf(api.get('/always-401'))
  expect(received('/thing')).toHaveLength(2)
  expect(received('/always-401')).toHaveLength(2)
})

test('attaching another session replaces the one before', async () => {
  const { api, server, session } = await scene()
  const bob = createSession({ refresh: bearerProtocol.refresh(server.url) })
  await bob.signIn(await bearerProtocol.signIn(server, 'bob'))
  attachSession(api, bob)
  expect(echoOf(await api.get('/thing')).user).toBe('bob')
  await session.signOut()
  expect(echoOf(await api.get('/thing')).user).toBe('bob')
  bob.close()
})

test('an instance that was made from an attached one has no session', async () => {
  const { api, received } = await scene()
  const other = axios.create(api.defaults as object)
  await errorOf(other.get('/thing'))
  expect(received()).toMatchObject([{ credentials: [] }])
})

test('the instance may be called in every way that axios has', async () => {
  const { api, server } = await scene()
  server.orders.expireNow()
  const answers = await Promise.all([
    api('/thing'),
    api({ url: '/thing', method: 'put', data: { a: 1 } }),
    api.request({ url: '/thing' }),
    api.get('/thing'),
    api.delete('/thing'),
    api.options('/thing'),
    api.post('/thing', { a: 1 }),
    api.put('/thing', 'text'),
    api.patch('/thing', { a: 1 }),
  ])
  expect(answers.map((answer) => echoOf(answer).generation)).toEqual(times(9, () => 2))
  const head = await api.head('/thing')
  expect(head.status).toBe(200)
  expect(server.counts.refreshes).toBe(1)
})

test.each(nodeAdapters)(
  'on the %s adapter, error.config can be sent again as it is',
  async (adapter) => {
    const { api, server, received } = await scene({ config: { adapter } })
    server.orders.failApi({ status: 500, times: 2 })
    const first = (await errorOf(api.post('/thing', { a: 1 }))) as AxiosError
    const second = (await errorOf(api(first.config ?? {}))) as AxiosError
    server.orders.expireNow()
    const answer = await api(second.config ?? {})
    expect(echoOf(answer)).toMatchObject({ body: '{"a":1}', generation: 2, path: '/api/thing' })
    expect(received()).toHaveLength(4)
    expect(server.counts.refreshes).toBe(1)
  },
)

test('error.config of a request that was turned down twice can be sent again', async () => {
  const { api, received } = await scene()
  const { config = {} } = (await errorOf(api.get('/always-401'))) as AxiosError
  await errorOf(api(config))
  expect(received()).toHaveLength(3)
})

test('error.config can be sent with another body, and none of it is cut', async () => {
  const { api, server } = await scene()
  server.orders.failApi({ status: 500 })
  const { config = {} } = (await errorOf(api.post('/thing', { a: 1 }))) as AxiosError
  const longer = { a: 'a much longer text than before, Ünï cödé' }
  expect(JSON.parse(echoOf(await api({ ...config, data: longer })).body)).toEqual(longer)
})

test('error.config of one instance can be sent by another', async () => {
  const { api, server, received } = await scene()
  server.orders.failApi({ status: 500 })
  const { config = {} } = (await errorOf(api.get('/thing'))) as AxiosError
  await errorOf(axios.create()(config))
  expect(received().map(({ credentials }) => credentials)).toEqual([['authorization'], []])
})

test('G24 error.config of a session that ended ends the same way when it is sent again', async () => {
  const { api, server, session, protocol, received } = await scene()
  server.orders.delay('/api/of-ann', 60)
  server.orders.expireNow()
  const call = errorOf(api.post('/of-ann', { pay: 1 }))
  await until(() => received().length === 1)
  await session.signIn(await protocol.signIn(server, 'bob'))
  const error = (await call) as AxiosError
  expect(error).toMatchObject({ code: 'session-ended', reason: 'replaced' })
  expect(axios.isAxiosError(error)).toBe(true)
  const again = await errorOf(api(error.config ?? {}))
  expect(again).toMatchObject({ code: 'session-ended', reason: 'replaced' })
  expect(received('/of-ann')).toHaveLength(1)
  // That the answer on it was a 401 says nothing of bob's tokens.
  expect(server.counts.refreshes).toBe(0)
})

test('error.config of a request whose refresh was unavailable can be sent again', async () => {
  const { api, clock, server } = await scene()
  server.orders.failRefresh({ status: 429, retryAfter: 1 })
  server.orders.expireNow()
  const error = (await errorOf(api.post('/thing', { a: 1 }))) as AxiosError
  expect(error).toMatchObject({ code: 'refresh-unavailable' })
  await clock.advance(1_000)
  expect(echoOf(await api(error.config ?? {}))).toMatchObject({ body: '{"a":1}', generation: 2 })
})

test('error.config of a request that was cancelled while it waited can be sent again', async () => {
  const { api, server, holdRefresh, isRefreshHeld } = await scene()
  const release = holdRefresh()
  const controller = new AbortController()
  server.orders.expireNow()
  const call = errorOf(api.get('/thing', { signal: controller.signal }))
  await until(isRefreshHeld)
  controller.abort()
  release()
  const { config } = (await call) as AxiosError
  const again = { ...config, signal: new AbortController().signal }
  expect(echoOf(await api(again))).toMatchObject({ user: 'ann', generation: 2 })
})

test('G11 a config that comes back before it was sent is not wrapped twice', async () => {
  // In a cookie session: no header tells a second wrapping that there is a first.
  const session = createSession({ credential: 'cookie', refresh: () => Promise.resolve() })
  let attempts = 0
  const api = axios.create({
    baseURL: 'https://api.example.com',
    adapter(config) {
      attempts += 1
      return Promise.resolve({ data: '', status: 401, statusText: '', headers: {}, config })
    },
  })
  let isFirst = true
  api.interceptors.request.use((config) => {
    if (!isFirst) return config
    isFirst = false
    // It is sent by the instance once more, with the adapter that we have put on it.
    const { adapter: wrapped } = config
    config.adapter = () => api({ ...config, ...(wrapped ? { adapter: wrapped } : {}) })
    return config
  })
  attachSession(api, session)
  expect((await api.get('/thing')).status).toBe(401)
  expect(attempts).toBe(2)
  session.close()
})

test('the config that an adapter was given shows the caller’s adapter, not ours', async () => {
  const { api } = await scene({ config: { adapter: 'http' } })
  expect((await api.get('/thing')).config.adapter).toBe('http')
  api.defaults.adapter = ['xhr', 'http']
  expect((await api.get('/thing')).config.adapter).toEqual(['xhr', 'http'])
})

test('an adapter that axios does not have is an error of axios', async () => {
  const { api } = await scene()
  const error = await errorOf(api.get('/thing', { adapter: 'carrier-pigeon' as 'http' }))
  expect(error).toMatchObject({ isAxiosError: true })
  expect((error as Error).message).toContain("Unknown adapter 'carrier-pigeon'")
})
