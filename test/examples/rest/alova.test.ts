import { createAlova, invalidateCache } from 'alova'
import adapterFetch from 'alova/fetch'
import type { FetchRequestInit } from 'alova/fetch'
import { RefreshUnavailableError, SessionEndedError } from 'unexpired'
import { describe, expect, onTestFinished, test } from 'vitest'

import { bearer } from '../../contract/protocols.js'
import { breathe, errorOf, times, until } from '../../contract/stage.js'
import { lateAnswers, limitedFetch, setScene } from './scene.js'
import type { Scene } from './scene.js'

interface Options {
  readonly cacheFor?: null
  readonly shareRequest?: boolean
  readonly timeout?: number
}

function alovaOf({ origin, sessionFetch }: Scene, options: Options = {}) {
  const api = createAlova({
    baseURL: `${origin}/api`,
    requestAdapter: adapterFetch({ customFetch: sessionFetch }),
    responded: (response) =>
      response.ok ? (response.json() as Promise<unknown>) : Promise.reject(response),
    cacheLogger: null,
    ...options,
  })
  onTestFinished(() => invalidateCache())
  return api
}

const sent = (method: { send(): Promise<unknown> }): Promise<unknown> => method.send()

test('alova rejects with the very errors of the session', async () => {
  const scene = await setScene()
  const api = alovaOf(scene)
  scene.server.orders.expireNow()
  scene.server.orders.failRefresh({ status: 503, retryAfter: 60 })
  expect(await errorOf(sent(api.Get('/a')))).toBeInstanceOf(RefreshUnavailableError)
  await scene.clock.advance(300_000)
  scene.server.orders.refuseRefresh()
  expect(await errorOf(sent(api.Post('/a', { a: 1 })))).toBeInstanceOf(SessionEndedError)
  expect(await errorOf(sent(api.Get('/a')))).toMatchObject({ status: 401 })
})

test('an onError hook of alova that does not throw swallows them', async () => {
  const scene = await setScene()
  const errors: unknown[] = []
  const api = createAlova({
    baseURL: `${scene.origin}/api`,
    requestAdapter: adapterFetch({ customFetch: scene.sessionFetch }),
    responded: { onError: (error: unknown) => void errors.push(error) },
  })
  scene.server.orders.expireNow()
  scene.server.orders.refuseRefresh()
  expect(await api.Get('/a')).toBeUndefined()
  expect(errors).toEqual([expect.any(SessionEndedError)])
})

describe('alova keeps answers of GET for five minutes', () => {
  async function readAs2Users(options: Options, clear: boolean) {
    const scene = await setScene()
    const { server, session } = scene
    const api = alovaOf(scene, options)
    if (clear) session.on('signed-out', () => void invalidateCache())
    const first = await api.Get('/me')
    await session.signOut()
    await session.signIn(await bearer.signIn(server, 'ben'))
    return [first, await api.Get('/me')]
  }

  test('so by itself it shows one user what it fetched for another', async () => {
    expect(await readAs2Users({}, false)).toMatchObject([{ user: 'ann' }, { user: 'ann' }])
  })

  test('unless its cache is emptied when the session ends', async () => {
    expect(await readAs2Users({}, true)).toMatchObject([{ user: 'ann' }, { user: 'ben' }])
  })

  test('though an answer that is under way then fills it again', async () => {
    const late = lateAnswers()
    const scene = await setScene({ fetch: late })
    const api = alovaOf(scene, { shareRequest: false })
    scene.session.on('signed-out', () => void invalidateCache())
    const first = sent(api.Get('/me'))
    await until(() => late.waiting() === 1)
    await scene.session.signIn(await bearer.signIn(scene.server, 'ben'))
    late.release()
    await first
    expect(await api.Get('/me')).toMatchObject({ user: 'ann' })
  })

  test('or it keeps none', async () => {
    const answers = await readAs2Users({ cacheFor: null }, false)
    expect(answers).toMatchObject([{ user: 'ann' }, { user: 'ben' }])
  })
})

describe('alova shares requests that are the same at one time', () => {
  async function eightEqual(options: Options) {
    const scene = await setScene()
    const api = alovaOf(scene, options)
    scene.server.orders.expireNow()
    const answers = await Promise.all(times(8, () => sent(api.Post('/a', { item: 'tea' }))))
    expect(answers).toMatchObject(times(8, () => ({ generation: 2 })))
    expect(scene.server.counts.refreshes).toBe(1)
    return scene.senders().length
  }

  async function readWhileUsersChange(options: Options) {
    const late = lateAnswers()
    const scene = await setScene({ fetch: late })
    const api = alovaOf(scene, options)
    scene.session.on('signed-out', () => void invalidateCache())
    const first = sent(api.Get('/me'))
    await until(() => late.waiting() === 1)
    await scene.session.signIn(await bearer.signIn(scene.server, 'ben'))
    const second = sent(api.Get('/me'))
    await breathe()
    late.release()
    return [await first, await second, await api.Get('/me')]
  }

  test('POSTs too, also while they are held', async () => {
    expect(await eightEqual({})).toBe(2)
  })

  test('unless shareRequest is false', async () => {
    expect(await eightEqual({ shareRequest: false })).toBe(16)
  })

  test('so by itself it gives one user the answer that another one waits for', async () => {
    const answers = await readWhileUsersChange({})
    expect(answers).toMatchObject([{ user: 'ann' }, { user: 'ann' }, { user: 'ann' }])
  })

  test('unless it neither shares nor keeps', async () => {
    const answers = await readWhileUsersChange({ shareRequest: false, cacheFor: null })
    expect(answers).toMatchObject([{ user: 'ann' }, { user: 'ben' }, { user: 'ben' }])
  })
})

test('G12 abort of alova ends a held request at once', async () => {
  const scene = await setScene()
  const api = alovaOf(scene)
  const method = api.Get('/a')
  const { call, release } = await scene.held(() => sent(method))
  const other = sent(api.Get('/b'))
  // It resolves when the request is over.
  await method.abort()
  expect(await errorOf(call)).toMatchObject({ name: 'AbortError' })
  release()
  expect(await other).toMatchObject({ generation: 2 })
  expect(scene.received('/a')).toHaveLength(1)
})

describe("alova's timeout", () => {
  test('runs while a request is held, and ends that request alone', async () => {
    const scene = await setScene()
    const api = alovaOf(scene)
    const { call, release } = await scene.held(() => sent(api.Get('/patient')))
    const hasty = sent(api.Get('/hasty', { timeout: 5 }))
    expect(await errorOf(hasty)).toMatchObject({ message: 'fetchError: network timeout' })
    release()
    expect(await call).toMatchObject({ generation: 2 })
    expect(scene.received('/hasty')).toEqual([])
    expect(scene.server.counts.refreshes).toBe(1)
  })

  test('is left to the attempt by a fetch that has one', async () => {
    const limitMs = 200
    const scene = await setScene({ fetch: { fetch: limitedFetch(limitMs) } })
    const api = alovaOf(scene)
    const { call, release } = await scene.held(() => sent(api.Get('/a')))
    await breathe(limitMs + 10)
    release()
    expect(await call).toMatchObject({ generation: 2 })
    expect(await errorOf(sent(api.Get('/never')))).toMatchObject({ name: 'TimeoutError' })
  })
})

test('a token among the headers of alova makes the request its own', async () => {
  const scene = await setScene()
  const headers = { Authorization: `Bearer ${scene.session.tokens?.accessToken}` }
  scene.server.orders.expireNow()
  const api = alovaOf(scene)
  expect(await errorOf(sent(api.Get('/a', { headers })))).toMatchObject({ status: 401 })
  expect(scene.server.counts.refreshes).toBe(0)
})

test.each([
  ['JSON', { item: 'th\u00e9' }, '{"item":"th\u00e9"}'],
  ['text', 'plain', 'plain'],
  ['URLSearchParams', new URLSearchParams({ a: '1' }), 'a=1'],
  ['a Blob', new Blob(['blob']), 'blob'],
])('G26 alova sends %s whole the second time', async (_, data, body) => {
  const scene = await setScene()
  scene.server.orders.expireNow()
  const echo = await sent(alovaOf(scene).Post('/a', data, { params: { b: 'c' } }))
  expect(echo).toMatchObject({ generation: 2, body, query: { b: 'c' } })
})

test('alova passes session: false on', async () => {
  const scene = await setScene()
  const unsigned: FetchRequestInit & { session: false } = { session: false }
  expect(await errorOf(sent(alovaOf(scene).Get('/a', unsigned)))).toMatchObject({ status: 401 })
  expect(scene.senders()).toEqual(['nobody'])
})
