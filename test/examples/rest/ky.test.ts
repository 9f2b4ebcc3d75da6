import ky, { HTTPError, TimeoutError } from 'ky'
import type { Options, RetryOptions } from 'ky'
import { isSessionError, RefreshUnavailableError, SessionEndedError } from 'unexpired'
import type { EchoedRequest } from 'unexpired/testing'
import { describe, expect, test, vi } from 'vitest'

import { bearer } from '../../contract/protocols.js'
import { breathe, errorOf, outcome } from '../../contract/stage.js'
import { limitedFetch, setScene } from './scene.js'
import type { Scene } from './scene.js'

const giveUp: RetryOptions = {
  delay: () => 1,
  shouldRetry: ({ error }) => (isSessionError(error) ? false : undefined),
}

const kyOf = ({ origin, sessionFetch }: Scene, options: Options = {}) =>
  ky.create({ prefixUrl: `${origin}/api`, fetch: sessionFetch, retry: giveUp, ...options })

test('ky rejects with the very errors of the session', async () => {
  const scene = await setScene()
  const api = kyOf(scene)
  scene.server.orders.expireNow()
  scene.server.orders.failRefresh({ status: 503, retryAfter: 60 })
  expect(await errorOf(api.get('a'))).toBeInstanceOf(RefreshUnavailableError)
  await scene.clock.advance(300_000)
  scene.server.orders.refuseRefresh()
  const error = await errorOf(api.post('a', { json: 1 }))
  expect(error).toBeInstanceOf(SessionEndedError)
  expect(error).toMatchObject({ reason: 'refused' })
})

describe('ky retries whatever is not an HTTP error', () => {
  async function endWithGet(retry: RetryOptions) {
    const scene = await setScene()
    scene.server.orders.expireNow()
    scene.server.orders.refuseRefresh()
    const error = await errorOf(kyOf(scene, { retry }).get('a'))
    return { error, senders: scene.senders() }
  }

  test('so by itself it sends a request again after its session has ended', async () => {
    const { error, senders } = await endWithGet({ delay: () => 1 })
    expect(error).toBeInstanceOf(HTTPError)
    expect((error as HTTPError).response.status).toBe(401)
    expect(senders).toEqual(['ann', 'nobody'])
  })

  test('and with the tokens of whoever signed in meanwhile', async () => {
    const scene = await setScene()
    const { server, session } = scene
    server.orders.expireNow()
    server.orders.refuseRefresh()
    const beforeRetry = async () => session.signIn(await bearer.signIn(server, 'ben'))
    const api = kyOf(scene, { retry: { delay: () => 1 }, hooks: { beforeRetry: [beforeRetry] } })
    expect(await api.get('a').json()).toMatchObject({ user: 'ben' })
  })

  test('G24 unless shouldRetry says no for errors of the session', async () => {
    const { error, senders } = await endWithGet(giveUp)
    expect(error).toBeInstanceOf(SessionEndedError)
    expect(senders).toEqual(['ann'])
  })

  test('which leaves its retries of other errors as they are', async () => {
    const scene = await setScene()
    scene.server.orders.failApi({ status: 503, times: 2 })
    expect(await kyOf(scene).get('a').json()).toMatchObject({ user: 'ann' })
    expect(scene.senders()).toEqual(['ann', 'ann', 'ann'])
  })
})

describe("ky's timeout", () => {
  test('runs while a request is held, and ends that request alone', async () => {
    const scene = await setScene()
    const api = kyOf(scene)
    const patient = await scene.held(() => api.get('patient').json())
    expect(await errorOf(api.get('hasty', { timeout: 5 }))).toBeInstanceOf(TimeoutError)
    patient.release()
    expect(await patient.call).toMatchObject({ generation: 2 })
    expect(scene.received('/hasty')).toEqual([])
    expect(scene.server.counts.refreshes).toBe(1)
  })

  test('is left to the attempt with timeout: false and a fetch that has one', async () => {
    const limitMs = 200
    const scene = await setScene({ fetch: { fetch: limitedFetch(limitMs) } })
    const api = kyOf(scene, { timeout: false })
    const { call, release } = await scene.held(() => api.get('held').json())
    await breathe(limitMs + 10)
    release()
    expect(await call).toMatchObject({ generation: 2 })
    expect(await errorOf(api.get('never'))).toMatchObject({ name: 'TimeoutError' })
  })
})

describe('a 401 that comes out of ky is final', () => {
  test('so a retry on 401 only repeats it', async () => {
    const scene = await setScene()
    const api = kyOf(scene, { retry: { delay: () => 1, statusCodes: [401] } })
    expect(await errorOf(api.get('always-401'))).toBeInstanceOf(HTTPError)
    expect(scene.received('/always-401')).toHaveLength(2 + 1 + 1)
    expect(scene.server.counts.refreshes).toBe(1)
  })

  test('and without one it is sent twice', async () => {
    const scene = await setScene()
    expect(await errorOf(kyOf(scene).get('always-401'))).toBeInstanceOf(HTTPError)
    expect(scene.received('/always-401')).toHaveLength(2)
  })

  test('an afterResponse hook that refreshes sees none that the session mends, and repeats the rest', async () => {
    const scene = await setScene()
    const hook = vi.fn(async (request: Request, _: unknown, response: Response) => {
      if (response.status !== 401) return response
      const { accessToken } = await scene.session.refresh()
      const headers = { Authorization: `Bearer ${accessToken}` }
      return fetch(new Request(request, { headers }))
    })
    const api = kyOf(scene, { hooks: { afterResponse: [hook] } })
    scene.server.orders.expireNow()
    expect(await api.post('a', { json: 1 }).json()).toMatchObject({ generation: 2 })
    expect(hook).toHaveBeenCalledTimes(1)
    expect(scene.server.counts.refreshes).toBe(1)
    await errorOf(api.get('always-401'))
    expect(scene.server.counts.refreshes).toBe(3)
    expect(scene.received('/always-401')).toHaveLength(3)
  })

  test('a beforeRequest hook that sets the token makes the request its own: nothing is refreshed', async () => {
    const scene = await setScene()
    const { accessToken } = scene.session.tokens ?? {}
    const own = (request: Request) => request.headers.set('Authorization', `Bearer ${accessToken}`)
    const api = kyOf(scene, { hooks: { beforeRequest: [own] } })
    scene.server.orders.expireNow()
    expect(await errorOf(api.get('a'))).toBeInstanceOf(HTTPError)
    expect(scene.server.counts.refreshes).toBe(0)
  })
})

test('G12 ky aborts a held request at once with the reason of its signal', async () => {
  const scene = await setScene()
  const api = kyOf(scene)
  const controller = new AbortController()
  const { call, release } = await scene.held(() => api.get('a', { signal: controller.signal }))
  const other = api.get('b').json()
  const reason = new Error('navigated away')
  controller.abort(reason)
  expect(await errorOf(call)).toBe(reason)
  release()
  expect(await other).toMatchObject({ generation: 2 })
  expect(scene.received('/a')).toHaveLength(1)
  expect(scene.server.counts.refreshes).toBe(1)
})

const form = () => {
  const data = new FormData()
  data.set('file', new Blob(['bytes \u00e9'], { type: 'text/plain' }), 'a.txt')
  return data
}

test.each<[string, Options, RegExp]>([
  ['json', { json: { item: 'th\u00e9' } }, /^\{"item":"th\u00e9"\}$/],
  ['URLSearchParams', { body: new URLSearchParams({ a: '1', b: '2' }) }, /^a=1&b=2$/],
  ['a Blob', { body: new Blob(['blob']) }, /^blob$/],
  ['a FormData', { body: form() }, /filename="a.txt"[^]*bytes \u00e9/],
  ['a body whose progress is watched', { json: [1, 2], onUploadProgress() {} }, /^\[1,2\]$/],
])('G26 ky, whose Request is cloned, sends %s whole the second time', async (_, options, body) => {
  const scene = await setScene()
  scene.server.orders.expireNow()
  const echo = await kyOf(scene).post<EchoedRequest>('a?b=c', options).json()
  expect(echo).toMatchObject({ generation: 2, query: { b: 'c' } })
  expect(echo.body).toMatch(body)
  expect(scene.senders()).toEqual(['ann', 'ann'])
})

test('ky passes session: false on', async () => {
  const scene = await setScene()
  const unsigned = { session: false } as Options
  const { error } = await outcome(kyOf(scene).get('a', unsigned))
  expect((error as HTTPError).response.status).toBe(401)
  expect(scene.senders()).toEqual(['nobody'])
})
