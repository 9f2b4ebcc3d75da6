import { isSessionError, RefreshUnavailableError, SessionEndedError } from 'unexpired'
import type { EchoedRequest } from 'unexpired/testing'
import { describe, expect, test, vi } from 'vitest'
import wretch from 'wretch'
import AbortAddon from 'wretch/addons/abort'
import FormDataAddon from 'wretch/addons/formData'
import { dedupe, retry } from 'wretch/middlewares'
import type { RetryOptions } from 'wretch/middlewares'

import { bearer } from '../../contract/protocols.js'
import { breathe, errorOf, until } from '../../contract/stage.js'
import { lateAnswers, limitedFetch, setScene } from './scene.js'
import type { Scene } from './scene.js'

const wretchOf = ({ origin, sessionFetch }: Scene) =>
  wretch(`${origin}/api`).polyfills({ fetch: sessionFetch })

test('wretch rejects with the very errors of the session', async () => {
  const scene = await setScene()
  const api = wretchOf(scene)
  scene.server.orders.expireNow()
  scene.server.orders.failRefresh({ status: 503, retryAfter: 60 })
  expect(await errorOf(api.get('/a').res())).toBeInstanceOf(RefreshUnavailableError)
  await scene.clock.advance(300_000)
  scene.server.orders.refuseRefresh()
  expect(await errorOf(api.post({}, '/a').json())).toBeInstanceOf(SessionEndedError)
})

test('catchers of wretch know the errors of the session by their names, and by fetchError', async () => {
  const scene = await setScene()
  const api = wretchOf(scene)
  scene.server.orders.expireNow()
  scene.server.orders.refuseRefresh()
  const [byName, byKind] = await Promise.all([
    api
      .get('/a')
      .error('SessionEndedError', () => 'sign in')
      .json(),
    api
      .get('/a')
      .fetchError(({ name }) => name)
      .json(),
  ])
  expect([byName, byKind]).toEqual(['sign in', 'SessionEndedError'])
})

test('unauthorized of wretch sees the last answer alone', async () => {
  const scene = await setScene()
  const unauthorized = vi.fn(() => 'no')
  const api = wretchOf(scene)
  scene.server.orders.expireNow()
  const echo = await api.get('/a').unauthorized(unauthorized).json()
  expect(echo).toMatchObject({ generation: 2 })
  expect(unauthorized).not.toHaveBeenCalled()
  expect(await api.get('/always-401').unauthorized(unauthorized).json()).toBe('no')
})

test('a token that auth() of wretch sets makes the request its own', async () => {
  const scene = await setScene()
  const api = wretchOf(scene).auth(`Bearer ${scene.session.tokens?.accessToken}`)
  scene.server.orders.expireNow()
  expect(await errorOf(api.get('/a').res())).toMatchObject({ status: 401 })
  expect(scene.server.counts.refreshes).toBe(0)
})

describe('the retry middleware of wretch', () => {
  const quick: RetryOptions = { delayTimer: 1, maxAttempts: 3 }
  const settled: RetryOptions['until'] = (response, error) =>
    !!response && (response.ok || response.status === 401) ? true : isSessionError(error)

  async function callWith(options: RetryOptions, path = '/a') {
    const scene = await setScene()
    const { orders } = scene.server
    orders.expireNow()
    if (path === '/a') orders.refuseRefresh()
    const api = wretchOf(scene).middlewares([retry({ ...quick, ...options })])
    const error = await errorOf(api.get(path).res())
    return { error, senders: scene.senders(), refreshes: scene.server.counts.refreshes }
  }

  test('G24 leaves the errors of the session alone by default', async () => {
    const { error, senders } = await callWith({})
    expect(error).toBeInstanceOf(SessionEndedError)
    expect(senders).toEqual(['ann'])
  })

  test('with retryOnNetworkError sends a request again after its session has ended', async () => {
    const { error, senders } = await callWith({ retryOnNetworkError: true })
    expect(error).not.toBeInstanceOf(SessionEndedError)
    expect(senders).toEqual(['ann', 'nobody', 'nobody', 'nobody'])
  })

  test('G24 unless `until` counts errors of the session as settled', async () => {
    const { error, senders } = await callWith({ retryOnNetworkError: true, until: settled })
    expect(error).toBeInstanceOf(SessionEndedError)
    expect(senders).toEqual(['ann'])
  })

  test('repeats a 401 that is final', async () => {
    const { error, senders, refreshes } = await callWith({}, '/always-401')
    expect(error).toMatchObject({ message: 'Number of attempts exceeded.' })
    expect([senders.length, refreshes]).toEqual([2 + 3, 1])
  })

  test('unless `until` counts 401 as settled', async () => {
    const { error, senders, refreshes } = await callWith({ until: settled }, '/always-401')
    expect(error).toMatchObject({ status: 401 })
    expect([senders.length, refreshes]).toEqual([2, 1])
  })
})

describe('the dedupe middleware of wretch', () => {
  type Key = (url: string, options: { method?: string }) => string

  async function readWhileUsersChange(keyOf?: (scene: Scene) => Key) {
    const late = lateAnswers()
    const scene = await setScene({ fetch: late })
    const api = wretchOf(scene).middlewares([dedupe(keyOf && { key: keyOf(scene) })])
    const first = api.get('/me').json()
    await until(() => late.waiting() === 1)
    await scene.session.signIn(await bearer.signIn(scene.server, 'ben'))
    const second = api.get('/me').json()
    late.release()
    return Promise.all([first, second])
  }

  test('gives one user the answer that another one waits for', async () => {
    expect(await readWhileUsersChange()).toMatchObject([{ user: 'ann' }, { user: 'ann' }])
  })

  test('unless its key names the session', async () => {
    const answers = await readWhileUsersChange(({ session }) => (url, { method }) => {
      const { sessionId } = session.getSnapshot()
      return `${method}@${url}@${sessionId}`
    })
    expect(answers).toMatchObject([{ user: 'ann' }, { user: 'ben' }])
  })
})

test('G12 the abort addon of wretch ends a held request at once', async () => {
  const scene = await setScene()
  const api = wretchOf(scene).addon(AbortAddon())
  const [controller, chain] = api.get('/a').controller()
  const { call, release } = await scene.held(() =>
    chain.onAbort(() => 'aborted').json((data) => data),
  )
  const other = api.get('/b').json()
  controller.abort()
  expect(await call).toBe('aborted')
  release()
  expect(await other).toMatchObject({ generation: 2 })
  expect(scene.received('/a')).toHaveLength(1)
})

test('setTimeout of the abort addon runs while a request is held', async () => {
  const scene = await setScene()
  const api = wretchOf(scene).addon(AbortAddon())
  const { call, release } = await scene.held(() => api.get('/b').json())
  const hasty = api.get('/a').setTimeout(5).res()
  expect(await errorOf(hasty)).toMatchObject({ name: 'AbortError' })
  release()
  expect(await call).toMatchObject({ generation: 2 })
  expect(scene.received('/a')).toEqual([])
  expect(scene.server.counts.refreshes).toBe(1)
})

test('a timeout of wretch is left to the attempt by a fetch that has one', async () => {
  const limitMs = 200
  const scene = await setScene({ fetch: { fetch: limitedFetch(limitMs) } })
  const api = wretchOf(scene)
  const { call, release } = await scene.held(() => api.get('/a').json())
  await breathe(limitMs + 10)
  release()
  expect(await call).toMatchObject({ generation: 2 })
  expect(await errorOf(api.get('/never').res())).toMatchObject({ name: 'TimeoutError' })
})

test('G26 wretch sends JSON and forms whole the second time', async () => {
  const scene = await setScene()
  const api = wretchOf(scene).addon(FormDataAddon)
  scene.server.orders.expireNow()
  const file = new Blob(['bytes \u00e9'], { type: 'text/plain' })
  const [json, form] = (await Promise.all([
    api.url('/a').post({ item: 'th\u00e9' }).json(),
    api.url('/b').formData({ file }).post().json(),
  ])) as [EchoedRequest, EchoedRequest]
  expect(json).toMatchObject({ generation: 2, body: '{"item":"th\u00e9"}' })
  expect(form).toMatchObject({ generation: 2 })
  expect(form.body).toContain('bytes \u00e9')
  expect(scene.server.counts).toMatchObject({ turnedAway: 2, served: 2, refreshes: 1 })
})

test('wretch passes session: false on', async () => {
  const scene = await setScene()
  const login = wretchOf(scene).options({ session: false })
  expect(await errorOf(login.get('/a').res())).toMatchObject({ status: 401 })
  expect(scene.senders()).toEqual(['nobody'])
})
