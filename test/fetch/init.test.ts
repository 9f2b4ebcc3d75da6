import { expect, onTestFinished, test, vi } from 'vitest'
import { Agent } from 'undici'
import { errorOf } from '../contract/stage.js'
import { carriers, holdingWorld, signedIn, world } from './scene.js'

const post = (url: string): Request =>
  new Request(`${url}/thing`, {
    method: 'POST',
    headers: { 'X-Of': 'request', 'X-Request-Id': 'r-1' },
    body: 'of the request',
  })

/** What init says over a Request, and what is then sent: the platform knows best. */
const overrides: Readonly<Record<string, () => RequestInit>> = {
  'its method': () => ({ method: 'PUT' }),
  'its method, in small letters': () => ({ method: 'put' }),
  'its headers': () => ({ headers: { 'X-Of': 'init' } }),
  'its headers, with none': () => ({ headers: {} }),
  'its body': () => ({ body: 'of the init' }),
  'its body, with a form': () => ({ body: new URLSearchParams({ of: 'init' }) }),
  'its body, with nothing': () => ({ body: null }),
  'its signal, with none': () => ({ signal: null }),
  'everything, with undefined': () =>
    ({
      body: undefined,
      headers: undefined,
      method: undefined,
      redirect: undefined,
      signal: undefined,
    }) as unknown as RequestInit,
  nothing: () => ({}),
}

for (const [carrier, options] of Object.entries(carriers)) {
  test.each(Object.entries(overrides))(
    `with ${carrier}, init overrides of a Request %s as it does for the platform, both times`,
    async (_what, init) => {
      const { api, url, server } = await world(undefined, options)
      await fetch(post(url), init())
      await api(post(url), init())
      const sent = server.requests.map(({ method, headers, body }) => {
        const { authorization: _one, 'x-token': _other, ...rest } = headers
        return { method, headers: rest, body: body.toString() }
      })
      expect(sent).toHaveLength(3)
      expect(sent[1]).toEqual(sent[0])
      expect(sent[2]).toEqual(sent[0])
    },
  )

  test(`with ${carrier}, a Request with a body cannot be made a GET, as with any fetch`, async () => {
    const { api, url, server } = await world(undefined, options)
    expect(await errorOf(fetch(post(url), { method: 'GET' }))).toBeInstanceOf(TypeError)
    expect(await errorOf(api(post(url), { method: 'GET' }))).toBeInstanceOf(TypeError)
    expect(server.requests).toEqual([])
  })

  test(`with ${carrier}, init may be a Request itself`, async () => {
    const { api, url, server, refreshes } = await world(undefined, options)
    const init = post('http://127.0.0.1:1') as unknown as RequestInit
    // As init, its body is a stream, which can be sent once only.
    expect((await api(`${url}/other`, init)).status).toBe(401)
    expect(refreshes()).toBe(1)
    const [sent, ...more] = server.requests
    expect(more).toEqual([])
    expect(sent).toMatchObject({ method: 'POST', url: '/other', headers: { 'x-of': 'request' } })
    expect(sent?.body.toString()).toBe('of the request')
  })
}

test('init may inherit what it says', async () => {
  const { api, url, server } = await world()
  const init = Object.create({ method: 'PUT', body: 'inherited', session: { replay: false } }) as {
    headers?: object
  }
  init.headers = { 'X-Own': 'own' }
  const answer = await api(`${url}/thing`, init as RequestInit)
  expect(answer.status).toBe(401)
  expect(server.requests).toHaveLength(1)
  expect(server.requests[0]).toMatchObject({ method: 'PUT', headers: { 'x-own': 'own' } })
  expect(server.requests[0]?.body.toString()).toBe('inherited')
})

test('init may be an object of a class, whose members are getters', async () => {
  class Init {
    get method(): string {
      return 'PUT'
    }
    get body(): string {
      return 'of a class'
    }
  }
  const { api, url, server } = await world()
  await fetch(`${url}/thing`, new Init())
  await api(`${url}/thing`, new Init())
  const sent = server.requests.map(({ method, body }) => [method, body.toString()])
  expect(sent).toEqual([
    ['PUT', 'of a class'],
    ['PUT', 'of a class'],
    ['PUT', 'of a class'],
  ])
})

test('init of null or undefined is none', async () => {
  const { api, url } = await world()
  for (const init of [null, undefined]) {
    expect((await api(`${url}/thing`, init as unknown as RequestInit)).status).toBe(200)
  }
})

test('init is left as it was, and may be frozen', async () => {
  const { api, url, server } = await world()
  const headers = Object.freeze({ 'X-Own': 'own' })
  const init = Object.freeze({ method: 'POST', body: 'text', headers, session: {} })
  expect((await api(`${url}/thing`, init)).status).toBe(200)
  expect(init).toEqual({ method: 'POST', body: 'text', headers, session: {} })
  expect(server.requests).toHaveLength(2)
})

test('what the caller changes in init afterwards changes neither a held request nor its replay', async () => {
  const { api, url, sent, open } = await holdingWorld()
  const init: RequestInit & { session?: false } = {
    method: 'POST',
    body: 'as given',
    headers: { 'X-Own': 'as given' },
  }
  const call = api(`${url}/thing`, init)
  init.method = 'DELETE'
  init.body = 'changed'
  init.headers = { 'X-Own': 'changed' }
  init.session = false
  await open()
  await call
  expect(sent('/thing')).toHaveLength(1)
  expect(sent('/thing')[0]).toMatchObject({ method: 'POST', headers: { 'x-own': 'as given' } })
  expect(sent('/thing')[0]?.body.toString()).toBe('as given')
})

/** What a Request says of itself, and a fetch must know. */
const said = {
  cache: 'no-store',
  credentials: 'include',
  integrity: 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
  keepalive: true,
  mode: 'same-origin',
  redirect: 'error',
  referrer: '',
  referrerPolicy: 'no-referrer',
} as const satisfies RequestInit

for (const [carrier, options] of Object.entries(carriers)) {
  test.each(Object.entries(said))(
    `with ${carrier}, what a Request says of %s is said to the platform, both times`,
    async (key, value) => {
      const statuses = [401, 200]
      const send = vi.fn<typeof fetch>(() =>
        Promise.resolve(new Response('', { status: statuses.shift() ?? 500 })),
      )
      const origins = ['https://api.example.com']
      const { api } = await signedIn({ origins, fetch: send, ...options })
      // As clients call it, which hand on what they were not given.
      const init = { signal: undefined } as unknown as RequestInit
      await api(new Request('https://api.example.com/thing', { [key]: value }), init)
      expect(send).toHaveBeenCalledTimes(2)
      // What the platform makes of it: an init that is not empty takes the referrer off, for one.
      const heard = send.mock.calls.map((call) => new Request(...call) as unknown as typeof said)
      expect(heard.map((request) => request[key as keyof typeof said])).toEqual([value, value])
    },
  )

  test(`with ${carrier}, what belongs to a Request and cannot be read there is not lost`, async () => {
    const { api, url, server } = await world(undefined, options)
    const used: string[] = []
    const agent = new Agent()
    onTestFinished(() => agent.destroy())
    const dispatcher = agent.compose((dispatch) => (request, handler) => {
      used.push(request.path)
      return dispatch(request, handler)
    })
    await api(new Request(`${url}/thing`, { dispatcher } as unknown as RequestInit))
    expect(used).toEqual(['/thing', '/thing'])
    expect(server.requests).toHaveLength(2)
  })
}
