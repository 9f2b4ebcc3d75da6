import { expect, test } from 'vitest'
import type { Credential } from 'unexpired'
import { carriers, holdingWorld, world } from './scene.js'

/** Its header is one that the caller sets too, in other letters. */
const signing: Credential = ({ headers, accessToken }) => ({
  ...headers,
  'X-REQUEST-ID': `signed ${accessToken}`,
})

const pairs: [string, string][] = [
  ['X-Request-Id', 'r-1'],
  ['Accept', 'text/plain'],
]

function* generated(): Generator<[string, string]> {
  yield* pairs
}

/** Ways to write headers. Each is made anew, as some can be read once only. */
const ways: Readonly<Record<string, () => unknown>> = {
  Headers: () => new Headers(pairs),
  'an array': () => pairs,
  'a plain object': () => Object.fromEntries(pairs),
  'an object without a prototype': () =>
    Object.assign(Object.create(null) as object, Object.fromEntries(pairs)),
  'a Map': () => new Map(pairs),
  'a generator': () => generated(),
  'the entries of other headers': () => new Headers(pairs).entries(),
  'a list of lists that are no arrays': () => pairs.map((pair) => new Set(pair)),
}

for (const [carrier, options] of Object.entries(carriers)) {
  test.each(Object.entries(ways))(
    `with ${carrier}, headers may be written as %s, and go along both times`,
    async (_how, write) => {
      const { api, url, server } = await world(undefined, options)
      await fetch(url, { headers: write() as HeadersInit })
      await api(url, { headers: write() as HeadersInit })
      expect(server.requests).toHaveLength(3)
      for (const { headers } of server.requests) {
        expect(headers).toMatchObject({ 'x-request-id': 'r-1', accept: 'text/plain' })
      }
    },
  )
}

test.each(Object.entries(ways))(
  'headers that are written as %s go along elsewhere too, and with session: false',
  async (_how, write) => {
    const { api, server } = await world(undefined, { origins: ['https://api.example.com'] })
    await api(server.url, { headers: write() as HeadersInit })
    await api(server.url, { headers: write() as HeadersInit, session: false })
    expect(server.requests).toHaveLength(2)
    for (const { headers } of server.requests) {
      expect(headers).toMatchObject({ 'x-request-id': 'r-1', accept: 'text/plain' })
      expect(headers).not.toHaveProperty('authorization')
    }
  },
)

test('headers of undefined are none', async () => {
  const { api, url, server } = await world()
  await api(url, { headers: undefined })
  expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
    'Bearer first',
    'Bearer second',
  ])
})

const changeable: Readonly<Record<string, () => [given: unknown, change: () => void]>> = {
  Headers: () => {
    const headers = new Headers(pairs)
    return [headers, () => headers.set('X-Request-Id', 'changed')]
  },
  'an array': () => {
    const headers = [...pairs]
    return [headers, () => headers.splice(0, 2, ['X-Request-Id', 'changed'])]
  },
  'the pairs of an array': () => {
    const headers = pairs.map((pair) => [...pair])
    return [headers, () => headers.forEach((pair) => (pair[1] = 'changed'))]
  },
  'a plain object': () => {
    const headers = Object.fromEntries(pairs)
    return [headers, () => (headers['X-Request-Id'] = 'changed')]
  },
  'a Map': () => {
    const headers = new Map(pairs)
    return [headers, () => headers.set('X-Request-Id', 'changed')]
  },
}

test.each(Object.entries(changeable))(
  'what the caller changes afterwards in %s does not reach a held request',
  async (_how, make) => {
    const { api, url, sent, open } = await holdingWorld()
    const [headers, change] = make()
    const call = api(`${url}/thing`, { headers: headers as HeadersInit })
    change()
    await open()
    await call
    expect(sent('/thing').map(({ headers: got }) => got['x-request-id'])).toEqual(['r-1'])
  },
)

test.each(Object.entries(ways))(
  'headers written as %s are left as they were',
  async (_how, write) => {
    const { api, url } = await world()
    const headers = write()
    const isOnce = typeof (headers as { next?: unknown }).next === 'function'
    const before = isOnce ? undefined : JSON.stringify(Object.entries(headers as object))
    await api(url, { headers: headers as HeadersInit })
    const after = isOnce ? undefined : JSON.stringify(Object.entries(headers as object))
    expect(after).toBe(before)
    if (headers instanceof Headers) expect(headers.has('Authorization')).toBe(false)
  },
)

test.each(Object.entries(ways))(
  'a header of the credential replaces the caller’s of that name in other letters, written as %s',
  async (_how, write) => {
    const { api, url, server } = await world(undefined, { session: { credential: signing } })
    await api(url, { headers: write() as HeadersInit })
    // `x-request-id` is one that the credential signs with.
    expect(server.requests.map(({ headers }) => headers['x-request-id'])).toEqual([
      'signed first',
      'signed second',
    ])
  },
)
