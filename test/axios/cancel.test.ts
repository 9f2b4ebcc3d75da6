import { expect, test } from 'vitest'
import axios from 'axios'
import type { AxiosRequestConfig } from 'axios'
import { breathe, errorOf, until } from '../contract/stage.js'
import { echoOf, nodeAdapters, scene } from './scene.js'

interface Canceller {
  readonly config: AxiosRequestConfig
  cancel(): void
}

const cancellers: Readonly<Record<string, () => Canceller>> = {
  'a CancelToken': () => {
    const source = axios.CancelToken.source()
    return { config: { cancelToken: source.token }, cancel: () => source.cancel() }
  },
  'a CancelToken beside a signal': () => {
    const source = axios.CancelToken.source()
    const { signal } = new AbortController()
    return { config: { cancelToken: source.token, signal }, cancel: () => source.cancel() }
  },
  'a signal': () => {
    const controller = new AbortController()
    return { config: { signal: controller.signal }, cancel: () => controller.abort() }
  },
  'a signal beside a CancelToken': () => {
    const controller = new AbortController()
    const { token } = axios.CancelToken.source()
    return {
      config: { cancelToken: token, signal: controller.signal },
      cancel: () => controller.abort(),
    }
  },
}

for (const adapter of nodeAdapters) {
  const cases = Object.entries(cancellers)

  test.each(cases)(
    `G12 on the ${adapter} adapter, %s ends a request that is held`,
    async (_how, make) => {
      const { config, cancel } = make()
      const set = await scene({ config: { adapter } })
      const { api, clock, received, session } = set
      const release = set.holdRefresh()
      await clock.advance(60_000)
      const other = api.get('/other')
      const call = errorOf(api.get('/thing', config))
      await until(set.isRefreshHeld)
      cancel()
      expect(axios.isCancel(await call)).toBe(true)
      expect(session.status).toBe('refreshing')
      release()
      expect(echoOf(await other).generation).toBe(2)
      expect(received('/thing')).toEqual([])
    },
  )

  test.each(cases)(
    `G12 on the ${adapter} adapter, %s ends a request that was turned away`,
    async (_how, make) => {
      const { config, cancel } = make()
      const set = await scene({ config: { adapter } })
      const { api, server, received } = set
      set.holdRefresh()
      server.orders.expireNow()
      const call = errorOf(api.get('/thing', config))
      await until(set.isRefreshHeld)
      cancel()
      expect(axios.isCancel(await call)).toBe(true)
      expect(received('/thing')).toHaveLength(1)
    },
  )

  test.each(cases)(
    `G12 on the ${adapter} adapter, %s ends a request in flight`,
    async (_how, make) => {
      const { config, cancel } = make()
      const { api, received } = await scene({ config: { adapter } })
      const call = errorOf(api.get('/never', config))
      await until(() => received().length === 1)
      cancel()
      expect(axios.isCancel(await call)).toBe(true)
    },
  )

  test.each(cases)(
    `G12 on the ${adapter} adapter, %s that was used before sends nothing`,
    async (_how, make) => {
      const { config, cancel } = make()
      const { api, received } = await scene({ config: { adapter } })
      cancel()
      expect(axios.isCancel(await errorOf(api.get('/thing', config)))).toBe(true)
      expect(received()).toEqual([])
    },
  )
}

test('G12 an abort while an answer is being judged ends the request at once', async () => {
  const controller = new AbortController()
  const { api, server, session, received, holdRefresh } = await scene({
    attach: {
      expired({ status }) {
        if (status === 401) controller.abort()
        return status === 401
      },
    },
  })
  const release = holdRefresh()
  server.orders.expireNow()
  const call = errorOf(api.get('/thing', { signal: controller.signal }))
  // A refresh would hold it for as long as it takes; nobody waits for that.
  const ended = await Promise.race([call, breathe(1_000).then(() => 'waits')])
  expect(axios.isCancel(ended)).toBe(true)
  release()
  expect(received()).toHaveLength(1)
  expect(session.status).toBe('active')
})

test('a cancelled request says so as axios does: code, name and config', async () => {
  const { api, clock, holdRefresh, isRefreshHeld } = await scene()
  const controller = new AbortController()
  holdRefresh()
  await clock.advance(60_000)
  const call = errorOf(api.get('/thing', { signal: controller.signal }))
  await until(isRefreshHeld)
  controller.abort()
  expect(await call).toMatchObject({
    name: 'CanceledError',
    code: 'ERR_CANCELED',
    message: 'canceled',
    config: { url: '/thing' },
  })
})

test('the message that a CancelToken was cancelled with is kept while a request is held', async () => {
  const { api, clock, holdRefresh, isRefreshHeld } = await scene()
  holdRefresh()
  const source = axios.CancelToken.source()
  await clock.advance(60_000)
  const call = errorOf(api.get('/thing', { cancelToken: source.token }))
  await until(isRefreshHeld)
  source.cancel('the user left')
  expect(await call).toMatchObject({ message: 'the user left' })
})

test('a signal that outlives its requests keeps none of them', async () => {
  const { api, clock, server } = await scene()
  const controller = new AbortController()
  const { signal } = controller
  let listeners = 0
  const { addEventListener, removeEventListener } = signal
  signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    listeners += 1
    addEventListener.apply(signal, args)
  }
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    listeners -= 1
    removeEventListener.apply(signal, args)
  }
  await clock.advance(60_000)
  await api.get('/held', { signal })
  server.orders.expireNow()
  await api.get('/turned-away', { signal })
  expect(listeners).toBe(0)
})
