import { expect, test } from 'vitest'
import type { FetchSessionOptions } from 'unexpired/fetch'
import { startRecorder } from '../contract/recorder.js'
import { carriers, holdingWorld, world } from './scene.js'

/** Ways to write a header. */
const ways: Readonly<Record<string, (name: string, value: string) => unknown>> = {
  'a plain object': (name, value) => ({ Accept: '*/*', [name]: value }),
  Headers: (name, value) => new Headers({ [name]: value }),
  'an array': (name, value) => [
    ['Accept', '*/*'],
    [name, value],
  ],
  'a Map': (name, value) => new Map([[name, value]]),
  'a generator': (name, value) => new Map([[name, value]]).entries(),
}

const names: Readonly<Record<string, readonly string[]>> = {
  Authorization: ['Authorization', 'authorization', 'AUTHORIZATION'],
  'X-Token': ['X-Token', 'x-token', 'X-TOKEN'],
}

const cases = Object.entries(carriers).flatMap(([carrier, options]) =>
  (names[carrier] ?? []).flatMap((name) =>
    Object.entries(ways).map(([how, write]) => [carrier, name, how, options, write] as const),
  ),
)

test.each(cases)(
  'with %s, a caller’s own %s, written in %s, wins: its 401 is its own',
  async (_carrier, name, _how, options, write) => {
    const { api, url, server, refreshes } = await world(
      (_request, response) => response.writeHead(401).end(),
      options,
    )
    const answer = await api(url, { headers: write(name, 'own') as HeadersInit })
    expect(answer.status).toBe(401)
    expect(server.requests.map(({ headers }) => headers[name.toLowerCase()])).toEqual(['own'])
    expect(refreshes()).toBe(0)
  },
)

test.each(cases)(
  'with %s, a caller’s own %s on a Request, written in %s, wins',
  async (_carrier, name, _how, options, write) => {
    const { api, url, server, refreshes } = await world(
      (_request, response) => response.writeHead(401).end(),
      options,
    )
    await api(new Request(url, { headers: write(name, 'own') as HeadersInit }))
    expect(server.requests.map(({ headers }) => headers[name.toLowerCase()])).toEqual(['own'])
    expect(refreshes()).toBe(0)
  },
)

test('what counts is what is sent: headers in init take those of a Request off', async () => {
  const { api, url, server } = await world()
  const request = new Request(url, { headers: { Authorization: 'Basic own' } })
  await api(request, { headers: { Accept: '*/*' } })
  await api(new Request(url, { headers: { Accept: '*/*' } }), {
    headers: { Authorization: 'Basic own' },
  })
  expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
    'Bearer first',
    'Bearer second',
    'Basic own',
  ])
})

test('an own header that is empty is one, too', async () => {
  const { api, url, server } = await world()
  await api(url, { headers: { Authorization: '' } })
  expect(server.requests.map(({ headers }) => headers.authorization ?? '')).toEqual([''])
})

test('a header that only begins like the configured one is none', async () => {
  const { api, url, server } = await world(undefined, carriers['X-Token'])
  await api(url, { headers: { 'X-Token-Kind': 'own', Authorization: 'Basic own' } })
  expect(server.requests.map(({ headers }) => [headers['x-token'], headers.authorization])).toEqual(
    [
      ['first', 'Basic own'],
      ['second', 'Basic own'],
    ],
  )
})

test('a request with its own credential is not held', async () => {
  const { api, url, sent, session, open } = await holdingWorld()
  await api(`${url}/own`, { headers: { Authorization: 'Basic own' } })
  expect(sent('/own')).toHaveLength(1)
  expect(session.status).toBe('refreshing')
  await open()
})

test('session: false is neither held nor signed nor judged, with whatever it is sent', async () => {
  const seen: number[] = []
  const options: FetchSessionOptions = {
    expired: ({ status }) => {
      seen.push(status)
      return status === 401
    },
  }
  const { api, url, sent, session, open } = await holdingWorld(options)
  seen.length = 0
  const stream = { body: new Blob(['text']).stream(), duplex: 'half' }
  for (const init of [{}, { body: 'text' }, stream, { headers: new Headers({ a: 'b' }) }]) {
    const answer = await api(`${url}/untouched`, { method: 'POST', ...init, session: false })
    expect(answer.status).toBe(200)
  }
  await api(new Request(`${url}/untouched`), { session: false })
  expect(session.status).toBe('refreshing')
  expect(seen).toEqual([])
  expect(sent('/untouched')).toHaveLength(5)
  for (const { headers } of sent('/untouched')) expect(headers).not.toHaveProperty('authorization')
  await open()
})

test('session: false keeps the 401 of a request whose body can be read whole', async () => {
  const { api, url, refreshes } = await world((_request, response) =>
    response.writeHead(401).end('{"error":"wrong password"}'),
  )
  const answer = await api(url, { method: 'POST', body: 'password', session: false })
  expect(await answer.json()).toEqual({ error: 'wrong password' })
  expect(refreshes()).toBe(0)
})

test('session: {} and session: undefined ask for nothing special', async () => {
  const { api, url, refreshes } = await world()
  expect((await api(url, { session: {} })).status).toBe(200)
  expect((await api(url, { session: undefined })).status).toBe(200)
  expect((await api(url, { session: { replay: true } })).status).toBe(200)
  expect(refreshes()).toBe(1)
})

test('with session: { replay: false } a Request with a body is sent once, whole, and its answer handed over', async () => {
  for (const options of Object.values(carriers)) {
    const { api, url, server, refreshes } = await world(undefined, options)
    const request = new Request(url, { method: 'POST', body: 'text' })
    expect((await api(request, { session: { replay: false } })).status).toBe(401)
    expect(server.requests.map(({ body }) => body.toString())).toEqual(['text'])
    expect(refreshes()).toBe(1)
  }
})

test('G39 elsewhere a caller’s own header goes along as the platform sends it', async () => {
  const elsewhere = await startRecorder()
  const { api } = await world(undefined, carriers['X-Token'])
  await api(elsewhere.url, { headers: { 'X-Token': 'own', Authorization: 'Basic own' } })
  expect(elsewhere.requests[0]?.headers).toMatchObject({
    'x-token': 'own',
    authorization: 'Basic own',
  })
})
