import { createFetch as createOfetch, FetchError, ofetch } from 'ofetch'
import type { FetchContext, FetchOptions } from 'ofetch'
import { isSessionError, RefreshUnavailableError, SessionEndedError } from 'unexpired'
import type { EchoedRequest } from 'unexpired/testing'
import { describe, expect, test, vi } from 'vitest'

import { breathe, errorOf } from '../../contract/stage.js'
import { limitedFetch, setScene } from './scene.js'
import type { Scene } from './scene.js'

const giveUp: FetchOptions = {
  onRequestError({ error, options }) {
    if (isSessionError(error)) options.retry = false
  },
}

const ofetchOf = ({ origin, sessionFetch }: Scene, options: FetchOptions = giveUp) =>
  ofetch.create({ baseURL: `${origin}/api`, ...options }, { fetch: sessionFetch })

test("ofetch rejects with its FetchError, whose cause is the session's error", async () => {
  const scene = await setScene()
  const api = ofetchOf(scene)
  scene.server.orders.expireNow()
  scene.server.orders.failRefresh({ status: 503, retryAfter: 60 })
  const unavailable = await errorOf(api('/a'))
  expect(unavailable).toBeInstanceOf(FetchError)
  expect((unavailable as FetchError).cause).toBeInstanceOf(RefreshUnavailableError)
  await scene.clock.advance(300_000)
  scene.server.orders.refuseRefresh()
  const { cause, status } = (await errorOf(api('/a', { method: 'POST' }))) as FetchError
  expect(cause).toBeInstanceOf(SessionEndedError)
  expect(status).toBeUndefined()
})

test('ofetch takes it by createFetch just as well', async () => {
  const scene = await setScene()
  const baseURL = `${scene.origin}/api`
  const api = createOfetch({ fetch: scene.sessionFetch, defaults: { baseURL } })
  scene.server.orders.expireNow()
  expect(await api('/a')).toMatchObject({ generation: 2 })
  expect((await api.raw('/a')).status).toBe(200)
})

describe('ofetch retries a GET once for whatever was no answer', () => {
  async function endWithGet(options: FetchOptions) {
    const scene = await setScene()
    scene.server.orders.expireNow()
    scene.server.orders.refuseRefresh()
    const error = (await errorOf(ofetchOf(scene, options)('/a'))) as FetchError
    return { error, senders: scene.senders() }
  }

  test('so by itself it sends a request again after its session has ended', async () => {
    const { error, senders } = await endWithGet({})
    expect(error.status).toBe(401)
    expect(error.cause).toBeUndefined()
    expect(senders).toEqual(['ann', 'nobody'])
  })

  test('G24 unless onRequestError says no for errors of the session', async () => {
    const { error, senders } = await endWithGet(giveUp)
    expect(error.cause).toBeInstanceOf(SessionEndedError)
    expect(senders).toEqual(['ann'])
  })

  test('which leaves its retries of other errors as they are', async () => {
    const scene = await setScene()
    scene.server.orders.failApi({ status: 503 })
    expect(await ofetchOf(scene)('/a')).toMatchObject({ user: 'ann' })
    scene.server.orders.dropApi()
    expect(await ofetchOf(scene)('/a')).toMatchObject({ user: 'ann' })
    expect(scene.senders()).toHaveLength(4)
  })
})

describe("ofetch's timeout", () => {
  test('runs while a request is held, and ends that request alone', async () => {
    const scene = await setScene()
    const api = ofetchOf(scene)
    const patient = await scene.held(() => api('/patient'))
    const { cause } = (await errorOf(api('/hasty', { timeout: 5 }))) as FetchError
    expect(cause).toMatchObject({ name: 'TimeoutError' })
    patient.release()
    expect(await patient.call).toMatchObject({ generation: 2 })
    expect(scene.received('/hasty')).toEqual([])
    expect(scene.server.counts.refreshes).toBe(1)
  })

  test('is ignored beside a signal', async () => {
    const scene = await setScene()
    const { signal } = new AbortController()
    const query = { ms: 30 }
    const answer = ofetchOf(scene)('/slow', { signal, timeout: 5, query })
    expect(await answer).toMatchObject({ user: 'ann' })
  })

  test('leaves its retry without a chance', async () => {
    const scene = await setScene()
    await errorOf(ofetchOf(scene)('/never', { timeout: 150 }))
    expect(scene.received('/never')).toHaveLength(1)
  })

  test('is left to the attempt by a fetch that has one', async () => {
    const limitMs = 200
    const scene = await setScene({ fetch: { fetch: limitedFetch(limitMs) } })
    const api = ofetchOf(scene)
    const { call, release } = await scene.held(() => api('/held'))
    await breathe(limitMs + 10)
    release()
    expect(await call).toMatchObject({ generation: 2 })
    const { cause } = (await errorOf(api('/never', { retry: false }))) as FetchError
    expect(cause).toMatchObject({ name: 'TimeoutError' })
  })
})

test('onResponse and onResponseError of ofetch see the last answer alone', async () => {
  const scene = await setScene()
  const seen: unknown[] = []
  const see = ({ response }: FetchContext) => void seen.push(response?.status)
  const api = ofetchOf(scene, { ...giveUp, onResponse: see, onResponseError: see })
  scene.server.orders.expireNow()
  await api('/a', { method: 'POST', body: { a: 1 } })
  expect(seen).toEqual([200])
  await errorOf(api('/always-401'))
  expect(seen).toEqual([200, 401, 401])
})

test('onRequest of ofetch runs once, and a token that it sets makes the request its own', async () => {
  const scene = await setScene()
  const { accessToken } = scene.session.tokens ?? {}
  const onRequest = vi.fn<(context: FetchContext) => void>()
  const api = ofetchOf(scene, { onRequest })
  scene.server.orders.expireNow()
  await api('/a')
  expect(onRequest).toHaveBeenCalledTimes(1)
  onRequest.mockImplementation(({ options }) =>
    options.headers.set('Authorization', `Bearer ${accessToken}`),
  )
  expect(await errorOf(api('/a'))).toMatchObject({ status: 401 })
  expect(scene.server.counts.refreshes).toBe(1)
})

test('G12 ofetch aborts a held request at once; the cause is the reason of its signal', async () => {
  const scene = await setScene()
  const api = ofetchOf(scene)
  const controller = new AbortController()
  const { call, release } = await scene.held(() => api('/a', { signal: controller.signal }))
  const other = api('/b')
  controller.abort()
  const error = (await errorOf(call)) as FetchError
  expect(error.cause).toBe(controller.signal.reason)
  release()
  expect(await other).toMatchObject({ generation: 2 })
  expect(scene.received('/a')).toHaveLength(1)
})

test.each<[string, FetchOptions['body'], RegExp]>([
  ['json', { item: 'th\u00e9' }, /^\{"item":"th\u00e9"\}$/],
  ['URLSearchParams', new URLSearchParams({ a: '1' }), /^a=1$/],
  ['a Blob', new Blob(['blob']), /^blob$/],
])('G26 ofetch sends %s whole the second time', async (_, body, sent) => {
  const scene = await setScene()
  scene.server.orders.expireNow()
  const options = { method: 'POST', body, query: { b: 'c' } } as const
  const echo = await ofetchOf(scene)<EchoedRequest>('/a', options as FetchOptions<'json'>)
  expect(echo).toMatchObject({ generation: 2, query: { b: 'c' } })
  expect(echo.body).toMatch(sent)
})

test('ofetch passes session: false on', async () => {
  const scene = await setScene()
  const options: FetchOptions & { session: false } = { session: false }
  expect(await errorOf(ofetchOf(scene)('/a', options as FetchOptions<'json'>))).toMatchObject({
    status: 401,
  })
  expect(scene.senders()).toEqual(['nobody'])
})
