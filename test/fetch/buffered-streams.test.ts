import { expect, test, vi } from 'vitest'
import { carriers, world } from './scene.js'
import { buffered, bytesOf, parts, texts, upload } from './streamed-parts.js'

const within: Readonly<Record<string, readonly string[]>> = {
  'of no parts at all': [],
  'of one empty part': [''],
  'of one part': ['abc'],
  'of several parts': ['abc', '', 'def', 'g'],
  'of exactly the limit': ['123456789012'],
  'of exactly the limit, in parts': ['1234', '5678', '9012'],
  'of exactly the limit, with an empty part behind': ['123456789012', ''],
}

const beyond: Readonly<Record<string, readonly string[]>> = {
  'one byte over the limit': ['1234567890123'],
  'one byte over the limit, in parts': ['123456789012', '3'],
  'far over the limit, in parts': ['1234567890', '1234567890', '', '1234567890', 'end'],
}

for (const [carrier, options] of Object.entries(carriers)) {
  test.each(Object.entries(within))(
    `with ${carrier}, a stream %s is replayed whole`,
    async (_what, list) => {
      const { api, url, server, refreshes } = await world(undefined, { ...options, ...buffered })
      const headers = { 'Content-Type': 'text/x-own' }
      const answer = await api(url, upload(parts(list.map(bytesOf)), { headers }))
      expect(answer.status).toBe(200)
      const whole = list.join('')
      expect(texts(server.requests)).toEqual([whole, whole])
      expect(refreshes()).toBe(1)
      for (const request of server.requests) {
        expect(request.headers).toMatchObject({
          'content-type': 'text/x-own',
          'content-length': String(whole.length),
        })
      }
    },
  )

  test.each(Object.entries(beyond))(
    `G27 with ${carrier}, a stream that is %s is sent once, uncut, and its first answer returned`,
    async (_what, list) => {
      const { api, url, server, refreshes } = await world(undefined, { ...options, ...buffered })
      const answer = await api(url, upload(parts(list.map(bytesOf))))
      expect(answer.status).toBe(401)
      expect(texts(server.requests)).toEqual([list.join('')])
      expect(refreshes()).toBe(1)
    },
  )
}

test('without the option no stream is buffered, however short', async () => {
  const { api, url, server } = await world()
  expect((await api(url, upload(parts([bytesOf('a')])))).status).toBe(401)
  expect(texts(server.requests)).toEqual(['a'])
})

test('a stream over the limit is read no further than it must before it is sent', async () => {
  let pulled = 0
  const stream = new ReadableStream(
    {
      pull(controller) {
        pulled += 1
        if (pulled > 5) controller.close()
        else controller.enqueue(bytesOf('12345'))
      },
    },
    { highWaterMark: 0 },
  )
  let pulledAtSending = 0
  const { api, url } = await world(undefined, {
    ...buffered,
    fetch: (input, init) => {
      pulledAtSending = pulled
      return fetch(input, init)
    },
  })
  await api(url, upload(stream))
  expect(pulledAtSending).toBe(3)
})

test('a stream that is not to be replayed is not buffered', async () => {
  const pull = vi.fn((controller: ReadableStreamDefaultController) => controller.close())
  let pulledAtSending = 0
  const { api, url, server } = await world(undefined, {
    ...buffered,
    fetch: (input, init) => {
      pulledAtSending = pull.mock.calls.length
      return fetch(input, init)
    },
  })
  const stream = new ReadableStream({ pull }, { highWaterMark: 0 })
  const answer = await api(url, upload(stream, { session: { replay: false } }))
  expect(answer.status).toBe(401)
  expect(pulledAtSending).toBe(0)
  expect(server.requests).toHaveLength(1)
})

test('a stream of a request that is not ours is not buffered', async () => {
  const { api, server } = await world(undefined, {
    ...buffered,
    origins: ['https://api.example.com'],
  })
  const { url } = server
  for (const session of [undefined, false]) {
    const stream = parts([bytesOf('a'), bytesOf('b')])
    await api(url, upload(stream, { session }))
  }
  expect(texts(server.requests)).toEqual(['ab', 'ab'])
  // By its length, which was not known.
  expect(server.requests.map(({ headers }) => headers['content-length'])).toEqual([
    undefined,
    undefined,
  ])
})

test.each(Object.entries({ 'within the limit': ['abc'], 'over the limit': ['abcdef', 'ghijklm'] }))(
  'a stream of text, %s, is sent as the platform sends it, or not at all',
  async (_how, list) => {
    const { api, url, server } = await world(undefined, buffered)
    const sent = async (send: typeof fetch): Promise<unknown> => {
      const before = server.requests.length
      const error = await send(url, upload(parts(list))).then(
        () => undefined,
        (thrown: Error) => thrown.name,
      )
      return error ?? server.requests[before]?.body.toString()
    }
    expect([await sent(fetch), 'TypeError']).toContain(await sent(api))
  },
)
