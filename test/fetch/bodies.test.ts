import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { carriers, holdingWorld, world } from './scene.js'
import type { Received } from './server.js'

const text = 'Ünï cödé'
const bytes = (): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)
/** Of the same bytes, in the middle of others. */
function inTheMiddle(): { buffer: ArrayBuffer; offset: number; length: number } {
  const own = bytes()
  const all = new Uint8Array(own.length + 16).fill(0x2a)
  all.set(own, 8)
  return { buffer: all.buffer, offset: 8, length: own.length }
}

function form(): FormData {
  const data = new FormData()
  data.append('name', text)
  data.append('name', 'twice')
  data.append('file', new File([text], 'Ünï.txt', { type: 'text/plain' }))
  data.append('blob', new Blob(['\r\n\0'], { type: 'application/octet-stream' }), 'b.bin')
  return data
}

const bodies: Readonly<Record<string, () => unknown>> = {
  text: () => text,
  'an empty text': () => '',
  URLSearchParams: () =>
    new URLSearchParams([
      ['a', '1'],
      ['a', text],
    ]),
  FormData: form,
  'an empty FormData': () => new FormData(),
  Blob: () => new Blob([text], { type: 'text/x-own; charset=utf-8' }),
  'a Blob without a type': () => new Blob([text]),
  File: () => new File([text], 'a.txt', { type: 'text/plain' }),
  ArrayBuffer: () => bytes().buffer,
  'an empty ArrayBuffer': () => new ArrayBuffer(0),
  Uint8Array: bytes,
  Int8Array: () => new Int8Array(bytes().buffer),
  Uint8ClampedArray: () => new Uint8ClampedArray(bytes().buffer),
  Uint16Array: () => new Uint16Array([1, 2, 0xffff]),
  Int32Array: () => new Int32Array([1, -2, 3]),
  Float64Array: () => new Float64Array([0.1, -2]),
  BigInt64Array: () => new BigInt64Array([1n, -2n]),
  DataView: () => new DataView(bytes().buffer),
  'a DataView of a part': () => {
    const { buffer, offset, length } = inTheMiddle()
    return new DataView(buffer, offset, length)
  },
  'a subarray': () => {
    const { buffer, offset, length } = inTheMiddle()
    return new Uint8Array(buffer).subarray(offset, offset + length)
  },
  'a Uint16Array of a part': () => new Uint16Array(inTheMiddle().buffer, 8, 3),
  Buffer: () => Buffer.from(text),
  'a slice of a Buffer': () => Buffer.from(`before${text}after`).subarray(6, -5),
  'a number': () => 42,
  'an object that prints': () => ({ toString: () => text }),
  null: () => null,
  undefined: () => undefined,
}

/** But for the credential, and the boundary, which is drawn anew. */
function comparable({ method, url, headers, body }: Received): unknown {
  const { authorization: _one, 'x-token': _other, ...rest } = headers
  const boundary = /boundary=(\S+)/.exec(headers['content-type'] ?? '')?.[1]
  const all = JSON.stringify({ method, url, rest, body: body.toString('latin1') })
  return JSON.parse(boundary ? all.split(boundary).join('BOUNDARY') : all) as unknown
}

for (const [carrier, options] of Object.entries(carriers)) {
  test.each(Object.entries(bodies))(
    `G26 with ${carrier}, a body of %s goes over the wire as the platform sends it, both times`,
    async (_kind, body) => {
      const { api, url, server, refreshes } = await world(undefined, options)
      const init = (): RequestInit => ({ method: 'POST', body: body() as BodyInit })
      await fetch(`${url}/thing`, init())
      expect((await api(`${url}/thing`, init())).status).toBe(200)
      const [theirs, first, second] = server.requests.map(comparable)
      expect(first).toEqual(theirs)
      expect(second).toEqual(theirs)
      expect(refreshes()).toBe(1)
    },
  )
}

test('a view of shared memory is refused, as the platform refuses it, and not sent as something else', async () => {
  const { api, url, server } = await world()
  const shared = new Uint8Array(new SharedArrayBuffer(3)) as unknown as BodyInit
  const init = { method: 'POST', body: shared }
  await expect(fetch(url, init)).rejects.toBeInstanceOf(TypeError)
  await expect(api(url, init)).rejects.toBeInstanceOf(TypeError)
  expect(server.requests).toEqual([])
})

test('memory that was given away already is refused, as by the platform', async () => {
  const { api, url, server } = await world()
  const view = bytes()
  structuredClone(view, { transfer: [view.buffer] })
  for (const body of [view, view.buffer]) {
    const init = { method: 'POST', body }
    await expect(fetch(url, init)).rejects.toBeInstanceOf(TypeError)
    await expect(api(url, init)).rejects.toBeInstanceOf(TypeError)
  }
  expect(server.requests).toEqual([])
})

/** Bodies that can be changed, and what changes them. */
const changeable: Readonly<Record<string, () => [body: unknown, change: () => void]>> = {
  URLSearchParams: () => {
    const body = new URLSearchParams({ a: 'as given' })
    return [body, () => body.set('a', 'changed')]
  },
  FormData: () => {
    const body = new FormData()
    body.set('a', 'as given')
    body.set('file', new Blob(['as given']), 'a.txt')
    return [
      body,
      () => {
        body.set('a', 'changed')
        body.delete('file')
      },
    ]
  },
  ArrayBuffer: () => {
    const body = new TextEncoder().encode('as given').buffer
    return [body, () => new Uint8Array(body).fill(0x2a)]
  },
  'an ArrayBuffer that is given away': () => {
    const body = new TextEncoder().encode('as given').buffer
    return [body, () => void structuredClone(body, { transfer: [body] })]
  },
  'a typed array': () => {
    const body = new TextEncoder().encode('as given')
    return [body, () => body.fill(0x2a)]
  },
  DataView: () => {
    const body = new DataView(new TextEncoder().encode('as given').buffer)
    return [body, () => body.setUint32(0, 0)]
  },
  Buffer: () => {
    const body = Buffer.from('as given')
    return [body, () => body.fill(0x2a)]
  },
}

test.each(Object.entries(changeable))(
  'what the caller changes afterwards in a body of %s does not reach a held request',
  async (_kind, make) => {
    const { api, url, sent, open } = await holdingWorld()
    const [body, change] = make()
    const call = api(`${url}/thing`, { method: 'POST', body: body as BodyInit })
    change()
    await open()
    await call
    expect(sent('/thing')).toHaveLength(1)
    expect(sent('/thing')[0]?.body.toString()).toMatch(/as(?: |\+)given/)
    expect(sent('/thing')[0]?.body.toString()).not.toMatch(/changed|\*/)
  },
)

for (const [carrier, options] of Object.entries(carriers)) {
  test.each(Object.entries(changeable))(
    `with ${carrier}, what the caller changes meanwhile in a body of %s does not reach its replay`,
    async (_kind, make) => {
      const [body, change] = make()
      const { api, url, server } = await world(undefined, { ...options, refreshing: change })
      await api(`${url}/thing`, { method: 'POST', body: body as BodyInit })
      expect(server.requests).toHaveLength(2)
      const [first, second] = server.requests.map(comparable)
      expect(second).toEqual(first)
      expect(JSON.stringify(first)).toMatch(/as(?: |\+)given/)
    },
  )
}

test('a form keeps the names, the types and the order of its files', async () => {
  const { api, url, server } = await world()
  await api(url, { method: 'POST', body: form() })
  const read = async ({ headers, body }: Received): Promise<unknown> => {
    const type = headers['content-type'] ?? ''
    const data = await new Response(new Uint8Array(body), {
      headers: { 'Content-Type': type },
    }).formData()
    const parts = [...data].map(async ([name, value]) =>
      typeof value === 'string'
        ? [name, value]
        : [name, value.name, value.type, await value.text()],
    )
    return Promise.all(parts)
  }
  const sent = await Promise.all(server.requests.map(read))
  const expected = [
    ['name', text],
    ['name', 'twice'],
    ['file', 'Ünï.txt', 'text/plain', text],
    ['blob', 'b.bin', 'application/octet-stream', '\r\n\0'],
  ]
  expect(sent).toEqual([expected, expected])
})

test('a large body goes whole both times', async () => {
  const { api, url, server } = await world()
  const large = new Uint8Array(3_000_001).map((_, index) => index % 251)
  await api(url, { method: 'POST', body: large })
  await api(new Request(url, { method: 'POST', body: large }))
  expect(server.requests.map(({ body }) => body.equals(large))).toEqual([true, true, true])
})
