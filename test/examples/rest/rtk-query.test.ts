import { configureStore } from '@reduxjs/toolkit'
import { createApi, fetchBaseQuery, retry } from '@reduxjs/toolkit/query'
import type { BaseQueryFn, FetchArgs, FetchBaseQueryError } from '@reduxjs/toolkit/query'
import { isSessionError } from 'unexpired'
import { describe, expect, onTestFinished, test, vi } from 'vitest'

import { bearer } from '../../contract/protocols.js'
import { breathe, errorOf, times, until } from '../../contract/stage.js'
import { lateAnswers, setScene } from './scene.js'
import type { Scene } from './scene.js'

type BaseQuery = BaseQueryFn<string | FetchArgs, unknown, FetchBaseQueryError>

interface Call {
  path: string
  timeout?: number
  session?: false
}

const baseQueryOf = ({ origin, sessionFetch }: Scene): BaseQuery =>
  fetchBaseQuery({ baseUrl: `${origin}/api`, fetchFn: sessionFetch })

/** Answers in the server's place where the session has an error: with JSON, which a store can keep. */
function answeringQueryOf({ origin, sessionFetch }: Scene): BaseQuery {
  const fetchFn = (request: RequestInfo): Promise<Response> =>
    sessionFetch(request).catch((error: unknown) => {
      if (!isSessionError(error)) throw error
      return Response.json(error, { status: error.code === 'session-ended' ? 401 : 503 })
    })
  return fetchBaseQuery({ baseUrl: `${origin}/api`, fetchFn })
}

/** A store with an API slice, in which `get` and `post` call any path. */
function storeOf(scene: Scene, baseQuery = baseQueryOf(scene)) {
  const api = createApi({
    baseQuery,
    endpoints: (build) => ({
      get: build.query<unknown, Call>({ query: ({ path, ...more }) => ({ url: path, ...more }) }),
      post: build.mutation<unknown, unknown>({
        query: (body) => ({ url: 'a', method: 'POST', body }),
      }),
    }),
  })
  const store = configureStore({
    reducer: { [api.reducerPath]: api.reducer },
    middleware: (usual) =>
      usual({ immutableCheck: false, serializableCheck: { warnAfter: 10_000 } }).concat(
        api.middleware,
      ),
  })
  const reset = (): void => void store.dispatch(api.util.resetApiState())
  onTestFinished(reset)
  const get = (path: string, more: Partial<Call> = {}) =>
    store.dispatch(api.endpoints.get.initiate({ path, ...more }))
  const post = (body: unknown) => store.dispatch(api.endpoints.post.initiate(body))
  const shown = (path: string) => api.endpoints.get.select({ path })(store.getState())
  return { get, post, reset, shown }
}

async function endWith(more: (scene: Scene) => BaseQuery) {
  const scene = await setScene()
  const { get } = storeOf(scene, more(scene))
  scene.server.orders.expireNow()
  scene.server.orders.refuseRefresh()
  const { error } = await get('a')
  return { error, senders: scene.senders() }
}

test('RTK Query has of an error of the session its name and message alone', async () => {
  const scene = await setScene()
  const warned = vi.spyOn(console, 'error').mockReturnValue()
  const { get, post } = storeOf(scene)
  scene.server.orders.expireNow()
  scene.server.orders.failRefresh({ status: 503, retryAfter: 60 })
  expect((await get('a')).error).toEqual({
    status: 'FETCH_ERROR',
    error: expect.stringMatching(/^RefreshUnavailableError: \[unexpired\]/) as string,
  })
  await scene.clock.advance(300_000)
  scene.server.orders.refuseRefresh()
  expect(await errorOf(post({ a: 1 }).unwrap())).toEqual({
    status: 'FETCH_ERROR',
    error: expect.stringMatching(/^SessionEndedError: \[unexpired\]/) as string,
  })
  // Of a value that a store cannot keep, redux would warn.
  expect(warned).not.toHaveBeenCalled()
})

test('G40 the request that RTK Query keeps for its callers shows no token', async () => {
  const scene = await setScene()
  const baseQuery = baseQueryOf(scene)
  const seen: Request[] = []
  const { get } = storeOf(scene, async (...call) => {
    const result = await baseQuery(...call)
    seen.push((result.meta as { request: Request }).request)
    return result
  })
  expect((await get('a')).data).toMatchObject({ user: 'ann' })
  expect(seen.map(({ headers }) => headers.get('Authorization'))).toEqual([null])
})

test('a fetchFn that answers for the session makes its errors plain data', async () => {
  const scene = await setScene()
  const { get } = storeOf(scene, answeringQueryOf(scene))
  scene.server.orders.expireNow()
  scene.server.orders.failRefresh({ status: 503, retryAfter: 60 })
  const data = { code: 'refresh-unavailable', retryAfterMs: 60_000 }
  expect((await get('a')).error).toMatchObject({ status: 503, data })
  await scene.clock.advance(300_000)
  scene.server.orders.refuseRefresh()
  const ended = { code: 'session-ended', reason: 'refused' }
  expect((await get('b')).error).toMatchObject({ status: 401, data: ended })
})

describe('retry of RTK Query', () => {
  const backoff = () => breathe(1)

  test('by itself sends a request again after its session has ended', async () => {
    const { error, senders } = await endWith((scene) =>
      retry(baseQueryOf(scene), { maxRetries: 2, backoff }),
    )
    expect(error).toMatchObject({ status: 401 })
    expect(senders).toEqual(['ann', 'nobody', 'nobody'])
  })

  test('G24 unless it gives up at a 401, and the fetchFn answers with one', async () => {
    const { error, senders } = await endWith((scene) => {
      const baseQuery = answeringQueryOf(scene)
      return retry(
        async (...call) => {
          const result = await baseQuery(...call)
          if (result.error?.status === 401) retry.fail(result.error, result.meta)
          return result
        },
        { maxRetries: 2, backoff },
      )
    })
    expect(error).toMatchObject({ status: 401, data: { code: 'session-ended' } })
    expect(senders).toEqual(['ann'])
  })
})

describe('what RTK Query keeps of one user', () => {
  async function refused(resetOn: 'signed-out' | 'signed-in') {
    const scene = await setScene()
    const { get, reset } = storeOf(scene)
    scene.session.on(resetOn, reset)
    scene.server.orders.expireNow()
    scene.server.orders.refuseRefresh()
    const [first] = await Promise.all(times(3, (id) => get(`${id}`)))
    await scene.session.signIn(await bearer.signIn(scene.server, 'ben'))
    return [first, await get('0')]
  }

  test('is dropped too early when the session ends: calls then end without data and error', async () => {
    const [first] = await refused('signed-out')
    expect(first).not.toHaveProperty('error')
    expect(first?.data).toBeUndefined()
  })

  test('is dropped in time when the next one signs in', async () => {
    const [first, second] = await refused('signed-in')
    expect(first?.error).toMatchObject({ status: 'FETCH_ERROR' })
    expect(second?.data).toMatchObject({ user: 'ben' })
  })

  test('is not shown to the next, also where it comes late', async () => {
    const late = lateAnswers()
    const scene = await setScene({ fetch: late })
    const { get, reset } = storeOf(scene)
    scene.session.on('signed-in', reset)
    const first = get('me')
    await until(() => late.waiting() === 1)
    await scene.session.signIn(await bearer.signIn(scene.server, 'ben'))
    const second = get('me')
    late.release()
    expect((await second).data).toMatchObject({ user: 'ben' })
    await first
    expect((await get('me')).data).toMatchObject({ user: 'ben' })
  })

  test('is not asked for again, where it was not subscribed to by a hook', async () => {
    const scene = await setScene()
    const { get, reset, shown } = storeOf(scene)
    scene.session.on('signed-in', reset)
    await get('me')
    expect(shown('me').data).toMatchObject({ user: 'ann' })
    await scene.session.signIn(await bearer.signIn(scene.server, 'ben'))
    await breathe(20)
    expect(shown('me').status).toBe('uninitialized')
    await get('me')
    expect(shown('me').data).toMatchObject({ user: 'ben' })
  })
})

test('G12 abort of RTK Query ends a held request at once', async () => {
  const scene = await setScene()
  const { get } = storeOf(scene)
  const { call: other, release } = await scene.held(() => get('b'))
  const held = get('c')
  await breathe()
  held.abort()
  expect((await held).error).toMatchObject({ name: 'AbortError' })
  release()
  expect((await other).data).toMatchObject({ generation: 2 })
  expect(scene.received('/c')).toEqual([])
})

test('the timeout of RTK Query runs while a request is held, and ends that request alone', async () => {
  const scene = await setScene()
  const { get } = storeOf(scene)
  const { call, release } = await scene.held(() => get('patient'))
  const { error } = await get('hasty', { timeout: 5 })
  expect(error).toMatchObject({ status: 'TIMEOUT_ERROR' })
  release()
  expect((await call).data).toMatchObject({ generation: 2 })
  expect(scene.received('/hasty')).toEqual([])
  expect(scene.server.counts.refreshes).toBe(1)
})

test('a token that prepareHeaders sets makes the request its own', async () => {
  const scene = await setScene()
  const { origin, sessionFetch, session, server } = scene
  const prepareHeaders = (headers: Headers): void =>
    headers.set('Authorization', `Bearer ${session.tokens?.accessToken}`)
  const options = { baseUrl: `${origin}/api`, fetchFn: sessionFetch, prepareHeaders }
  const { get } = storeOf(scene, fetchBaseQuery(options))
  server.orders.expireNow()
  expect((await get('a')).error).toMatchObject({ status: 401 })
  expect(server.counts.refreshes).toBe(0)
})

test('session: false does not get through RTK Query, which builds a Request', async () => {
  const scene = await setScene()
  const { get } = storeOf(scene)
  expect((await get('a', { session: false })).data).toMatchObject({ user: 'ann' })
})

test('G26 RTK Query, which hands over a Request, sends its body whole the second time', async () => {
  const scene = await setScene()
  const { post } = storeOf(scene)
  scene.server.orders.expireNow()
  const answers = await Promise.all([
    post({ item: 'th\u00e9' }).unwrap(),
    post(new URLSearchParams({ a: '1' })).unwrap(),
  ])
  expect(answers).toMatchObject([{ body: '{"item":"th\u00e9"}' }, { body: 'a=1' }])
  expect(scene.server.counts).toMatchObject({ turnedAway: 2, served: 2, refreshes: 1 })
})
