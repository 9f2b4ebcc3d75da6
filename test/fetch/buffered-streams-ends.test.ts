import { expect, test, vi } from 'vitest'
import { errorOf, until } from '../contract/stage.js'
import { holdingWorld, world } from './scene.js'
import { buffered, bytesOf, parts, texts, upload } from './streamed-parts.js'

test('a stream that fails while it is read makes the request fail, and nothing is sent', async () => {
  const { api, url, server } = await world(undefined, buffered)
  const failing = (): ReadableStream => {
    let pulled = 0
    return new ReadableStream({
      pull(controller) {
        pulled += 1
        if (pulled > 1) controller.error(new Error('broken'))
        else controller.enqueue(bytesOf('a'))
      },
    })
  }
  expect(await errorOf(api(url, upload(failing())))).toBeInstanceOf(Error)
  expect(server.requests).toEqual([])
})

test('a stream that fails over the limit makes the request fail', async () => {
  const { api, url, server } = await world(undefined, buffered)
  const list = [bytesOf('12345678'), bytesOf('12345678')]
  const failing = new ReadableStream(
    {
      pull(controller) {
        const next = list.shift()
        if (next) controller.enqueue(next)
        else controller.error(new Error('broken'))
      },
    },
    { highWaterMark: 0 },
  )
  expect(await errorOf(api(url, upload(failing)))).toBeInstanceOf(TypeError)
  expect(server.requests).toEqual([])
})

test('a stream that is locked already is rejected with a TypeError, as by the platform', async () => {
  const { api, url } = await world(undefined, buffered)
  const locked = parts([bytesOf('a')])
  locked.getReader()
  expect(await errorOf(fetch(url, upload(locked)))).toBeInstanceOf(TypeError)
  expect(await errorOf(api(url, upload(locked)))).toBeInstanceOf(TypeError)
})

test('G12 a stream that hangs while it is read is cancelled when its request is aborted, at once', async () => {
  const { api, url, server } = await world(undefined, buffered)
  const cancel = vi.fn<(reason: unknown) => void>()
  const controller = new AbortController()
  const stream = parts([bytesOf('a')], { hangs: true, cancel })
  const call = errorOf(api(url, upload(stream, { signal: controller.signal })))
  await new Promise((done) => setImmediate(done))
  controller.abort('enough')
  expect(await call).toBe('enough')
  await until(() => cancel.mock.calls.length > 0)
  expect(server.requests).toEqual([])
})

test('G12 a stream beside a Request that hangs while it is read ends with the Request’s own signal', async () => {
  const { api, url, server } = await world(undefined, buffered)
  const cancel = vi.fn<(reason: unknown) => void>()
  const controller = new AbortController()
  const request = new Request(url, { signal: controller.signal })
  const stream = parts([bytesOf('a')], { hangs: true, cancel })
  const call = errorOf(api(request, upload(stream)))
  await new Promise((done) => setImmediate(done))
  controller.abort('enough')
  expect(await call).toBe('enough')
  await until(() => cancel.mock.calls.length > 0)
  expect(server.requests).toEqual([])
})

test('a stream whose request was aborted before is cancelled, and the reason handed over', async () => {
  const { api, url, server } = await world(undefined, buffered)
  const cancel = vi.fn<(reason: unknown) => void>()
  const stream = parts([bytesOf('a')], { hangs: true, cancel })
  const signal = AbortSignal.abort('enough')
  expect(await errorOf(api(url, upload(stream, { signal })))).toBe('enough')
  await until(() => cancel.mock.calls.length > 0)
  expect(server.requests).toEqual([])
})

test('G12 a stream over the limit that is held is cancelled when its request is aborted', async () => {
  const { api, url, sent, open } = await holdingWorld(buffered)
  const cancel = vi.fn<(reason: unknown) => void>()
  const controller = new AbortController()
  const stream = parts([bytesOf('1234567'), bytesOf('1234567')], { hangs: true, cancel })
  const call = errorOf(api(`${url}/upload`, upload(stream, { signal: controller.signal })))
  await new Promise((done) => setTimeout(done, 5))
  controller.abort('enough')
  expect(await call).toBe('enough')
  await until(() => cancel.mock.calls.length > 0)
  expect(sent('/upload')).toEqual([])
  await open()
})

test('a stream is read while its request is held, and goes with the new token', async () => {
  const { api, url, sent, open } = await holdingWorld(buffered)
  const call = api(`${url}/upload`, upload(parts([bytesOf('abc'), bytesOf('def')])))
  await open()
  expect((await call).status).toBe(200)
  expect(texts(sent('/upload'))).toEqual(['abcdef'])
})

const switches = {
  'another user signs in': ['replaced', 'of-bob'],
  'the user signs out': ['signed-out', undefined],
} as const

test.each(Object.entries(switches))(
  'G24 a stream that is being read when %s is sent for nobody',
  async (_what, [reason, accessToken]) => {
    const { api, url, server, session } = await world(undefined, buffered)
    let more: ReadableStreamDefaultController | undefined
    const stream = new ReadableStream({ start: (controller) => void (more = controller) })
    const call = errorOf(api(url, upload(stream)))
    more?.enqueue(bytesOf('of ann'))
    if (accessToken) await session.signIn({ accessToken })
    else await session.signOut()
    more?.close()
    expect(await call).toMatchObject({ code: 'session-ended', reason })
    expect(server.requests).toEqual([])
  },
)

test('G24 a stream over the limit whose session ends is cancelled', async () => {
  const { api, url, server, session } = await world(undefined, buffered)
  const cancel = vi.fn<(reason: unknown) => void>()
  const stream = parts([bytesOf('1234567'), bytesOf('1234567')], { hangs: true, cancel })
  const call = errorOf(api(url, upload(stream)))
  await session.signOut()
  expect(await call).toMatchObject({ code: 'session-ended' })
  await until(() => cancel.mock.calls.length > 0)
  expect(server.requests).toEqual([])
})
