import { expect, test, vi } from 'vitest'
import type { FetchSessionOptions } from 'unexpired/fetch'
import { errorOf } from '../contract/stage.js'
import { carriers, signedIn, world } from './scene.js'
import { serve, turnsAwayTheFirst } from './server.js'

/** Hides a part of a thing, and of its clones, as if the platform did not have it. */
function without<T extends Response | Request>(thing: T, ...parts: (keyof T)[]): T {
  for (const part of parts) {
    Object.defineProperty(thing, part, { value: undefined, configurable: true })
  }
  const clone = thing.clone.bind(thing)
  return Object.defineProperty(thing, 'clone', {
    value: () => without(clone() as T, ...parts),
    configurable: true,
  })
}

/** React Native: bodies are no streams, and of a redirect nothing is said. */
const reactNative: typeof fetch = async (input, init) => {
  const response = await fetch(input, init)
  const { url } = response
  const whole = new Response([204, 304].includes(response.status) ? null : await response.text(), {
    status: response.status,
    headers: response.headers,
  })
  Object.defineProperty(whole, 'url', { value: url })
  return without(whole, 'body', 'redirected', 'type')
}

const byCode: FetchSessionOptions = {
  expired: async (response) => ((await response.json()) as { code?: number }).code === 1234,
}

for (const [carrier, options] of Object.entries(carriers)) {
  test(`without Response.body, with ${carrier}, an answer is turned away by its status and replayed`, async () => {
    const { api, url, refreshes } = await world(undefined, { ...options, fetch: reactNative })
    expect(await (await api(url)).json()).toMatchObject({ token: 'second' })
    expect(refreshes()).toBe(1)
  })

  test(`without Response.body, with ${carrier}, expired reads the body, and the caller reads it again`, async () => {
    const shown = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const more = { ...options, ...byCode, fetch: reactNative }
    const { api, url, refreshes } = await world(undefined, more)
    expect(await (await api(url)).json()).toMatchObject({ token: 'second' })
    expect(refreshes()).toBe(1)
    expect(shown).not.toHaveBeenCalled()
  })
}

test('without Response.body, an answer without a body is not expired, and nothing is logged', async () => {
  const shown = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const { api, url, refreshes } = await world(
    (_request, response) => response.writeHead(204).end(),
    { ...byCode, fetch: reactNative },
  )
  expect((await api(url)).status).toBe(204)
  expect(refreshes()).toBe(0)
  expect(shown).not.toHaveBeenCalled()
})

for (const [carrier, options] of Object.entries(carriers)) {
  test.each(['POST', 'PUT', 'DELETE'])(
    `without Request.body, with ${carrier}, a %s with a body is replayed whole`,
    async (method) => {
      const { api, url, server } = await world(undefined, options)
      const request = without(new Request(url, { method, body: 'text' }), 'body')
      expect((await api(request)).status).toBe(200)
      expect(server.requests.map(({ body }) => body.toString())).toEqual(['text', 'text'])
    },
  )

  test.each(['GET', 'HEAD', 'POST', 'DELETE'])(
    `without Request.body, with ${carrier}, a %s without a body is replayed without one`,
    async (method) => {
      const { api, url, server } = await world(undefined, options)
      const request = without(new Request(url, { method }), 'body')
      expect((await api(request)).status).toBe(200)
      const theirs = await serve(turnsAwayTheFirst)
      await fetch(theirs.url, { method })
      const length = theirs.requests[0]?.headers['content-length']
      expect(
        server.requests.map(({ headers, body }) => [headers['content-length'], body.length]),
      ).toEqual([
        [length, 0],
        [length, 0],
      ])
    },
  )
}

test('without Request.signal a Request is sent and replayed all the same', async () => {
  const { api, url, server } = await world()
  const request = without(new Request(url, { method: 'POST', body: 'text' }), 'signal')
  expect((await api(request)).status).toBe(200)
  expect(server.requests).toHaveLength(2)
})

test('a signal that cannot be listened to does no harm', async () => {
  const { api, url } = await world(undefined, {
    fetch: (input, init) => fetch(input, { ...init, signal: null }),
  })
  const signal = { aborted: false } as AbortSignal
  expect((await api(url, { signal })).status).toBe(200)
})

test('a form that cannot be read, as that of React Native, is handed on as it is', async () => {
  class FormOfReactNative {
    readonly parts: unknown[] = []
    get [Symbol.toStringTag](): string {
      return 'FormData'
    }
  }
  const statuses = [401, 200]
  const send = vi.fn<typeof fetch>(() =>
    Promise.resolve(new Response('', { status: statuses.shift() ?? 500 })),
  )
  const { api } = await signedIn({ origins: ['https://api.example.com'], fetch: send })
  const body = new FormOfReactNative() as unknown as FormData
  expect((await api('https://api.example.com/', { method: 'POST', body })).status).toBe(200)
  expect(send.mock.calls.map(([, init]) => init?.body === body)).toEqual([true, true])
})

test('without a fetch at all, a request rejects and nothing throws', async () => {
  const { api } = await signedIn({ origins: ['https://api.example.com'] })
  vi.stubGlobal('fetch', undefined)
  const call = errorOf(api('https://api.example.com/'))
  const other = errorOf(api('https://other.example/'))
  vi.unstubAllGlobals()
  expect(await call).toBeInstanceOf(TypeError)
  expect(await other).toBeInstanceOf(TypeError)
})
