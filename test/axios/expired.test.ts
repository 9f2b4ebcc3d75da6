import type { Readable } from 'node:stream'
import { expect, test, vi } from 'vitest'
import type { AxiosRequestConfig, AxiosResponse } from 'axios'
import { errorOf } from '../contract/stage.js'
import { bearer, echoOf, nodeAdapters, scene, xToken } from './scene.js'

const settings: Readonly<Record<string, AxiosRequestConfig>> = {
  'as usual': {},
  'with validateStatus: () => true': { validateStatus: () => true },
  'with responseType json': { responseType: 'json' },
  'with validateStatus: null': { validateStatus: null },
}

for (const adapter of nodeAdapters) {
  test.each(Object.entries(settings))(
    `on the ${adapter} adapter, expired sees parsed data of a 200, %s`,
    async (_how, config) => {
      const { api, server } = await scene({ protocol: xToken, config: { adapter, ...config } })
      server.orders.expireNow()
      const answer = await api.get('/thing')
      expect(answer.data).toMatchObject({ code: 0, data: { generation: 2 } })
      expect(server.counts).toMatchObject({ refreshes: 1, turnedAway: 1 })
    },
  )

  test.each(Object.entries(settings))(
    `on the ${adapter} adapter, a 401 is expired %s`,
    async (_how, config) => {
      const { api, server } = await scene({ config: { adapter, ...config } })
      server.orders.expireNow()
      expect(echoOf(await api.get('/thing')).generation).toBe(2)
    },
  )

  test(`on the ${adapter} adapter, a streamed 401 is let go of, and the stream of the replay is whole`, async () => {
    const { api, server } = await scene({ config: { adapter, responseType: 'stream' } })
    server.orders.expireNow()
    const { data } = await api.get<AsyncIterable<Uint8Array>>('/stream')
    const parts: string[] = []
    for await (const part of data) parts.push(new TextDecoder().decode(part))
    expect(parts.join('')).toBe('first\nsecond\nthird\n')
    expect(server.counts).toMatchObject({ refreshes: 1, turnedAway: 1 })
  })
}

/** Whether nobody will ever get anything more out of a stream, of either kind. */
async function isLetGo(stream: Readable | ReadableStream): Promise<boolean> {
  if ('destroyed' in stream) return stream.destroyed
  return (await stream.getReader().read()).done
}

test.each(nodeAdapters)(
  'on the %s adapter, the stream of an answer that is not handed over holds no connection',
  async (adapter) => {
    const seen: (Readable | ReadableStream)[] = []
    const { api, server } = await scene({
      config: { adapter, responseType: 'stream' },
      attach: {
        expired({ status, data }) {
          if (status === 401) seen.push(data as Readable | ReadableStream)
          return status === 401
        },
      },
    })
    server.orders.expireNow()
    await api.get('/thing')
    expect(await Promise.all(seen.map(isLetGo))).toEqual([true])
  },
)

test('expired sees text where the app asked for text', async () => {
  const expired = (response: AxiosResponse<unknown>): boolean =>
    (JSON.parse(String(response.data)) as { code: number }).code === 1234
  const { api, server } = await scene({
    protocol: xToken,
    // By default axios parses JSON all the same.
    config: { responseType: 'text', transformResponse: (data: unknown) => data },
    attach: { expired },
  })
  server.orders.expireNow()
  expect((await api.get<string>('/thing')).data).toContain('"generation":2')
})

test('expired sees bytes where the app asked for bytes', async () => {
  const { api, server } = await scene({
    config: { responseType: 'arraybuffer' },
    attach: {
      expired: ({ status, data }) => status === 401 && (data as Buffer).includes('invalid_token'),
    },
  })
  server.orders.expireNow()
  expect((await api.get<Buffer>('/thing')).data.toString()).toContain('"generation":2')
})

test('expired is asked once for each attempt, and never for a request that carried no token', async () => {
  const asked: number[] = []
  const { api, server, session } = await scene({
    attach: {
      expired: ({ status }) => {
        asked.push(status)
        return status === 401
      },
    },
  })
  server.orders.expireNow()
  await api.get('/thing')
  expect(asked).toEqual([401, 200])
  await errorOf(api.get('/thing', { session: false }))
  await session.signOut()
  await errorOf(api.get('/thing'))
  expect(asked).toEqual([401, 200])
})

test('expired may name other statuses than 401, and then a 401 is an answer like any other', async () => {
  const { api, server } = await scene({ attach: { expired: ({ status }) => status === 419 } })
  expect(await errorOf(api.get('/always-401'))).toMatchObject({ response: { status: 401 } })
  expect(server.counts.refreshes).toBe(0)
  server.orders.failApi({ status: 419 })
  expect(echoOf(await api.get('/thing')).generation).toBe(2)
})

test('G13 an expired that throws is shown, and the answer is handed over', async () => {
  const shown = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const { api, server } = await scene({
    attach: {
      expired: () => {
        throw new Error('broken')
      },
    },
  })
  expect(echoOf(await api.get('/thing')).user).toBe('ann')
  expect(await errorOf(api.get('/always-401'))).toMatchObject({ response: { status: 401 } })
  expect(server.counts.refreshes).toBe(0)
  expect(shown).toHaveBeenCalledTimes(2)
})

test('G28 an error without a response is never asked about', async () => {
  const expired = vi.fn(() => true)
  const { api, server, received } = await scene({ attach: { expired } })
  server.orders.dropApi()
  await errorOf(api.get('/thing'))
  expect(expired).not.toHaveBeenCalled()
  expect(received()).toHaveLength(1)
})

test('a stream that the app asked for and got at once is not read by us', async () => {
  const { api } = await scene({ protocol: bearer, config: { responseType: 'stream' } })
  const { data } = await api.get<Readable>('/stream')
  expect(data.readableFlowing).toBeNull()
  data.destroy()
})
