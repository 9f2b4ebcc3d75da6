import { expect, test } from 'vitest'
import type { AxiosInstance, InternalAxiosRequestConfig } from 'axios'
import { errorOf } from '../contract/stage.js'
import { echoOf, scene } from './scene.js'
import type { Scene } from './scene.js'

type Install = (api: AxiosInstance, log: string[]) => void

const aTurn = (): Promise<void> => new Promise((done) => setImmediate(done))

const request: Readonly<Record<string, Install>> = {
  'a synchronous request interceptor': (api, log) => {
    const run = (config: InternalAxiosRequestConfig) => {
      log.push('request')
      config.url = `/v1${config.url ?? ''}`
      return config
    }
    api.interceptors.request.use(run, undefined, { synchronous: true })
  },
  'a request interceptor': (api, log) => {
    api.interceptors.request.use((config) => {
      log.push('request')
      config.url = `/v1${config.url ?? ''}`
      return config
    })
  },
  'an async request interceptor': (api, log) => {
    api.interceptors.request.use(async (config) => {
      await aTurn()
      log.push('request')
      config.url = `/v1${config.url ?? ''}`
      return config
    })
  },
  'a request interceptor that makes a new config': (api, log) => {
    api.interceptors.request.use((config) => {
      log.push('request')
      return { ...config, url: `/v1${config.url ?? ''}` }
    })
  },
}

const response: Readonly<Record<string, Install>> = {
  'a response interceptor': (api, log) => {
    api.interceptors.response.use(
      (answer) => {
        log.push(`response ${answer.status}`)
        return answer
      },
      (error: { response?: { status: number } }) => {
        log.push(`error ${error.response?.status ?? ''}`)
        throw error
      },
    )
  },
  'an async response interceptor': (api, log) => {
    api.interceptors.response.use(
      async (answer) => {
        await aTurn()
        log.push(`response ${answer.status}`)
        return answer
      },
      async (error: { response?: { status: number } }) => {
        await aTurn()
        log.push(`error ${error.response?.status ?? ''}`)
        throw error
      },
    )
  },
}

const places = ['before', 'after'] as const

async function withInterceptor(install: Install, place: 'before' | 'after') {
  const log: string[] = []
  const set = await scene({
    before(api) {
      if (place === 'before') install(api, log)
    },
  })
  if (place === 'after') install(set.api, log)
  return { ...set, log }
}

const cases = (installs: Readonly<Record<string, Install>>) =>
  Object.entries(installs).flatMap(([what, install]) =>
    places.map((place) => [what, place, install] as const),
  )

test.each(cases(request))(
  'G26 %s registered %s attaching runs once for a request that is replayed',
  async (_what, place, install) => {
    const { api, server, log, received } = await withInterceptor(install, place)
    server.orders.expireNow()
    expect(echoOf(await api.get('/thing')).path).toBe('/api/v1/thing')
    expect(log).toEqual(['request'])
    expect(received().map(({ path }) => path)).toEqual(['/api/v1/thing', '/api/v1/thing'])
  },
)

test.each(cases(response))(
  'G26 %s registered %s attaching sees the answer that counts, once',
  async (_what, place, install) => {
    const { api, server, log } = await withInterceptor(install, place)
    server.orders.expireNow()
    await api.get('/thing')
    await errorOf(api.get('/always-401'))
    await errorOf(api.get('/forbidden'))
    expect(log).toEqual(['response 200', 'error 401', 'error 403'])
  },
)

test('a header that an interceptor adds is on both attempts, and made once', async () => {
  let count = 0
  const { api, server } = await scene({
    before(instance) {
      instance.interceptors.request.use((config) => {
        config.headers.set('X-Request-Id', `r-${(count += 1)}`)
        return config
      })
    },
  })
  server.orders.expireNow()
  expect(echoOf(await api.get('/thing')).headers['x-request-id']).toBe('r-1')
})

test('an interceptor may say that a request is not ours', async () => {
  const { api, received } = await scene({
    before(instance) {
      instance.interceptors.request.use((config) => ({ ...config, session: false }))
    },
  })
  expect(await errorOf(api.get('/thing'))).toMatchObject({ response: { status: 401 } })
  expect(received()).toMatchObject([{ credentials: [] }])
})

test('an interceptor that throws sends nothing and leaves the session alone', async () => {
  const { api, received, session } = await scene()
  const interceptor = api.interceptors.request.use(() => {
    throw new Error('no')
  })
  expect(await errorOf(api.get('/thing'))).toMatchObject({ message: 'no' })
  api.interceptors.request.eject(interceptor)
  await api.get('/thing')
  expect(received()).toHaveLength(1)
  expect(session.status).toBe('active')
})

/** Puts in an adapter that turns the first request away, and notes what was sent. */
const withAdapter =
  (sent: unknown[]): Install =>
  (api) => {
    api.interceptors.request.use((config) => {
      config.adapter = (own) => {
        sent.push(own.headers.get('Authorization'))
        const status = sent.length === 1 ? 401 : 200
        return Promise.resolve({ data: '', status, statusText: '', headers: {}, config: own })
      }
      return config
    })
  }

test('an adapter that a later interceptor puts in is signed and replayed too', async () => {
  const sent: unknown[] = []
  const { api, session } = await withInterceptor(withAdapter(sent), 'after')
  const first = `Bearer ${session.tokens?.accessToken ?? ''}`
  await api.get('/thing')
  expect(sent).toEqual([first, `Bearer ${session.tokens?.accessToken ?? ''}`])
  expect(sent[1]).not.toBe(first)
})

test('an adapter that an earlier interceptor puts in comes after ours, and is used as it is', async () => {
  const sent: unknown[] = []
  const { api, server } = await withInterceptor(withAdapter(sent), 'before')
  expect((await api.get('/thing')).status).toBe(401)
  expect(sent).toEqual([undefined])
  expect(server.counts.refreshes).toBe(0)
})

test('a request belongs to who was signed in when it was made, however long its interceptors take', async () => {
  let go: (() => void) | undefined
  const set: Scene = await scene({
    before(instance) {
      instance.interceptors.request.use(async (config) => {
        await new Promise<void>((resolve) => (go = resolve))
        return config
      })
    },
  })
  const { api, server, session, protocol, received } = set
  const call = errorOf(api.post('/of-ann', { a: 1 }))
  await session.signIn(await protocol.signIn(server, 'bob'))
  go?.()
  expect(await call).toMatchObject({ code: 'session-ended', reason: 'replaced' })
  expect(received()).toEqual([])
})
