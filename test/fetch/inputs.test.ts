import { expect, test, vi } from 'vitest'
import { errorOf } from '../contract/stage.js'
import { carriers, holdingWorld, signedIn, world } from './scene.js'
import { turnsAwayTheFirst } from './server.js'

interface Echo {
  readonly method: string
  readonly url: string
  readonly body: string
  readonly token: string
}

const echo = async (response: Response): Promise<Echo> => (await response.json()) as Echo

const inputs: Readonly<Record<string, (url: string) => string | URL | Request>> = {
  'a string': (url) => url,
  'a URL object': (url) => new URL(url),
  'an object that prints as a URL': (url) => ({ toString: () => url }) as unknown as string,
  'a Request': (url) => new Request(url),
}

for (const [carrier, options] of Object.entries(carriers)) {
  test.each(Object.entries(inputs))(
    `with ${carrier}, %s is sent, turned away and replayed`,
    async (_kind, make) => {
      const { api, url, server } = await world(turnsAwayTheFirst, options)
      const answer = await echo(await api(make(`${url}/thing?a=1&b=%20#part`)))
      expect(answer).toMatchObject({ method: 'GET', url: '/thing?a=1&b=%20', token: 'second' })
      expect(server.requests).toHaveLength(2)
    },
  )
}

test('a URL object that the caller changes afterwards is sent as it was', async () => {
  const { api, url, sent, open } = await holdingWorld()
  const place = new URL(`${url}/as-given`)
  const call = api(place)
  place.pathname = '/changed'
  await open()
  expect((await echo(await call)).url).toBe('/as-given')
  expect(sent('/as-given')).toHaveLength(1)
})

const wrong: Readonly<Record<string, readonly [input: unknown, init?: unknown]>> = {
  'a URL that is none': ['http://[broken'],
  'a relative URL in Node': ['/thing'],
  nothing: [undefined],
  'a symbol': [Symbol('no')],
  'an object that cannot be printed': [Object.create(null)],
  'a URL with a user name': ['http://ann:pass@127.0.0.1/'],
  'a method that is none': ['http://127.0.0.1:1/', { method: 'A B' }],
  'a forbidden method': ['http://127.0.0.1:1/', { method: 'TRACE' }],
  'a GET with a body': ['http://127.0.0.1:1/', { body: 'text' }],
  'a header that is none': ['http://127.0.0.1:1/', { headers: { 'a b': 'c' } }],
  'headers that are no pairs': ['http://127.0.0.1:1/', { headers: [['a']] }],
  'headers that are text': ['http://127.0.0.1:1/', { headers: 'a: b' }],
  'a header with a line break': ['http://127.0.0.1:1/', { headers: { a: 'b\r\nc: d' } }],
  'a signal that is none': ['http://127.0.0.1:1/', { signal: {} }],
  'an init that throws': [
    'http://127.0.0.1:1/',
    {
      get method() {
        throw new TypeError('thrown')
      },
    },
  ],
}

test.each(Object.entries(wrong))(
  '%s is rejected with the TypeError of the platform, and never throws at once',
  async (_what, [input, init]) => {
    const { api } = await signedIn({ origins: ['http://127.0.0.1:1'] })
    let call: Promise<Response> | undefined
    expect(() => {
      call = api(input as string, init as RequestInit)
    }).not.toThrow()
    expect(call).toBeInstanceOf(Promise)
    const error = await errorOf(call as Promise<Response>)
    const theirs = await errorOf(fetch(input as string, init as RequestInit))
    expect(error).toBeInstanceOf(TypeError)
    expect(theirs).toBeInstanceOf(TypeError)
  },
)

test('a fetch that throws at once makes a rejection, whoever the request is for', async () => {
  const { api } = await signedIn({
    origins: ['http://127.0.0.1:1'],
    fetch: () => {
      throw new TypeError('thrown at once')
    },
  })
  for (const url of ['http://127.0.0.1:1/ours', 'http://127.0.0.1:2/others']) {
    expect(await errorOf(api(url))).toMatchObject({ message: 'thrown at once' })
  }
})

test('what the platform alone knows of goes along, both times', async () => {
  const statuses = [401, 200]
  const send = vi.fn<typeof fetch>(() =>
    Promise.resolve(new Response('', { status: statuses.shift() ?? 500 })),
  )
  const { api } = await signedIn({ origins: ['https://api.example.com'], fetch: send })
  const init = {
    cache: 'no-store',
    credentials: 'include',
    integrity: '',
    keepalive: true,
    mode: 'cors',
    next: { revalidate: 60 },
    priority: 'high',
    redirect: 'error',
    referrer: 'about:client',
    referrerPolicy: 'no-referrer',
  } as RequestInit
  const kept = structuredClone(init)
  await api('https://api.example.com/thing', init)
  expect(send).toHaveBeenCalledTimes(2)
  for (const [, sent] of send.mock.calls) expect(sent).toMatchObject(kept)
  expect(init).toEqual(kept)
})

test('the option of ours does not reach the fetch below', async () => {
  const send = vi.fn<typeof fetch>(() => Promise.resolve(new Response('')))
  const { api } = await signedIn({ origins: ['https://api.example.com'], fetch: send })
  await api('https://api.example.com/thing', { session: { replay: false } })
  await api('https://api.example.com/thing', { session: false })
  expect(send).toHaveBeenCalledTimes(2)
  for (const [, sent] of send.mock.calls) expect(sent).not.toHaveProperty('session')
})
