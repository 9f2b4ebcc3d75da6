import { expect, test, vi } from 'vitest'
import type { AxiosResponseTransformer } from 'axios'
import { errorOf } from '../contract/stage.js'
import { bearer, echoOf, nodeAdapters, scene, xToken } from './scene.js'

test.each(nodeAdapters)('G26 transformRequest runs once on the %s adapter', async (adapter) => {
  let count = 0
  const { api, server } = await scene({
    config: {
      adapter,
      transformRequest: (data: unknown, headers) => {
        headers.setContentType('application/json')
        return JSON.stringify({ data, count: (count += 1) })
      },
    },
  })
  server.orders.expireNow()
  const { body, generation } = echoOf(await api.post('/thing', { a: 1 }))
  expect(JSON.parse(body)).toEqual({ data: { a: 1 }, count: 1 })
  expect(generation).toBe(2)
  expect(count).toBe(1)
})

test.each([bearer, xToken].map((protocol) => [protocol.name, protocol] as const))(
  'G26 transformResponse runs once for each response: %s',
  async (_name, protocol) => {
    const seen: unknown[] = []
    const transform: AxiosResponseTransformer = function (data: unknown) {
      seen.push(data)
      return { wrapped: JSON.parse(String(data)) as unknown }
    }
    const { api, server } = await scene({
      protocol,
      config: { transformResponse: transform },
      attach:
        protocol === xToken
          ? { expired: ({ data }) => (data as { wrapped: { code: number } }).wrapped.code === 1234 }
          : {},
    })
    const live = await api.get('/thing')
    expect(seen).toHaveLength(1)
    expect(live.data).toEqual({ wrapped: JSON.parse(String(seen[0])) as unknown })
    server.orders.expireNow()
    const replayed = await api.get('/thing')
    expect(seen).toHaveLength(3)
    expect(replayed.data).toEqual({ wrapped: JSON.parse(String(seen[2])) as unknown })
  },
)

test('the answer of a replay that is turned down again is transformed once', async () => {
  let count = 0
  const { api } = await scene({
    config: { transformResponse: (data: unknown) => ({ data, count: (count += 1) }) },
  })
  const error = await errorOf(api.get('/always-401'))
  expect(error).toMatchObject({ response: { status: 401, data: { count: 2 } } })
})

test('a transform sees config, headers and status as without us', async () => {
  const seen: unknown[] = []
  const transform: AxiosResponseTransformer = function (data: unknown, headers, status) {
    seen.push([
      this.url,
      this.headers.get('Authorization'),
      String(headers['content-type']),
      status,
    ])
    return data
  }
  const { api, server } = await scene({ config: { transformResponse: transform } })
  server.orders.expireNow()
  await api.get('/thing')
  expect(seen).toEqual([
    ['/thing', undefined, 'application/json', 401],
    ['/thing', undefined, 'application/json', 200],
  ])
})

test('a 401 is expired also where a transform cannot read it', async () => {
  const silent = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const { api, server } = await scene({
    config: { transformResponse: (data: string) => JSON.parse(data) as unknown },
  })
  // No body: `JSON.parse` throws.
  server.orders.failApi({ status: 401 })
  expect(echoOf(await api.get('/thing')).generation).toBe(2)
  expect(server.counts.refreshes).toBe(1)
  expect(silent).not.toHaveBeenCalled()
})

test.each([bearer, xToken].map((protocol) => [protocol.name, protocol] as const))(
  'what a transform throws reaches the caller as without us: %s',
  async (_name, protocol) => {
    const silent = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const { api } = await scene({
      protocol,
      config: {
        transformResponse: () => {
          throw new RangeError('unreadable')
        },
      },
    })
    expect(await errorOf(api.get('/thing'))).toMatchObject({ message: 'unreadable' })
    expect(silent).not.toHaveBeenCalled()
  },
)

test('what a response and an error show as their config has the transforms of the caller', async () => {
  const transform: AxiosResponseTransformer = (data: unknown) => data
  const { api, server } = await scene({ config: { transformResponse: transform } })
  server.orders.expireNow()
  const { config } = await api.get('/thing')
  expect(config.transformResponse).toBe(transform)
  const error = await errorOf(api.get('/always-401'))
  expect(error).toMatchObject({ config: { transformResponse: transform } })
})
