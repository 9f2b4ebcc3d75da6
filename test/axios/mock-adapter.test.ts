import { expect, test } from 'vitest'
import MockAdapter from 'axios-mock-adapter'
import { errorOf, times } from '../contract/stage.js'
import { scene, xToken } from './scene.js'
import type { Scene, SceneOptions } from './scene.js'

type Place = 'before' | 'after'

async function withMock(
  place: Place,
  options: SceneOptions = {},
): Promise<Scene & { mock: MockAdapter }> {
  let mock: MockAdapter | undefined
  const set = await scene({
    ...options,
    before(api) {
      if (place === 'before') mock = new MockAdapter(api)
    },
  })
  mock ??= new MockAdapter(set.api)
  return { ...set, mock }
}

const authorization = (headers: unknown): unknown =>
  (headers as Record<string, unknown>)['Authorization']

for (const place of ['before', 'after'] as const) {
  test(`a mock installed ${place} attaching is signed, turned away, and replayed`, async () => {
    const { api, mock, server, session } = await withMock(place)
    const sent: unknown[] = []
    mock.onGet('/thing').reply(({ headers }) => {
      sent.push(authorization(headers))
      return sent.length <= 3 ? [401, { error: 'invalid_token' }] : [200, { ok: true }]
    })
    const first = `Bearer ${session.tokens?.accessToken ?? ''}`
    const answers = await Promise.all(times(3, () => api.get<unknown>('/thing')))
    const second = `Bearer ${session.tokens?.accessToken ?? ''}`
    expect(answers.map(({ data }) => data)).toEqual(times(3, () => ({ ok: true })))
    expect(sent).toEqual([first, first, first, second, second, second])
    expect(second).not.toBe(first)
    expect(server.counts.refreshes).toBe(1)
    expect(mock.history['get']).toHaveLength(6)
  })

  test(`a mock installed ${place} attaching may answer 200 with a code`, async () => {
    const { api, mock, server } = await withMock(place, { protocol: xToken })
    mock.onPost('/thing').replyOnce(200, { code: 1234 }).onPost('/thing').reply(200, { code: 0 })
    expect((await api.post<unknown>('/thing', { a: 1 })).data).toEqual({ code: 0 })
    expect(mock.history['post']?.map(({ data }) => data as unknown)).toEqual(['{"a":1}', '{"a":1}'])
    expect(server.counts.refreshes).toBe(1)
  })

  test(`a mock installed ${place} attaching fails as mocks fail`, async () => {
    const { api, mock, server } = await withMock(place)
    mock.onGet('/down').networkError()
    mock.onGet('/slow').timeout()
    expect(await errorOf(api.get('/down'))).toMatchObject({ message: 'Network Error' })
    expect(await errorOf(api.get('/slow'))).toMatchObject({ code: 'ECONNABORTED' })
    expect(await errorOf(api.get('/unknown'))).toMatchObject({ response: { status: 404 } })
    expect(server.counts.refreshes).toBe(0)
  })

  test(`after a mock installed ${place} attaching is restored, requests go out again`, async () => {
    const { api, mock, received } = await withMock(place)
    mock.onGet('/thing').reply(200)
    await api.get('/thing')
    mock.restore()
    await api.get('/thing')
    expect(received()).toMatchObject([{ user: 'ann' }])
  })

  test(`a mock installed ${place} attaching passes through what it is told to`, async () => {
    const { api, mock, server, received } = await withMock(place)
    mock.onGet('/thing').passThrough()
    server.orders.expireNow()
    await api.get('/thing')
    expect(received().map(({ outcome }) => outcome)).toEqual(['turned-away', 'served'])
  })
}
