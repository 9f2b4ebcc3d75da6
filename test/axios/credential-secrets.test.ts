import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import axios from 'axios'
import type { Credential } from 'unexpired'
import { startRecorder } from '../contract/recorder.js'
import { errorOf, until } from '../contract/stage.js'
import { nodeAdapters, scene } from './scene.js'
import type { Scene } from './scene.js'

const mark = 'sig-canary'

const credential: Credential = ({ headers, url }) => ({
  ...headers,
  'X-Signature': `${mark}-${url.length}`,
  DPoP: `${mark}-dpop`,
})

type Fail = (set: Scene) => Promise<unknown>

const failures: Readonly<Record<string, Fail>> = {
  'a status': ({ api, server }) => {
    server.orders.failApi({ status: 500 })
    return api.post('/thing', { a: 1 })
  },
  'a status whose body is a stream': ({ api, server }) => {
    server.orders.failApi({ status: 500, body: 'sorry' })
    return api.get('/thing', { responseType: 'stream' })
  },
  'a connection that was cut': ({ api, server }) => {
    server.orders.dropApi()
    return api.get('/thing')
  },
  'a timeout': ({ api }) => api.get('/never', { timeout: 10 }),
  'an abort in flight': ({ api, received }) => {
    const controller = new AbortController()
    void until(() => received().length === 1).then(() => controller.abort())
    return api.get('/never', { signal: controller.signal })
  },
  'a redirect elsewhere': async ({ api }) => {
    const elsewhere = await startRecorder()
    return api.get('/redirect', { params: { to: elsewhere.url } })
  },
  'too many redirects': ({ api, server }) => {
    const to = `${server.url}/api/redirect`
    return api.get('/redirect', { maxRedirects: 2, params: { to: `${to}?to=${to}` } })
  },
  'a transform that throws': ({ api }) =>
    api.get('/thing', {
      transformResponse: () => {
        throw new Error('unreadable')
      },
    }),
  'a replay that is turned down': ({ api }) => api.get('/always-401'),
  'a session that has ended': ({ api, server }) => {
    server.orders.refuseRefresh()
    server.orders.expireNow()
    return api.get('/thing')
  },
  'a custom adapter with a config of its own': ({ api, server }) => {
    server.orders.failApi({ status: 500 })
    return api.get('/thing', { adapter: (config) => axios.getAdapter('http')({ ...config }) })
  },
}

for (const adapter of nodeAdapters) {
  for (const [what, fail] of Object.entries(failures)) {
    test(`G40 on ${adapter}, an error by ${what} shows nothing of the credential`, async () => {
      const set = await scene({ config: { adapter }, session: { credential } })
      const { accessToken = '' } = set.session.tokens ?? {}
      const error = await errorOf(fail(set))
      const depth = { depth: 10, maxStringLength: null, maxArrayLength: null }
      const shown = [JSON.stringify(error), inspect(error, depth), (error as Error).stack].join()
      expect(shown).not.toContain(mark)
      expect(shown).not.toContain(accessToken)
      expect(JSON.stringify(set.session.explain())).not.toContain(mark)
    })
  }

  test(`G40 on ${adapter}, an answer shows nothing of the credential`, async () => {
    const { api } = await scene({ config: { adapter }, session: { credential } })
    const { config, headers, request, status } = await api.get<unknown>('/thing')
    expect(inspect({ config, headers, status }, { depth: 9 })).not.toContain(mark)
    expect(request).toBeTypeOf('object')
  })

  test(`G40 on ${adapter}, a value that no header can carry is not shown`, async () => {
    const { api, received, session } = await scene({
      config: { adapter },
      session: { credential: ({ accessToken }) => ({ 'X-Proof': `${accessToken}\n${mark}` }) },
    })
    const error = await errorOf(api.get('/thing'))
    expect(error).toMatchObject({ code: 'credential-failed' })
    const shown = [JSON.stringify(error), inspect(error, { depth: 10 })].join()
    expect(shown).not.toContain(session.tokens?.accessToken)
    expect(shown).not.toContain(mark)
    expect(received()).toEqual([])
  })
}
