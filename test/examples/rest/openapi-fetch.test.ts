import createClient from 'openapi-fetch'
import type { ClientOptions, Middleware } from 'openapi-fetch'
import { RefreshUnavailableError, SessionEndedError } from 'unexpired'
import { expect, test, vi } from 'vitest'

import { errorOf } from '../../contract/stage.js'
import { setScene } from './scene.js'
import type { Scene } from './scene.js'

interface Echo {
  user: string
  generation: number
  body: string
}
interface Ok {
  200: { content: { 'application/json': Echo } }
}
interface Paths {
  '/{name}': {
    get: { parameters: { path: { name: string } }; responses: Ok }
    post: {
      parameters: { path: { name: string } }
      requestBody: { content: { 'application/json': unknown } }
      responses: Ok
    }
  }
}

const clientOf = ({ origin, sessionFetch }: Scene, options: ClientOptions = {}) =>
  createClient<Paths>({ baseUrl: `${origin}/api`, fetch: sessionFetch, ...options })

const named = (name: string) => ({ params: { path: { name } } })

test('openapi-fetch rejects with the very errors of the session, and returns answers as they are', async () => {
  const scene = await setScene()
  const api = clientOf(scene)
  const { data, error, response } = await api.GET('/{name}', named('always-401'))
  expect([data, error, response.status]).toEqual([undefined, { error: 'invalid_token' }, 401])
  await scene.clock.advance(300_000)
  scene.server.orders.failRefresh({ status: 503, retryAfter: 60 })
  scene.server.orders.expireNow()
  expect(await errorOf(api.GET('/{name}', named('a')))).toBeInstanceOf(RefreshUnavailableError)
  await scene.clock.advance(300_000)
  scene.server.orders.refuseRefresh()
  expect(await errorOf(api.GET('/{name}', named('a')))).toBeInstanceOf(SessionEndedError)
  // Nobody is signed in any more: that is an answer like any other.
  expect((await api.GET('/{name}', named('a'))).response.status).toBe(401)
})

test('G26 openapi-fetch, which hands over a Request, sends its body whole the second time', async () => {
  const scene = await setScene()
  scene.server.orders.expireNow()
  const { data } = await clientOf(scene).POST('/{name}', { ...named('a'), body: { item: 'thé' } })
  expect(data).toMatchObject({ generation: 2, body: '{"item":"thé"}' })
  expect(scene.senders()).toEqual(['ann', 'ann'])
})

test('middleware of openapi-fetch runs once for each request, and sees its last answer', async () => {
  const scene = await setScene()
  const api = clientOf(scene)
  const onRequest = vi.fn<NonNullable<Middleware['onRequest']>>()
  const onResponse = vi.fn<NonNullable<Middleware['onResponse']>>()
  const onError = vi.fn<NonNullable<Middleware['onError']>>()
  api.use({ onRequest, onResponse, onError })
  scene.server.orders.expireNow()
  await api.POST('/{name}', { ...named('a'), body: 1 })
  expect(onRequest).toHaveBeenCalledTimes(1)
  expect(onResponse.mock.calls.map(([{ response }]) => response.status)).toEqual([200])

  scene.server.orders.expireNow()
  scene.server.orders.refuseRefresh()
  const error = await errorOf(api.GET('/{name}', named('a')))
  expect(error).toBeInstanceOf(SessionEndedError)
  expect(onError.mock.calls.map(([context]) => context.error)).toEqual([error])
})

test('middleware of openapi-fetch that sets the token makes the request its own', async () => {
  const scene = await setScene()
  const api = clientOf(scene)
  const { accessToken } = scene.session.tokens ?? {}
  api.use({
    onRequest({ request }) {
      request.headers.set('Authorization', `Bearer ${accessToken}`)
      return request
    },
  })
  scene.server.orders.expireNow()
  expect((await api.GET('/{name}', named('a'))).response.status).toBe(401)
  expect(scene.server.counts.refreshes).toBe(0)
})

test('one call of openapi-fetch goes past the session with a fetch of its own', async () => {
  const scene = await setScene()
  const options = { ...named('a'), fetch: globalThis.fetch }
  expect((await clientOf(scene).GET('/{name}', options)).response.status).toBe(401)
  expect(scene.senders()).toEqual(['nobody'])
})

test('G12 openapi-fetch aborts a held request at once with the reason of its signal', async () => {
  const scene = await setScene()
  const api = clientOf(scene)
  const controller = new AbortController()
  const options = { ...named('a'), signal: controller.signal }
  const { call, release } = await scene.held(() => api.GET('/{name}', options))
  const other = api.GET('/{name}', named('b'))
  const reason = new Error('navigated away')
  controller.abort(reason)
  expect(await errorOf(call)).toBe(reason)
  release()
  expect((await other).data).toMatchObject({ generation: 2 })
  expect(scene.received('/a')).toHaveLength(1)
})

test('a timeout signal of openapi-fetch runs while a request is held', async () => {
  const scene = await setScene()
  const api = clientOf(scene)
  const options = { ...named('a'), signal: AbortSignal.timeout(5) }
  const { call, release } = await scene.held(() => api.GET('/{name}', named('b')))
  expect(await errorOf(api.GET('/{name}', options))).toMatchObject({ name: 'TimeoutError' })
  release()
  expect((await call).data).toMatchObject({ generation: 2 })
  expect(scene.received('/a')).toEqual([])
})
