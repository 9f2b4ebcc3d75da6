import { expect, test, vi } from 'vitest'
import { startRecorder } from '../contract/recorder.js'
import { times, until } from '../contract/stage.js'
import { looksAtTheClock, triesAgain } from './naive/before-the-request.js'
import { ours } from './naive/client.js'
import type { Attach } from './naive/client.js'
import { interceptorQueue } from './naive/interceptor-queue.js'
import {
  cancelsWaiters,
  firstOneWins,
  forgetsWaiters,
  joins,
  mergesWaiters,
  neverGivesUp,
  signsOutForEach,
} from './naive/waiters.js'
import { endOf, endsOf, patienceWith, world } from './world.js'

/** Each shows a defect on a small client that has it, and that ours has it not. */
const both = async <T>(observe: (attach: Attach) => Promise<T>, naive: Attach) => ({
  naive: await observe(naive),
  ours: await observe(ours),
})

test('of three that are turned away at once, two are not rejected', async () => {
  const observe = async (attach: Attach) => {
    const { api, server } = await world(attach, { server: { latency: { refresh: 5 } } })
    server.orders.expireNow()
    return (await endsOf(times(3, () => api.get('/thing')))).sort()
  }
  expect(await both(observe, firstOneWins)).toEqual({
    naive: ['200', '401', '401'],
    ours: ['200', '200', '200'],
  })
})

test('G2 a late 401 does not refresh again', async () => {
  const observe = async (attach: Attach) => {
    const { api, server } = await world(attach)
    server.orders.expireNow()
    server.orders.delay('/api/late', 80)
    const late = api.get('/late')
    await api.get('/early')
    return [await endOf(late), server.counts.refreshes]
  }
  expect(await both(observe, interceptorQueue)).toEqual({ naive: ['200', 2], ours: ['200', 1] })
})

test('G9 a refresh that throws synchronously once does not disable refreshing for good', async () => {
  const observe = async (attach: Attach) => {
    let fails = true
    const { api, server, client, signIn } = await world(attach, {
      hooks: () => ({
        refresh() {
          if (fails) throw new TypeError('broken')
          return Promise.resolve({ accessToken: 'new', refreshToken: 'new' })
        },
      }),
    })
    server.orders.expireNow()
    await endOf(api.get('/thing'), patienceWith(attach))
    fails = false
    await signIn('ann')
    server.orders.expireNow()
    await endOf(api.get('/thing'), patienceWith(attach))
    return client.tokens()?.accessToken
  }
  const { naive, ...rest } = await both(observe, interceptorQueue)
  expect(naive).toMatch(/^at_/)
  expect(rest).toEqual({ ours: 'new' })
})

test('G19 requests that waited for a refresh that failed are not said to be cancelled', async () => {
  const observe = async (attach: Attach) => {
    const { api, server } = await world(attach, { server: { latency: { refresh: 5 } } })
    server.orders.refuseRefresh()
    server.orders.expireNow()
    return (await endsOf(times(3, () => api.get('/thing')))).sort()
  }
  expect(await both(observe, cancelsWaiters)).toEqual({
    naive: ['401', 'cancelled', 'cancelled'],
    ours: times(3, () => 'SessionEndedError'),
  })
})

test('G9 a refresh that hangs does not hang everything', async () => {
  const observe = async (attach: Attach) => {
    const { api, server } = await world(attach)
    server.orders.hangRefresh({ times: Number.POSITIVE_INFINITY })
    server.orders.expireNow()
    return endsOf(
      times(2, () => api.get('/thing')),
      patienceWith(attach),
    )
  }
  expect(await both(observe, interceptorQueue)).toEqual({
    naive: ['hangs', 'hangs'],
    ours: ['RefreshUnavailableError', 'RefreshUnavailableError'],
  })
})

test('G37 a token whose lifetime is not known is not refreshed on every request', async () => {
  const observe = async (attach: Attach) => {
    const { api, server } = await world(attach)
    for (let count = 0; count < 3; count += 1) await api.get('/thing')
    return server.counts.refreshes
  }
  expect(await both(observe, looksAtTheClock)).toEqual({ naive: 3, ours: 0 })
})

test('G11 an endpoint that always says 401 does not refresh on every call', async () => {
  const observe = async (attach: Attach) => {
    const { api, server } = await world(attach)
    for (let count = 0; count < 5; count += 1) await endOf(api.get('/always-401'))
    return server.counts.refreshes
  }
  expect(await both(observe, interceptorQueue)).toEqual({ naive: 5, ours: 1 })
})

test('G39 a 401 of another site does not refresh our session, nor does it get our token', async () => {
  const observe = async (attach: Attach) => {
    const elsewhere = await startRecorder()
    const { api, server } = await world(attach)
    await endOf(api.get(`${elsewhere.url}/thing`))
    const { authorization } = elsewhere.requests[0]?.headers ?? {}
    return [server.counts.refreshes, authorization !== undefined]
  }
  expect(await both(observe, interceptorQueue)).toEqual({ naive: [1, true], ours: [0, false] })
})

test('G11 five at once that always get 401 do not refresh one after the other', async () => {
  const observe = async (attach: Attach) => {
    const { api, server } = await world(attach, { server: { latency: { refresh: 2 } } })
    await endsOf(times(5, () => api.get('/always-401')))
    return server.counts.refreshes
  }
  const { naive, ...rest } = await both(observe, interceptorQueue)
  expect(naive).toBeGreaterThan(1)
  expect(rest).toEqual({ ours: 1 })
})

test('G18 the app is not told once for each request that waited', async () => {
  const observe = async (attach: Attach) => {
    const { api, server, signOuts } = await world(attach, { server: { latency: { refresh: 5 } } })
    server.orders.refuseRefresh()
    server.orders.expireNow()
    await endsOf(times(3, () => api.get('/thing')))
    return signOuts()
  }
  expect(await both(observe, signsOutForEach)).toEqual({ naive: 3, ours: 1 })
})

test('G13 a callback of the app that throws after a refresh does not sign the user out', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const observe = async (attach: Attach) => {
    const { api, server, signOuts } = await world(attach, {
      hooks: () => ({
        onRefreshed() {
          throw new Error('broken')
        },
      }),
    })
    server.orders.expireNow()
    return [await endOf(api.get('/thing')), signOuts()]
  }
  expect(await both(observe, joins)).toEqual({ naive: ['Error', 1], ours: ['200', 0] })
})

test('G28 a POST that was held, and whose sending then fails, is not sent twice', async () => {
  const observe = async (attach: Attach) => {
    const { api, server } = await world(attach)
    server.orders.dropApi({ path: '/api/order', times: 2 })
    await endOf(api.post('/order', { buy: 1 }))
    server.orders.clear()
    return server.requests.filter(({ path }) => path === '/api/order').length
  }
  expect(await both(observe, triesAgain)).toEqual({ naive: 2, ours: 1 })
})

test('G9 a refresh that is refused does not leave those hanging who wait for it', async () => {
  const observe = async (attach: Attach) => {
    const { api, server } = await world(attach, { server: { latency: { refresh: 5 } } })
    server.orders.refuseRefresh()
    server.orders.expireNow()
    const calls = times(3, () => api.get('/thing'))
    return (await endsOf(calls, patienceWith(attach))).sort()
  }
  expect(await both(observe, forgetsWaiters)).toEqual({
    naive: ['401', 'hangs', 'hangs'],
    ours: times(3, () => 'SessionEndedError'),
  })
})

test('G11 a server that always says 401 makes no endless loop', async () => {
  const observe = async (attach: Attach) => {
    const { api, server } = await world(attach)
    const controller = new AbortController()
    const { signal } = controller
    const call = api.get('/always-401', { signal })
    const ended = endOf(call, 5_000)
    const isLooping = until(() => server.counts.turnedAway >= 12)
    const loops = await Promise.race([ended.then(() => false), isLooping.then(() => true)])
    isLooping.catch(() => undefined)
    controller.abort()
    await ended
    return loops
  }
  expect(await both(observe, neverGivesUp)).toEqual({ naive: true, ours: false })
})

test('two identical mutations that are turned away together are both sent and both answered', async () => {
  const observe = async (attach: Attach) => {
    const { api, server } = await world(attach, { server: { latency: { refresh: 10 } } })
    server.orders.expireNow()
    const leader = endOf(api.get('/leader'))
    const twins = times(2, () => endOf(api.post('/order', { buy: 1 }), patienceWith(attach)))
    return [await leader, ...(await Promise.all(twins)).sort()]
  }
  expect(await both(observe, mergesWaiters())).toEqual({
    naive: ['200', '200', 'hangs'],
    ours: ['200', '200', '200'],
  })
})
