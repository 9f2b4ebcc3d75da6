import { expect, test } from 'vitest'
import axios from 'axios'
import type { AxiosInstance } from 'axios'
import { RefreshRefusedError, RefreshUnavailableError, SessionEndedError } from 'unexpired'
import type { TokenResponse } from 'unexpired'
import { errorOf, times, whileTimeRuns } from '../contract/stage.js'
import { echoOf, scene, xToken } from './scene.js'
import type { Scene } from './scene.js'

/** As apps write it: with axios itself, or through the very instance that is attached. */
async function bearerScene(way: 'axios' | 'instance'): Promise<Scene> {
  let api: AxiosInstance | undefined
  const set: Scene = await scene({
    session: { refreshTimeoutMs: 3_000 },
    before: (instance) => void (api = instance),
    refresh:
      ({ server }) =>
      async ({ refreshToken, signal }) => {
        const url = `${server.url}/auth/refresh`
        const client = way === 'axios' ? axios : api
        const answer = await client?.post<TokenResponse>(url, { refreshToken }, { signal })
        return answer?.data as TokenResponse
      },
  })
  return set
}

const bothWays = ['axios', 'instance'] as const

test.each(bothWays)('a refresh that is sent by %s is one refresh for all', async (way) => {
  const { api, server } = await bearerScene(way)
  server.orders.expireNow()
  const answers = await Promise.all(times(10, () => api.get('/thing')))
  expect(answers.map((answer) => echoOf(answer).generation)).toEqual(times(10, () => 2))
  expect(server.counts).toMatchObject({ refreshes: 1, familiesRevoked: 0 })
})

for (const way of bothWays) {
  test(`G15 the failures of a refresh that is sent by ${way} are told apart`, async () => {
    const { api, server, clock, session, signedOut } = await bearerScene(way)
    const { orders } = server
    const faults: readonly (readonly [() => void, string])[] = [
      [() => orders.failRefresh({ status: 503, times: 3 }), 'server'],
      [() => orders.failRefresh({ status: 429 }), 'server'],
      [() => orders.failRefresh({ status: 401, body: { error: 'invalid_client' } }), 'server'],
      [() => orders.failRefresh({ status: 403, body: '<html>' }), 'server'],
      [() => orders.dropRefreshRequest({ times: 3 }), 'network'],
      [() => orders.answerNonsense({ as: 'html', times: 3 }), 'invalid-response'],
      [() => orders.hangRefresh({ times: Number.POSITIVE_INFINITY }), 'timeout'],
    ]
    server.orders.expireNow()
    for (const [order, reason] of faults) {
      order()
      const error = await whileTimeRuns(clock, errorOf(api.get('/thing')))
      expect(error).toBeInstanceOf(RefreshUnavailableError)
      expect(error).toMatchObject({ reason })
      orders.clear()
      await clock.advance(300_000)
    }
    expect(signedOut).toEqual([])
    expect(session.status).toBe('active')
    expect(echoOf(await api.get('/thing')).generation).toBe(2)
  })

  test(`G7 Retry-After of a refresh that is sent by ${way} is what the cool-down is`, async () => {
    const { api, server } = await bearerScene(way)
    server.orders.failRefresh({ status: 503, retryAfter: 7 })
    server.orders.expireNow()
    expect(await errorOf(api.get('/thing'))).toMatchObject({ retryAfterMs: 7_000 })
    expect(server.counts.refreshes).toBe(1)
  })

  test(`G19 a refusal of a refresh that is sent by ${way} ends the session, with a cause that shows no token`, async () => {
    const { api, server, session, signedOut } = await bearerScene(way)
    const { refreshToken } = session.tokens ?? {}
    server.orders.revokeAll()
    const error = await errorOf(api.get('/thing'))
    expect(error).toBeInstanceOf(SessionEndedError)
    expect(error).toMatchObject({
      reason: 'refused',
      cause: { name: 'AxiosError', status: 401, code: 'ERR_BAD_REQUEST' },
    })
    expect(signedOut).toHaveLength(1)
    expect(refreshToken).toBeTypeOf('string')
    expect(JSON.stringify(signedOut)).not.toContain(refreshToken)
  })
}

test('a refresh through the instance itself, in its own header, may refuse by a code', async () => {
  let api: AxiosInstance | undefined
  const set: Scene = await scene({
    protocol: xToken,
    before: (instance) => void (api = instance),
    refresh:
      () =>
      async ({ tokens, signal }) => {
        const headers = { 'X-Token': tokens.accessToken }
        const answer = await api?.post<{ code: number; message: string; data: { token: string } }>(
          '/refreshtoken',
          null,
          { headers, signal },
        )
        if (answer?.data.code !== 0) throw new RefreshRefusedError(answer?.data.message)
        return { accessToken: answer.data.data.token }
      },
  })
  const { server } = set
  server.orders.expireNow()
  const answers = await Promise.all(times(10, () => set.api.get<unknown>('/thing')))
  expect(answers.map(({ data }) => data)).toMatchObject(times(10, () => ({ code: 0 })))
  expect(server.counts).toMatchObject({ refreshes: 1, turnedAway: 10 })
  server.orders.refuseRefresh()
  server.orders.expireNow()
  expect(await errorOf(set.api.get('/thing'))).toMatchObject({ reason: 'refused' })
  expect(set.signedOut).toHaveLength(1)
})

test('G10 the interceptors of the instance may use the session while it refreshes through it', async () => {
  let api: AxiosInstance | undefined
  const set: Scene = await scene({
    before(instance, session) {
      api = instance
      instance.interceptors.request.use((config) => {
        config.headers.set('X-Status', session.status)
        return config
      })
    },
    refresh:
      ({ server }) =>
      ({ refreshToken, signal }) =>
        api
          ?.post<TokenResponse>(`${server.url}/auth/refresh`, { refreshToken }, { signal })
          .then(({ data }) => data) ?? Promise.reject(new Error('no instance')),
  })
  set.server.orders.expireNow()
  expect(echoOf(await set.api.get('/thing')).headers['x-status']).toBe('active')
})
