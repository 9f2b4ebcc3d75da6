import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import NodeFormData from 'form-data'
import { FormData, request } from 'undici'
import type { Dispatcher } from 'undici'
import { expect, test } from 'vitest'
import { until } from '../contract/stage.js'
import { fetches } from './fetch-client.js'
import { recording } from './handler.js'
import { ask, scene, serve } from './scene.js'

async function textOf(incoming: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of incoming) text += String(chunk)
  return text
}

/** Turns the first token away after it has read the body, and then says what it was sent. */
async function echo() {
  const bodies: string[] = []
  const server = await serve(async (incoming, response) => {
    const text = await textOf(incoming)
    bodies.push(text)
    response.statusCode = incoming.headers.authorization === 'Bearer first' ? 401 : 200
    response.end(text)
  })
  return { ...server, bodies }
}

function* generate(): Generator<Buffer> {
  yield Buffer.from('gen')
  yield Buffer.from('erated')
}

async function* generateLater(): AsyncGenerator<Buffer> {
  yield* generate()
}

function form(): FormData {
  const data = new FormData()
  data.append('name', 'value')
  return data
}

const again: Readonly<Record<string, () => unknown>> = {
  text: () => 'text',
  'a Buffer': () => Buffer.from('buffer'),
  'a Uint8Array': () => new TextEncoder().encode('bytes'),
  'an ArrayBuffer': () => new TextEncoder().encode('bytes').buffer,
  'a Blob': () => new Blob(['blob']),
  FormData: form,
  'a list of chunks': () => [Buffer.from('a '), Buffer.from('list')],
}

const withoutBoundary = (text: string): string => text.replace(/-{4,}[\w-]+/g, 'BOUNDARY')

test.each(Object.entries(again))('G26 a body of %s is sent again, whole', async (_what, make) => {
  const { origin, bodies } = await echo()
  const { api } = await scene(origin)
  const handler = recording()
  const body = make() as string
  api.dispatch({ origin, path: '/', method: 'POST', body }, handler)
  await handler.ended
  expect(handler.told).toContain('head 200 OK')
  const [first, second] = bodies.map(withoutBoundary)
  expect(second).toBe(first)
  expect(first).not.toBe('')
})

const once: Readonly<Record<string, () => unknown>> = {
  'a generator': generate,
  'an async generator': generateLater,
  'a Node stream': () => Readable.from([Buffer.from('streamed')]),
  'a web stream': () => new Blob(['streamed']).stream(),
  'a form-data package body': () => {
    const data = new NodeFormData()
    data.append('name', 'value')
    return data
  },
}

test.each(Object.entries(once))(
  'G27 a body of %s is sent once: its first answer is handed over, and the refresh has happened',
  async (_what, make) => {
    const { origin, bodies } = await echo()
    const { api, session } = await scene(origin)
    const handler = recording()
    const body = make() as Readable
    api.dispatch({ origin, path: '/', method: 'POST', body }, handler)
    await handler.ended
    expect(handler.told).toContain('head 401 Unauthorized')
    expect(handler.told.join()).toContain(`data ${bodies[0]}`)
    expect(bodies).toHaveLength(1)
    expect(bodies[0]).not.toBe('')
    expect(session.tokens?.accessToken).toBe('second')
  },
)

const lengths: readonly [length: number, status: number, sent: number][] = [
  [1_000, 200, 2],
  [65_536, 200, 2],
  [65_537, 401, 1],
]

for (const [name, fetch] of Object.entries(fetches)) {
  test.each(lengths)(
    `a body of %d bytes through fetch (${name}) is answered %d, after it was sent %d times`,
    async (length, status, sent) => {
      const { origin, bodies } = await echo()
      const { api, refreshes } = await scene(origin)
      const body = 'x'.repeat(length)
      const response = await fetch(origin, { dispatcher: api, method: 'POST', body })
      expect(response.status).toBe(status)
      expect(await response.text()).toBe(body)
      expect(bodies).toEqual(Array.from({ length: sent }, () => body))
      expect(refreshes()).toBe(1)
    },
  )

  test(`G27 a stream through fetch (${name}) is sent once`, async () => {
    const { origin, bodies } = await echo()
    const { api, refreshes } = await scene(origin)
    const response = await fetch(origin, {
      dispatcher: api,
      method: 'POST',
      body: new Blob(['streamed']).stream() as never,
      duplex: 'half',
    })
    expect(response.status).toBe(401)
    expect(bodies).toEqual(['streamed'])
    expect(refreshes()).toBe(1)
  })
}

test('G26 a generator that says that it is short is sent again whole, though its first sending was cut off', async () => {
  const parts = ['one ', 'two ', 'three']
  let goOn = (): void => undefined
  const rest = new Promise<void>((resolve) => (goOn = resolve))
  let isClosed = false
  async function* slow(): AsyncGenerator<Buffer> {
    try {
      yield Buffer.from('one ')
      await rest
      yield Buffer.from('two ')
      yield Buffer.from('three')
    } finally {
      isClosed = true
    }
  }
  const { origin, asked } = await serve(async (incoming, response) => {
    // It answers before it has been sent everything.
    if (incoming.headers.authorization === 'Bearer first') response.writeHead(401).end('no')
    else response.end(await textOf(incoming))
  })
  const { api } = await scene(origin)
  const headers = { 'Content-Length': String(parts.join('').length) }
  const handler = recording()
  const body = slow() as unknown as Readable
  api.dispatch({ origin, path: '/', method: 'POST', body, headers }, handler)
  await until(() => asked.length === 2)
  goOn()
  await handler.ended
  expect(handler.told.filter((line) => line.startsWith('data')).join('')).toContain('one ')
  expect(handler.told).toContain('head 200 OK')
  expect(handler.told.join('').replaceAll('data ', '')).toContain(parts.join(''))
  expect(isClosed).toBe(true)
})

test('a generator whose request fails is closed', async () => {
  let isClosed = false
  async function* endless(): AsyncGenerator<Buffer> {
    try {
      for (;;) yield Buffer.from('x')
    } finally {
      isClosed = true
    }
  }
  const { origin } = await serve((incoming) => incoming.socket.destroy())
  const { api } = await scene(origin)
  const handler = recording()
  const body = endless() as unknown as Readable
  const headers = { 'Content-Length': '60000' }
  api.dispatch({ origin, path: '/', method: 'POST', body, headers }, handler)
  await handler.ended
  expect(handler.errors).toHaveLength(1)
  await until(() => isClosed)
})

test('session: { replay: false } keeps a body from being sent again', async () => {
  const { origin, bodies } = await echo()
  const { api, refreshes } = await scene(origin)
  const options: Partial<Dispatcher.RequestOptions> = { method: 'POST', body: 'pay' }
  const answer = await ask(origin, { dispatcher: api, ...options, session: { replay: false } })
  expect(answer).toEqual({ status: 401, text: 'pay' })
  expect(bodies).toEqual(['pay'])
  expect(refreshes()).toBe(1)
})

test('a body may be sent as long as its answer is read', async () => {
  const { origin } = await serve((incoming, response) => incoming.pipe(response))
  const { api } = await scene(origin)
  let goOn = (): void => undefined
  async function* talk(): AsyncGenerator<Buffer> {
    yield Buffer.from('ping')
    await new Promise<void>((resolve) => (goOn = resolve))
    yield Buffer.from('pong')
  }
  const { body } = await request(origin, {
    dispatcher: api,
    method: 'POST',
    body: talk() as unknown as Readable,
    headers: { 'Content-Length': '8' },
  })
  const read: string[] = []
  for await (const chunk of body) {
    read.push(String(chunk))
    goOn()
  }
  expect(read.join('')).toBe('pingpong')
})
