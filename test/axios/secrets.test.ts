import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import axios from 'axios'
import type { AxiosAdapter, AxiosError } from 'axios'
import { errorOf, until } from '../contract/stage.js'
import { nodeAdapters, scene, xToken } from './scene.js'
import type { Scene, SceneOptions } from './scene.js'

/** What logs and error trackers make of an error. */
const shown = (error: unknown): string =>
  [
    serialised(error),
    inspect(error, { depth: 10, maxStringLength: null, maxArrayLength: null }),
    (error as Error).stack,
  ].join('\n')

function serialised(error: unknown): string {
  try {
    return JSON.stringify(error)
  } catch (failure) {
    // axios' own: on its fetch adapter a CancelToken's reason leads to the config, which leads to it.
    expect(failure).toBeInstanceOf(RangeError)
    return ''
  }
}

type Fail = (set: Scene) => Promise<unknown>

const failures: Readonly<Record<string, Fail>> = {
  'a status': ({ api, server }) => {
    server.orders.failApi({ status: 500 })
    return api.post('/thing', { a: 1 })
  },
  'a status whose body was asked for as a stream': ({ api, server }) => {
    server.orders.failApi({ status: 500, body: 'sorry' })
    return api.get('/thing', { responseType: 'stream' })
  },
  'a connection that was cut': ({ api, server }) => {
    server.orders.dropApi()
    return api.get('/thing')
  },
  'a timeout': ({ api }) => api.get('/never', { timeout: 10 }),
  'an answer that is too long': ({ api }) => api.get('/thing', { maxContentLength: 5 }),
  'an abort in flight': ({ api, received }) => {
    const controller = new AbortController()
    void until(() => received().length === 1).then(() => controller.abort())
    return api.get('/never', { signal: controller.signal })
  },
  'a CancelToken in flight': ({ api, received }) => {
    const source = axios.CancelToken.source()
    void until(() => received().length === 1).then(() => source.cancel('no more'))
    return api.get('/never', { cancelToken: source.token })
  },
  'too many redirects': ({ api, server, protocol }) => {
    const to = `${server.url}${protocol.api}/redirect`
    return api.get('/redirect', { maxRedirects: 2, params: { to: `${to}?to=${to}` } })
  },
  'JSON that cannot be parsed': ({ api, server }) => {
    server.orders.failApi({ status: 200, body: '<html>' })
    return api.get('/thing', {
      responseType: 'json',
      transitional: { silentJSONParsing: false },
    })
  },
  'a transform that throws': ({ api }) =>
    api.get('/thing', {
      transformResponse: () => {
        throw new Error('unreadable')
      },
    }),
}

/** The tokens that an error shows, whole or in part. */
async function leaked(options: SceneOptions, fail: Fail): Promise<string[]> {
  const set = await scene(options)
  const tokens = [set.session.tokens?.accessToken]
  const text = shown(await errorOf(fail(set)))
  tokens.push(set.session.tokens?.accessToken)
  return tokens
    .map((token) => token?.split('_').at(-1) ?? '')
    .filter((random) => text.includes(random.slice(0, 10)) || text.includes(random.slice(-10)))
}

for (const adapter of nodeAdapters) {
  for (const [what, fail] of Object.entries(failures)) {
    test(`G40 on the ${adapter} adapter, an error by ${what} shows no token`, async () => {
      expect(await leaked({ config: { adapter } }, fail)).toEqual([])
      expect(await leaked({ config: { adapter }, protocol: xToken }, fail)).toEqual([])
    })
  }
}

test.each(nodeAdapters)(
  'G40 on the %s adapter, a replay that is turned down shows no token',
  async (adapter) => {
    const fail: Fail = ({ api }) => api.get('/always-401')
    expect(await leaked({ config: { adapter } }, fail)).toEqual([])
  },
)

test('G40 an error of a custom adapter that made a config of its own shows no token', async () => {
  const adapter: AxiosAdapter = async (config) => axios.getAdapter('http')({ ...config })
  const fail: Fail = ({ api, server }) => {
    server.orders.failApi({ status: 500 })
    return api.get('/thing')
  }
  expect(await leaked({ config: { adapter } }, fail)).toEqual([])
})

test('G40 what hangs on an error is still there for who asks for it', async () => {
  const { api, server } = await scene()
  server.orders.failApi({ status: 500 })
  const error = (await errorOf(api.get('/thing'))) as AxiosError
  expect(error.request).toMatchObject({ method: 'GET' })
  expect(error.response?.request).toMatchObject({ method: 'GET' })
  expect(error.response?.status).toBe(500)
  expect(error.config).toMatchObject({ url: '/thing' })
})

test('G40 the response on a SessionEndedError is there, and is not shown', async () => {
  const { api, server } = await scene()
  server.orders.refuseRefresh()
  server.orders.expireNow()
  const error = (await errorOf(api.get('/thing'))) as { response?: { status: number } }
  expect(error.response?.status).toBe(401)
  expect(Object.keys(error)).not.toContain('response')
})
