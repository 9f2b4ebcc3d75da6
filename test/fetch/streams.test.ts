import { Buffer } from 'node:buffer'
import { Readable } from 'node:stream'
import { expect, test, vi } from 'vitest'
import { errorOf, until } from '../contract/stage.js'
import { carriers, holdingWorld, world } from './scene.js'

async function* generated(): AsyncGenerator<Buffer> {
  for (const part of ['streamed ', 'bytes']) yield await Promise.resolve(Buffer.from(part))
}

const streams: Readonly<Record<string, () => unknown>> = {
  'a web stream': () => new Blob(['streamed bytes']).stream(),
  'a byte stream': () =>
    new ReadableStream({
      type: 'bytes',
      start(controller) {
        controller.enqueue(new TextEncoder().encode('streamed bytes'))
        controller.close()
      },
    }),
  'a Node stream': () => Readable.from([Buffer.from('streamed '), Buffer.from('bytes')]),
  'an async generator': generated,
  'an async iterable': () => ({ [Symbol.asyncIterator]: generated }),
}

const upload = (body: unknown, more: object = {}): RequestInit =>
  ({ method: 'POST', body, duplex: 'half', ...more }) as RequestInit

for (const [carrier, options] of Object.entries(carriers)) {
  test.each(Object.entries(streams))(
    `G27 with ${carrier}, %s is sent once and whole, its answer handed over, and the refresh has happened`,
    async (_kind, body) => {
      const { api, url, server, refreshes, session } = await world(undefined, options)
      const answer = await api(`${url}/upload`, upload(body()))
      expect(answer.status).toBe(401)
      expect(await answer.json()).toMatchObject({ token: 'first', body: 'streamed bytes' })
      expect(server.requests.map((request) => request.body.toString())).toEqual(['streamed bytes'])
      expect(refreshes()).toBe(1)
      expect(session.getSnapshot().generation).toBe(2)
      expect((await api(`${url}/upload`, upload(body()))).status).toBe(200)
    },
  )

  test.each(Object.entries(streams))(
    `G27 with ${carrier}, %s that is held is sent once, with the new token`,
    async (_kind, body) => {
      const { api, url, sent, open } = await holdingWorld(options)
      const call = api(`${url}/upload`, upload(body()))
      await open()
      expect((await call).status).toBe(200)
      expect(sent('/upload').map((request) => request.body.toString())).toEqual(['streamed bytes'])
    },
  )

  test.each(Object.entries(streams))(
    `G27 with ${carrier}, %s is never sent a second time by a redirect`,
    async (_kind, body) => {
      const { api, url, server } = await world((request, response) => {
        const isFirst = request.url === '/from'
        response.writeHead(isFirst ? 307 : 200, isFirst ? { Location: '/to' } : {}).end()
      }, options)
      expect(await errorOf(fetch(`${url}/from`, upload(body())))).toBeInstanceOf(TypeError)
      expect(await errorOf(api(`${url}/from`, upload(body())))).toBeInstanceOf(TypeError)
      expect(server.requests.map((request) => request.url)).toEqual(['/from', '/from'])
    },
  )
}

test('G27 where the refresh is unavailable, the first answer of a stream is whole', async () => {
  const { api, url } = await world(undefined, {
    refreshing: () => Promise.reject(new Error('no route')),
    session: { refreshTimeoutMs: 50 },
  })
  const answer = await api(url, upload(new Blob(['streamed bytes']).stream()))
  expect(answer.status).toBe(401)
  expect(await answer.json()).toMatchObject({ body: 'streamed bytes', token: 'first' })
})

/** One that never gives anything, and knows whether it was let go. */
function hanging(): { stream: ReadableStream; cancelled: ReturnType<typeof vi.fn> } {
  const cancelled = vi.fn<(reason: unknown) => void>()
  return { stream: new ReadableStream({ cancel: cancelled }), cancelled }
}

test('a stream that is held is not read', async () => {
  const { api, url, open } = await holdingWorld()
  const pull = vi.fn((controller: ReadableStreamDefaultController) => controller.close())
  const stream = new ReadableStream({ pull }, { highWaterMark: 0 })
  const call = api(url, upload(stream))
  await new Promise((done) => setImmediate(done))
  expect(pull).not.toHaveBeenCalled()
  await open()
  await call
  expect(pull).toHaveBeenCalledTimes(1)
})

/** How a request that has not been sent yet comes to its end. */
const ends: Readonly<
  Record<string, (world: Awaited<ReturnType<typeof holdingWorld>>, abort: () => void) => unknown>
> = {
  'is aborted': (_world, abort) => abort(),
  'loses its session': ({ session }) => session.signOut(),
  'loses its session to another': ({ session }) => session.signIn({ accessToken: 'of-bob' }),
  'is closed with its session': ({ session }) => void session.close(),
}

const carried: Readonly<
  Record<string, (url: string, stream: ReadableStream) => Parameters<typeof fetch>>
> = {
  'in init': (url, stream) => [url, upload(stream)],
  'of a Request': (url, stream) => [new Request(url, upload(stream))],
}

for (const [how, put] of Object.entries(carried)) {
  test.each(Object.entries(ends))(
    `a stream ${how} that is held is cancelled when its request %s`,
    async (_end, end) => {
      const held = await holdingWorld()
      const { stream, cancelled } = hanging()
      const controller = new AbortController()
      const [input, init] = put(`${held.url}/upload`, stream)
      const call = errorOf(held.api(input, { ...init, signal: controller.signal }))
      await end(held, () => controller.abort())
      expect(await call).toBeInstanceOf(Error)
      await until(() => cancelled.mock.calls.length > 0)
      expect(held.sent('/upload')).toEqual([])
      await held.open()
    },
  )

  test(`a stream ${how} is cancelled when its request was aborted before`, async () => {
    const { api, url, server } = await world()
    const { stream, cancelled } = hanging()
    const [input, init] = put(`${url}/upload`, stream)
    const signal = AbortSignal.abort()
    expect(await errorOf(api(input, { ...init, signal }))).toBe(signal.reason)
    await until(() => cancelled.mock.calls.length > 0)
    expect(server.requests).toEqual([])
  })
}

for (const [carrier, options] of Object.entries(carriers)) {
  test.each(Object.entries(carried))(
    `G12 with ${carrier}, a stream %s that hangs while it is sent can be aborted`,
    async (_how, put) => {
      const { api, url } = await world(undefined, options)
      const { stream } = hanging()
      const controller = new AbortController()
      const [input, init] = put(`${url}/upload`, stream)
      const call = errorOf(api(input, { ...init, signal: controller.signal }))
      setTimeout(() => controller.abort('enough'), 10)
      expect(await call).toBe('enough')
    },
  )

  test.each(Object.entries(carried))(
    `with ${carrier}, a stream %s is sent as it comes: nobody waits for its end`,
    async (_how, put) => {
      let more: ReadableStreamDefaultController | undefined
      const stream = new ReadableStream({ start: (controller) => void (more = controller) })
      more?.enqueue(new TextEncoder().encode('first part, '))
      let seen = ''
      const { api, url } = await world(undefined, {
        ...options,
        fetch: async (input, init) => {
          const { body } = new Request(input, init)
          const reader = body?.getReader()
          seen = new TextDecoder().decode((await reader?.read())?.value)
          return new Response('seen')
        },
      })
      const [input, init] = put(`${url}/upload`, stream)
      const call = api(input, { ...init, session: { replay: false } } as RequestInit)
      const ended = await Promise.race([
        call.then((answer) => answer.text()),
        new Promise((done) => setTimeout(done, 500, 'waits')),
      ])
      expect([ended, seen]).toEqual(['seen', 'first part, '])
      more?.close()
      await call
    },
  )

  test.each(Object.entries(carried))(
    `with ${carrier}, a stream %s that fails makes the request fail as it does on the platform`,
    async (_how, put) => {
      const failing = (): ReadableStream =>
        new ReadableStream({ pull: () => Promise.reject(new Error('broken')) })
      const { api, url } = await world(undefined, options)
      const theirs = await errorOf(fetch(...put(url, failing())))
      const error = await errorOf(api(...put(url, failing())))
      expect([(error as Error).name, (error as Error).message]).toEqual([
        (theirs as Error).name,
        (theirs as Error).message,
      ])
    },
  )
}
