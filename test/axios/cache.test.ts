import { expect, test } from 'vitest'
import { setupCache } from 'axios-cache-interceptor'
import type { AxiosInstance } from 'axios'
import { errorOf, times } from '../contract/stage.js'
import { echoOf, scene, xToken } from './scene.js'
import type { Scene, SceneOptions } from './scene.js'

type Place = 'before' | 'after'

async function withCache(place: Place, options: SceneOptions = {}): Promise<Scene> {
  // Headers of the server say nothing about caching.
  const install = (api: AxiosInstance) => setupCache(api, { interpretHeader: false, ttl: 60_000 })
  const set = await scene({
    ...options,
    before(api) {
      if (place === 'before') install(api)
    },
  })
  if (place === 'after') install(set.api)
  return set
}

for (const place of ['before', 'after'] as const) {
  test(`axios-cache-interceptor installed ${place} attaching keeps what the replay brought`, async () => {
    const { api, server, received } = await withCache(place)
    server.orders.expireNow()
    expect(echoOf(await api.get('/thing')).generation).toBe(2)
    const cached = await api.get('/thing')
    expect(echoOf(cached).generation).toBe(2)
    expect(cached).toMatchObject({ cached: true })
    expect(received().map(({ outcome }) => outcome)).toEqual(['turned-away', 'served'])
  })

  test(`axios-cache-interceptor installed ${place} attaching: requests that it joins are all answered`, async () => {
    const { api, server, received } = await withCache(place)
    server.orders.expireNow()
    const answers = await Promise.all([
      ...times(5, () => api.get('/same')),
      ...times(2, (index) => api.get(`/other/${index}`)),
    ])
    expect(answers.map((answer) => echoOf(answer).generation)).toEqual(times(7, () => 2))
    expect(received('/same').map(({ outcome }) => outcome)).toEqual(['turned-away', 'served'])
    expect(server.counts.refreshes).toBe(1)
  })

  test(`axios-cache-interceptor installed ${place} attaching: requests that it joins all fail when the session ends`, async () => {
    const { api, server } = await withCache(place)
    server.orders.refuseRefresh()
    server.orders.expireNow()
    const errors = await Promise.all(times(3, () => errorOf(api.get('/same'))))
    expect(errors).toMatchObject(times(3, () => ({ code: 'session-ended', reason: 'refused' })))
  })

  test(`axios-cache-interceptor installed ${place} attaching never keeps an answer that says expired`, async () => {
    const { api, server } = await withCache(place, { protocol: xToken })
    server.orders.expireNow()
    expect((await api.get<unknown>('/thing')).data).toMatchObject({ code: 0 })
    expect((await api.get<unknown>('/thing')).data).toMatchObject({ code: 0 })
    expect(server.counts).toMatchObject({ refreshes: 1, served: 1 })
  })

  test(`axios-cache-interceptor installed ${place} attaching keeps no token`, async () => {
    const { api, session } = await withCache(place)
    const answer = await api.get('/thing')
    expect(JSON.stringify(answer.config)).not.toContain(session.tokens?.accessToken)
    expect((await api.get('/thing')).config.headers.get('Authorization')).toBeUndefined()
  })
}
