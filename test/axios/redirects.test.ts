import { expect, test, vi } from 'vitest'
import { attachSession } from 'unexpired/axios'
import { startRecorder } from '../contract/recorder.js'
import { errorOf, start } from '../contract/stage.js'
import { echoOf, nodeAdapters, scene, xToken, xTokenOptions } from './scene.js'

test.each(nodeAdapters)('maxRedirects 0 gives the redirect itself on %s', async (adapter) => {
  const elsewhere = await startRecorder()
  const { api } = await scene({ config: { adapter, maxRedirects: 0 } })
  const { response } = (await errorOf(
    api.get('/redirect', { params: { to: `${elsewhere.url}/caught` } }),
  )) as { response: { status: number } }
  expect(response.status).toBe(302)
  expect(elsewhere.requests).toEqual([])
})

test('G39 a redirect to another port of the same host is a redirect elsewhere', async () => {
  const elsewhere = await start()
  const { api } = await scene({ protocol: xToken, config: { adapter: 'http' } })
  await api.get('/redirect', { params: { to: `${elsewhere.url}/x/thing` } })
  expect(elsewhere.requests).toMatchObject([{ path: '/x/thing', credentials: [] }])
})

test('G39 a redirect to an origin that was named keeps a custom header', async () => {
  const named = await start()
  const { api, server, session } = await scene({ protocol: xToken, config: { adapter: 'http' } })
  attachSession(api, session, { ...xTokenOptions, origins: [server.url, named.url] })
  await api.get('/redirect', {
    params: { to: `${named.url}/x/thing` },
    session: { replay: false },
  })
  expect(named.requests).toMatchObject([{ path: '/x/thing', credentials: ['x-token'] }])
})

test('the caller’s own beforeRedirect is asked, first, and sees the request as it was', async () => {
  const seen: unknown[] = []
  const { api, server, session } = await scene({
    protocol: xToken,
    config: {
      adapter: 'http',
      beforeRedirect: ({ headers }: Record<string, unknown>, { statusCode }) => {
        seen.push([(headers as Record<string, string>)['X-Token'], statusCode])
      },
    },
  })
  const target = `${server.url}/x/target`
  const answer = await api.get('/redirect', { params: { to: target, status: 307 } })
  expect(answer.data).toMatchObject({ data: { path: '/x/target', user: 'ann' } })
  expect(seen).toEqual([[session.tokens?.accessToken, 307]])
})

test('what the caller said about redirects is on the config afterwards, and nothing else', async () => {
  const beforeRedirect = vi.fn()
  const { api, server } = await scene({ protocol: xToken, config: { adapter: 'http' } })
  const { config } = await api.get('/thing', { beforeRedirect })
  expect(config.beforeRedirect).toBe(beforeRedirect)
  server.orders.failApi({ status: 500 })
  const error = await errorOf(api.get('/thing'))
  const { config: failed } = error as { config: Record<string, unknown> }
  expect(failed['beforeRedirect']).toBeUndefined()
  expect(failed['fetchOptions']).toBeUndefined()
})

test('on the fetch adapter, the caller’s own fetchOptions go along, both times', async () => {
  const { api, server } = await scene({ protocol: xToken, config: { adapter: 'fetch' } })
  const fetchOptions = { cache: 'no-store', redirect: 'manual' } as const
  server.orders.expireNow()
  const { config, data } = await api.get<unknown>('/thing', { fetchOptions })
  expect(data).toMatchObject({ data: { generation: 2 } })
  expect(config.fetchOptions).toEqual(fetchOptions)
})

test('on the fetch adapter, a redirect that is refused says so, and config is the caller’s', async () => {
  const elsewhere = await startRecorder()
  const { api, received } = await scene({ protocol: xToken, config: { adapter: 'fetch' } })
  const error = await errorOf(api.get('/redirect', { params: { to: elsewhere.url } }))
  expect(error).toMatchObject({ isAxiosError: true, config: { url: '/redirect' } })
  expect((error as { config: object }).config).not.toHaveProperty('fetchOptions.redirect')
  expect(elsewhere.requests).toEqual([])
  expect(received()).toHaveLength(1)
})

test('on the fetch adapter, a redirect at home is followed with Authorization', async () => {
  const { api, server } = await scene({ config: { adapter: 'fetch' } })
  const answer = await api.get('/redirect', { params: { to: `${server.url}/api/target` } })
  expect(echoOf(answer)).toMatchObject({ path: '/api/target', user: 'ann' })
})
