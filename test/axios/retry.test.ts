import { expect, test } from 'vitest'
import type { AxiosInstance } from 'axios'
import axiosRetry from 'axios-retry'
import type { IAxiosRetryConfig } from 'axios-retry'
import { errorOf } from '../contract/stage.js'
import { echoOf, scene } from './scene.js'
import type { Scene } from './scene.js'

type Place = 'before' | 'after'

async function withRetry(place: Place, config: IAxiosRetryConfig): Promise<Scene> {
  const install = (api: AxiosInstance) => axiosRetry(api, config)
  const set = await scene({
    before(api) {
      if (place === 'before') install(api)
    },
  })
  if (place === 'after') install(set.api)
  return set
}

const outcomes = ({ received }: Scene): string[] => received().map(({ outcome }) => outcome)

for (const place of ['before', 'after'] as const) {
  test(`axios-retry installed ${place} attaching retries what fails, with the token`, async () => {
    const set = await withRetry(place, { retries: 2 })
    set.server.orders.failApi({ status: 503, times: 2 })
    expect(echoOf(await set.api.get('/thing')).user).toBe('ann')
    expect(outcomes(set)).toEqual(['failed', 'failed', 'served'])
  })

  test(`axios-retry installed ${place} attaching: a replay that fails is retried, and refreshes no more`, async () => {
    const set = await withRetry(place, { retries: 2 })
    const { server, api } = set
    server.orders.expireNow()
    set.session.on('replayed', () => server.orders.failApi({ status: 503 }))
    expect(echoOf(await api.get('/thing')).generation).toBe(2)
    expect(outcomes(set)).toEqual(['turned-away', 'failed', 'served'])
    expect(server.counts.refreshes).toBe(1)
  })

  test(`axios-retry installed ${place} attaching: a token that expires between two tries is refreshed`, async () => {
    const set = await withRetry(place, {
      retries: 2,
      onRetry: () => set.server.orders.expireNow(),
    })
    set.server.orders.failApi({ status: 503 })
    expect(echoOf(await set.api.get('/thing')).generation).toBe(2)
    expect(outcomes(set)).toEqual(['failed', 'turned-away', 'served'])
  })

  test(`axios-retry installed ${place} attaching: a config that comes back is not wrapped twice`, async () => {
    const set = await withRetry(place, {
      retries: 3,
      retryCondition: ({ response }) => response?.status === 401,
    })
    await errorOf(set.api.get('/always-401'))
    // Two attempts at first; nested replays would multiply the three retries.
    expect(set.received().map(({ generation }) => generation)).toEqual([1, 2, 2, 2, 2])
    expect(set.server.counts.refreshes).toBe(1)
  })

  test(`axios-retry installed ${place} attaching retries a connection that was cut, body and all`, async () => {
    const set = await withRetry(place, { retries: 1, retryCondition: () => true })
    set.server.orders.dropApi()
    const { body, user } = echoOf(await set.api.post('/thing', { text: 'Ünï' }))
    expect([body, user]).toEqual(['{"text":"Ünï"}', 'ann'])
    expect(outcomes(set)).toEqual(['dropped', 'served'])
  })

  test(`axios-retry installed ${place} attaching does not retry the end of a session`, async () => {
    const set = await withRetry(place, { retries: 3 })
    set.server.orders.refuseRefresh()
    set.server.orders.expireNow()
    expect(await errorOf(set.api.get('/thing'))).toMatchObject({ code: 'session-ended' })
    expect(outcomes(set)).toEqual(['turned-away'])
    expect(set.signedOut).toHaveLength(1)
  })
}
