import { Buffer } from 'node:buffer'
import { PassThrough, Readable } from 'node:stream'
import FormDataBody from 'form-data'
import { expect, test } from 'vitest'
import axios from 'axios'
import type { AxiosInstance, CreateAxiosDefaults } from 'axios'
import { createSession } from 'unexpired'
import { attachSession } from 'unexpired/axios'
import { startRecorder } from '../contract/recorder.js'
import type { Recorder } from '../contract/recorder.js'
import { errorOf } from '../contract/stage.js'
import { nodeAdapters } from './scene.js'

interface Told extends Recorder {
  readonly api: AxiosInstance
  refreshes(): number
}

/** An API that turns everybody away, and writes down what it was sent, byte for byte. */
async function turnedAway(config: CreateAxiosDefaults = {}): Promise<Told> {
  const recorder = await startRecorder()
  let refreshes = 0
  const session = createSession({
    refresh: () => {
      refreshes += 1
      return Promise.resolve({ accessToken: 'the-second-token-is-longer-than-the-first' })
    },
  })
  await session.signIn({ accessToken: 'first' })
  const api = attachSession(axios.create({ baseURL: recorder.url, ...config }), session)
  return { ...recorder, requests: recorder.requests, api, refreshes: () => refreshes }
}

/** Both attempts, but for the credential and the boundary, which is drawn anew. */
function bothOf({ requests }: Recorder) {
  return requests.map(({ method, url, headers, body }) => {
    const boundary = /^--(\S+)\r\n/.exec(body)?.[1] ?? '-'
    const { authorization: _credential, 'content-length': length, ...rest } = headers
    return {
      request: JSON.parse(
        JSON.stringify({ method, url, rest, body }).split(boundary).join('BOUNDARY'),
      ) as unknown,
      /** What it says of its length is true. */
      whole: length === undefined || Number(length) === Buffer.byteLength(body),
    }
  })
}

function form(): FormData {
  const data = new FormData()
  data.append('name', 'Ünï')
  data.append('file', new Blob(['bytes']), 'a.txt')
  return data
}

const replayed: Readonly<Record<string, () => unknown>> = {
  JSON: () => ({ text: 'Ünï cödé' }),
  text: () => 'Ünï cödé',
  URLSearchParams: () => new URLSearchParams({ text: 'Ünï' }),
  FormData: form,
  Blob: () => new Blob(['Ünï'], { type: 'text/plain' }),
  Buffer: () => Buffer.from('Ünï'),
  'an ArrayBuffer': () => new TextEncoder().encode('Ünï').buffer,
  'a Uint8Array': () => new TextEncoder().encode('Ünï'),
  nothing: () => undefined,
}

for (const adapter of nodeAdapters) {
  test.each(Object.entries(replayed))(
    `G26 on the ${adapter} adapter, %s goes over the wire the same both times, with its true length`,
    async (_kind, body) => {
      const told = await turnedAway({ adapter })
      await errorOf(told.api.post('/thing?a=1', body(), { headers: { 'X-Request-Id': 'r-1' } }))
      expect(told.requests).toHaveLength(2)
      const [first, second] = bothOf(told)
      expect(second).toEqual(first)
      expect(first).toMatchObject({ whole: true })
      expect(told.requests.map(({ headers }) => headers.authorization?.length)).toEqual([12, 48])
    },
  )
}

const once: Readonly<Record<string, () => unknown>> = {
  'a Node stream': () => Readable.from(['streamed ', 'bytes']),
  'a Node stream that is written to': () => {
    const stream = new PassThrough()
    stream.end('streamed bytes')
    return stream
  },
  'a form-data body': () => {
    const data = new FormDataBody()
    data.append('text', 'streamed bytes')
    return data
  },
}

test.each(Object.entries(once))(
  'G27 %s is never replayed empty: the server sees one full body',
  async (_kind, body) => {
    const told = await turnedAway({ adapter: 'http' })
    const error = await errorOf(told.api.post('/upload', body()))
    expect(error).toMatchObject({ response: { status: 401 } })
    expect(told.requests.map((request) => request.body)).toEqual([
      expect.stringContaining('streamed bytes'),
    ])
    expect(told.refreshes()).toBe(1)
  },
)

test('G27 a web stream is never replayed: the server sees one full body', async () => {
  const told = await turnedAway({ adapter: 'fetch' })
  const body = new Response('streamed bytes').body
  expect(await errorOf(told.api.post('/upload', body))).toMatchObject({ response: { status: 401 } })
  expect(told.requests.map((request) => request.body)).toEqual(['streamed bytes'])
  expect(told.refreshes()).toBe(1)
})

test('G27 what postForm builds from an object is sent once, and whole', async () => {
  const told = await turnedAway({ adapter: 'http' })
  const error = await errorOf(told.api.postForm('/upload', { name: 'Ünï', list: ['a', 'b'] }))
  expect(error).toMatchObject({ response: { status: 401 } })
  expect(told.requests).toHaveLength(1)
  expect(told.requests[0]?.body).toContain('Ünï')
  expect(told.refreshes()).toBe(1)
})

test('postForm of a FormData is sent twice, and is the same both times', async () => {
  const told = await turnedAway({ adapter: 'http' })
  await errorOf(told.api.postForm('/upload', form()))
  const [first, second] = bothOf(told)
  expect(second).toEqual(first)
  expect(told.requests[1]?.body).toContain('bytes')
})

test('putForm and patchForm are treated as postForm is', async () => {
  const told = await turnedAway({ adapter: 'http' })
  await errorOf(told.api.putForm('/upload', { a: 1 }))
  await errorOf(told.api.patchForm('/upload', { a: 1 }))
  expect(told.requests.map(({ method }) => method)).toEqual(['PUT', 'PATCH'])
})

test('G26 a Content-Length that a transform sets is that of the body, both times', async () => {
  const told = await turnedAway({
    adapter: 'http',
    transformRequest: (data: unknown, headers) => {
      const text = `{"wrapped":${JSON.stringify(data)}}`
      headers.set('Content-Length', String(Buffer.byteLength(text)))
      return text
    },
  })
  await errorOf(told.api.post('/thing', { text: 'Ünï' }))
  expect(bothOf(told).map(({ whole }) => whole)).toEqual([true, true])
  expect(told.requests.map(({ body }) => body)).toEqual([
    '{"wrapped":{"text":"Ünï"}}',
    '{"wrapped":{"text":"Ünï"}}',
  ])
})

test('the config of a response keeps the caller’s body and no header of an attempt', async () => {
  const told = await turnedAway({ adapter: 'http' })
  const error = await errorOf(told.api.post('/thing', { a: 1 }))
  expect(error).toMatchObject({ config: { data: '{"a":1}' } })
  const { headers } = (error as { config: { headers: object } }).config
  expect(Object.keys(headers).map((name) => name.toLowerCase())).not.toContain('content-length')
})
