import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import type { EchoedRequest } from 'unexpired/testing'
import type { NeutralRequest } from './neutral-client.js'
import { enter } from './stage.js'
import type { Suite } from './suite.js'

function formData(): FormData {
  const form = new FormData()
  form.append('name', 'Ünï cödé')
  form.append('file', new Blob(['line 1\nline 2\n'], { type: 'text/plain' }), 'notes.txt')
  return form
}

/** Made for each test: some clients run with a page's own classes, which come later than this module. */
const bodies: Readonly<Record<string, () => unknown>> = {
  JSON: () => ({ a: 1, list: [1, 2, 3], text: 'Ünï cödé' }),
  text: () => 'plain Ünï cödé text',
  URLSearchParams: () =>
    new URLSearchParams([
      ['a', '1'],
      ['a', '2'],
      ['text', 'Ünï & cödé'],
    ]),
  FormData: formData,
  Blob: () => new Blob(['a blob of bytes'], { type: 'text/plain' }),
  bytes: () => Buffer.from('a buffer of bytes'),
  'an empty text': () => '',
}

/**
 * The boundary of a multipart body is drawn anew for each request, and not always of one length; the
 * body begins with it.
 */
function withoutBoundary(echo: EchoedRequest): EchoedRequest {
  const boundary = /^--(\S+)\r\n/.exec(echo.body)?.[1]
  if (boundary === undefined) return echo
  const boundaries = (echo.body.split(boundary).length - 1) * boundary.length
  const length = Number(echo.headers['content-length']) - boundaries
  const headers = { ...echo.headers, 'content-length': String(length) }
  const shown = JSON.stringify({ ...echo, headers })
    .split(boundary)
    .join('BOUNDARY')
  return JSON.parse(shown) as EchoedRequest
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

export function replay({ make, protocol, can }: Suite): void {
  /** What the server received: of an untroubled request, and of the second attempt at the same one. */
  async function twice(request: () => Partial<NeutralRequest>) {
    const stage = await enter(make, protocol)
    const first = protocol.echo(await stage.call('/thing', request()))
    stage.server.orders.expireNow()
    const second = protocol.echo(await stage.call('/thing', request()))
    expect([first.generation, second.generation]).toEqual([1, 2])
    expect(stage.received().map(({ outcome }) => outcome)).toEqual([
      'served',
      'turned-away',
      'served',
    ])
    return { first: withoutBoundary(first), second: withoutBoundary(second) }
  }

  test.each(Object.keys(bodies))('G26 a body of %s is the same the second time', async (kind) => {
    const { first, second } = await twice(() => ({ method: 'POST', body: bodies[kind]?.() }))
    expect(second).toEqual({ ...first, generation: 2 })
    expect(first.body === '').toBe(kind === 'an empty text')
  })

  test.each(methods)(
    'G26 method, URL, params and headers of %s are the same the second time',
    async (method) => {
      const { first, second } = await twice(() => ({
        method,
        query: { q: 'a b&c=d', page: '2' },
        headers: { 'X-Request-Id': 'r-1', Accept: 'application/json' },
      }))
      expect(second).toEqual({ ...first, generation: 2 })
      expect(first).toMatchObject({
        method,
        query: { q: 'a b&c=d', page: '2' },
        headers: { 'x-request-id': 'r-1', accept: 'application/json' },
      })
    },
  )

  test('G26 a request that may not be replayed gets its first answer, after the refresh', async () => {
    const stage = await enter(make, protocol)
    stage.server.orders.expireNow()
    const answer = await stage.call('/once', { method: 'POST', session: { replay: false } })
    expect(protocol.isTurnedAway(answer)).toBe(true)
    expect(stage.received('/once')).toHaveLength(1)
    expect(stage.session.getSnapshot().generation).toBe(2)
    expect(protocol.echo(await stage.call()).generation).toBe(2)
    expect(stage.server.counts.refreshes).toBe(1)
  })

  // A client that takes no streams has nothing to show here.
  for (const [kind, makeStream] of Object.entries(can.streams)) {
    test(`G27 ${kind} is sent once, its first answer is returned, and the refresh has happened`, async () => {
      const stage = await enter(make, protocol)
      stage.server.orders.expireNow()
      const answer = await stage.call('/upload', { method: 'POST', body: makeStream() })
      expect(protocol.isTurnedAway(answer)).toBe(true)
      expect(stage.received('/upload')).toHaveLength(1)
      expect(stage.session.getSnapshot().generation).toBe(2)
      const again = protocol.echo(
        await stage.call('/upload', { method: 'POST', body: makeStream() }),
      )
      expect(again).toMatchObject({ generation: 2 })
      expect(again.body).toContain('streamed')
      expect(stage.server.counts.refreshes).toBe(1)
    })

    test(`G27 ${kind} gets its first answer also where the refresh is unavailable`, async () => {
      const stage = await enter(make, protocol)
      stage.server.orders.expireNow()
      stage.server.orders.failRefresh({ status: 429 })
      const answer = await stage.call('/upload', { method: 'POST', body: makeStream() })
      expect(protocol.isTurnedAway(answer)).toBe(true)
      expect(stage.received('/upload')).toHaveLength(1)
    })
  }
}
