import { expect, test } from 'vitest'
import { errorOf, times } from '../contract/stage.js'
import { echoOf, nodeAdapters, scene } from './scene.js'

/** Milliseconds. A refresh that is slower than the timeout, and an attempt that is much faster. */
const timeout = 100
const slow = { latency: { refresh: 130 } }

for (const adapter of nodeAdapters) {
  test(`on the ${adapter} adapter, timeout starts with the attempt, not with the hold`, async () => {
    const { api, clock, server } = await scene({ server: slow, config: { adapter, timeout } })
    await clock.advance(60_000)
    const answers = await Promise.all(times(3, () => api.get('/thing')))
    expect(answers.map((answer) => echoOf(answer).generation)).toEqual([2, 2, 2])
    expect(server.counts.refreshes).toBe(1)
  })

  test(`on the ${adapter} adapter, timeout starts anew with the replay`, async () => {
    const { api, server } = await scene({ server: slow, config: { adapter, timeout } })
    server.orders.expireNow()
    expect(echoOf(await api.get('/thing')).generation).toBe(2)
  })

  test(`G28 on the ${adapter} adapter, an attempt that times out fails as axios says, and is not replayed`, async () => {
    const { api, received, server } = await scene({ config: { adapter, timeout: 15 } })
    const error = await errorOf(api.get('/never'))
    expect(error).toMatchObject({
      isAxiosError: true,
      code: adapter === 'fetch' ? 'ETIMEDOUT' : 'ECONNABORTED',
      message: 'timeout of 15ms exceeded',
    })
    expect(received()).toHaveLength(1)
    expect(server.counts.refreshes).toBe(0)
  })

  test(`G28 on the ${adapter} adapter, a replay that times out is not sent a third time`, async () => {
    const { api, received, server } = await scene({ config: { adapter, timeout } })
    server.orders.expireNow()
    const error = await errorOf(api.get('/never'))
    expect(error).toMatchObject({ message: `timeout of ${timeout}ms exceeded` })
    expect(received()).toHaveLength(2)
    expect(server.counts.refreshes).toBe(1)
  })
}

test('an AbortSignal.timeout counts while the request is held', async () => {
  const { api, clock, received, session, holdRefresh } = await scene()
  const release = holdRefresh()
  await clock.advance(60_000)
  const call = errorOf(api.get('/thing', { signal: AbortSignal.timeout(10) }))
  const other = api.get('/other')
  expect(await call).toMatchObject({ code: 'ERR_CANCELED' })
  expect(session.status).toBe('refreshing')
  release()
  await other
  expect(received('/thing')).toEqual([])
})
