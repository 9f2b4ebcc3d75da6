import { expect, test, vi } from 'vitest'
import { fakeClock } from 'unexpired/testing'
import { breathe, times, until } from '../contract/stage.js'
import { looksAtTheClock, mixesFields, oneSlot, plansAhead } from './naive/before-the-request.js'
import { ours } from './naive/client.js'
import type { Attach } from './naive/client.js'
import { interceptorQueue } from './naive/interceptor-queue.js'
import { endOf, world } from './world.js'

/** Each shows a defect on a small client that has it, and that ours has it not. */
const both = async <T>(observe: (attach: Attach) => Promise<T>, naive: Attach) => ({
  naive: await observe(naive),
  ours: await observe(ours),
})

test('G25 two instances for two servers do not share one slot for tokens', async () => {
  const observe = async (attach: Attach) => {
    const first = await world(attach)
    const second = await world(attach, { user: 'bob' })
    const ends = [await endOf(first.api.get('/thing')), await endOf(second.api.get('/thing'))]
    await first.client.signOut()
    return ends
  }
  expect(await both(observe, oneSlot)).toEqual({ naive: ['200', '401'], ours: ['200', '200'] })
})

test('G36 a clock that is a day fast does not refresh on every request', async () => {
  const observe = async (attach: Attach) => {
    const clock = fakeClock()
    clock.stepWall(24 * 3_600_000)
    const { api, server } = await world(attach, {
      server: { announceLifetime: true },
      hooks: () => ({ clock }),
    })
    for (let count = 0; count < 4; count += 1) await api.get('/thing')
    return server.counts.refreshes
  }
  expect(await both(observe, looksAtTheClock)).toEqual({ naive: 4, ours: 0 })
})

test('G23 logging out during a refresh does not log back in', async () => {
  const observe = async (attach: Attach) => {
    const { api, server, client } = await world(attach, { server: { latency: { refresh: 40 } } })
    server.orders.expireNow()
    const call = endOf(api.get('/thing'))
    await until(() => server.counts.refreshes === 1)
    await client.signOut()
    await call
    await until(() => server.counts.refreshesGranted === 1)
    await breathe()
    return client.tokens() === undefined
  }
  expect(await both(observe, interceptorQueue)).toEqual({ naive: false, ours: true })
})

test('G18 a refusal does not leave the tokens, to be refused for ever', async () => {
  const observe = async (attach: Attach) => {
    const { api, server, client } = await world(attach)
    server.orders.revokeAll()
    for (let count = 0; count < 4; count += 1) await endOf(api.get('/thing'))
    return [server.counts.refreshes, client.tokens() !== undefined]
  }
  expect(await both(observe, mixesFields)).toEqual({ naive: [4, true], ours: [1, false] })
})

test('G14 G37 a lifetime of thirty days does not overflow a timer', async () => {
  // Node says of such a timer that it will fire at once.
  vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
  const observe = async (attach: Attach) => {
    const { client, server } = await world(attach, {
      server: { announceLifetime: 30 * 24 * 3_600 },
    })
    await breathe(40)
    await client.signOut()
    return server.counts.refreshes > 3
  }
  expect(await both(observe, plansAhead)).toEqual({ naive: true, ours: false })
})

test('G24 after a user switch during a refresh, no tokens of two users are side by side', async () => {
  const observe = async (attach: Attach) => {
    const { api, server, client, signIn } = await world(attach, {
      server: { latency: { refresh: 40 } },
    })
    server.orders.expireNow()
    const call = endOf(api.get('/thing'))
    await until(() => server.counts.refreshes === 1)
    const bob = await signIn('bob')
    await call
    await until(() => server.counts.refreshesGranted === 1)
    await breathe()
    const { accessToken, refreshToken } = client.tokens() ?? {}
    return [accessToken === bob.accessToken, refreshToken === bob.refreshToken]
  }
  expect(await both(observe, mixesFields)).toEqual({ naive: [false, true], ours: [true, true] })
})

test('G24 after a user switch, what the one had sent is not sent again as the other', async () => {
  const observe = async (attach: Attach) => {
    const { api, server, signIn } = await world(attach)
    server.orders.expireNow()
    server.orders.delay('/api/of-ann', 60)
    const call = endOf(api.post('/of-ann', { pay: 1 }))
    await until(() => server.requests.some(({ path }) => path === '/api/of-ann'))
    await signIn('bob')
    await call
    return server.requests.filter(({ path }) => path === '/api/of-ann').map(({ user }) => user)
  }
  expect(await both(observe, interceptorQueue)).toEqual({ naive: ['ann', 'bob'], ours: ['ann'] })
})

test('G15 a failure that may pass does not sign the user out', async () => {
  const observe = async (attach: Attach) => {
    const { api, server, client, signOuts } = await world(attach)
    server.orders.failRefresh({ status: 503, times: 3 })
    server.orders.expireNow()
    await endOf(api.get('/thing'))
    server.orders.clear()
    return [signOuts(), client.tokens() !== undefined]
  }
  expect(await both(observe, interceptorQueue)).toEqual({ naive: [1, false], ours: [0, true] })
})

test('G26 what an interceptor of the app puts before the URL is there once', async () => {
  const observe = async (attach: Attach) => {
    const { api, server } = await world(attach)
    api.interceptors.request.use((config) => {
      config.url = `/v1${config.url ?? ''}`
      return config
    })
    server.orders.expireNow()
    await endOf(api.get('/thing'))
    return server.requests.filter(({ kind }) => kind === 'api').map(({ path }) => path)
  }
  expect(await both(observe, interceptorQueue)).toEqual({
    naive: ['/api/v1/thing', '/api/v1/v1/thing'],
    ours: ['/api/v1/thing', '/api/v1/thing'],
  })
})

test('G1 many at once with a rotating token do not cost the session', async () => {
  const observe = async (attach: Attach) => {
    const { api, server } = await world(attach, { server: { latency: { refresh: 5 } } })
    server.orders.expireNow()
    await Promise.all(times(5, () => endOf(api.get('/thing'))))
    return [server.counts.refreshes, server.counts.familiesRevoked]
  }
  expect(await both(observe, mixesFields)).toEqual({ naive: [5, 1], ours: [1, 0] })
})
