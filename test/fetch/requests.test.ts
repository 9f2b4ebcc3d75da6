import { expect, test } from 'vitest'
import { errorOf, until } from '../contract/stage.js'
import { carriers, gate, holdingWorld, world } from './scene.js'
import { serve } from './server.js'

const form = (): FormData => {
  const data = new FormData()
  data.append('name', 'Ünï')
  data.append('file', new File(['bytes'], 'a.txt', { type: 'text/plain' }))
  return data
}

const bodies: Readonly<Record<string, () => RequestInit>> = {
  text: () => ({ body: 'Ünï cödé' }),
  URLSearchParams: () => ({ body: new URLSearchParams({ text: 'Ünï' }) }),
  FormData: () => ({ body: form() }),
  Blob: () => ({ body: new Blob(['Ünï'], { type: 'text/plain' }) }),
  'a typed array': () => ({ body: new TextEncoder().encode('Ünï') }),
  'an ArrayBuffer': () => ({ body: new TextEncoder().encode('Ünï').buffer }),
  'a stream': () => ({ body: new Blob(['Ünï']).stream(), duplex: 'half' }) as RequestInit,
  'an empty text': () => ({ body: '' }),
}

for (const [carrier, options] of Object.entries(carriers)) {
  test.each(Object.entries(bodies))(
    `G26 with ${carrier}, a Request with a body of %s is replayed whole`,
    async (_kind, body) => {
      const { api, url, server, refreshes } = await world(undefined, options)
      const request = new Request(`${url}/thing`, {
        method: 'PUT',
        headers: { 'X-Request-Id': 'r-1' },
        ...body(),
      })
      expect((await api(request)).status).toBe(200)
      const [first, second] = server.requests
      expect(second?.body).toEqual(first?.body)
      expect(first?.body.length === 0).toBe(_kind === 'an empty text')
      expect(second).toMatchObject({ method: 'PUT', headers: { 'x-request-id': 'r-1' } })
      expect(second?.headers['content-type']).toBe(first?.headers['content-type'])
      expect(first?.headers['content-type']).toBe(request.headers.get('content-type') ?? undefined)
      expect(refreshes()).toBe(1)
    },
  )

  test(`with ${carrier}, a Request is used up afterwards, as with any fetch`, async () => {
    const { api, url } = await world(undefined, options)
    const request = new Request(`${url}/thing`, { method: 'POST', body: 'text' })
    await api(request)
    expect(request.bodyUsed).toBe(true)
    const plain = new Request(`${url}/thing`)
    await api(plain)
    expect(plain.bodyUsed).toBe(false)
    expect((await api(plain)).status).toBe(200)
  })

  test(`with ${carrier}, a Request that is used already rejects as with any fetch`, async () => {
    const { api, url, server, refreshes } = await world(undefined, options)
    const used = async (): Promise<Request> => {
      const request = new Request(`${url}/thing`, { method: 'POST', body: 'text' })
      await request.text()
      return request
    }
    const theirs = await errorOf(fetch(await used()))
    expect(theirs).toBeInstanceOf(TypeError)
    const request = await used()
    let call: Promise<Response> | undefined
    expect(() => (call = api(request))).not.toThrow()
    expect(await errorOf(call as Promise<Response>)).toBeInstanceOf(TypeError)
    expect(server.requests).toEqual([])
    expect(refreshes()).toBe(0)
  })

  test(`with ${carrier}, a used Request with a new body is sent with that`, async () => {
    const { api, url, server } = await world(undefined, options)
    const request = new Request(`${url}/thing`, { method: 'POST', body: 'old' })
    await request.text()
    const theirs = await serve((_request, response) => response.end())
    const another = new Request(`${theirs.url}/thing`, { method: 'POST', body: 'old' })
    await another.text()
    // What does the platform do?
    const init = { body: 'new' }
    await fetch(another, init)
    expect(theirs.requests[0]?.body.toString()).toBe('new')
    await api(request, init)
    expect(server.requests.map(({ body }) => body.toString())).toEqual(['new', 'new'])
  })

  test(`with ${carrier}, a Request with a body that is given twice is sent once`, async () => {
    const { wait, open, waiting } = gate()
    const { api, url, server, session } = await world(undefined, { ...options, refreshing: wait })
    const request = new Request(`${url}/thing`, { method: 'POST', body: 'text' })
    const first = api(request)
    const second = errorOf(api(request))
    await until(() => waiting() > 0)
    open()
    expect((await first).status).toBe(200)
    expect(await second).toBeInstanceOf(TypeError)
    expect(server.requests.map(({ body }) => body.toString())).toEqual(['text', 'text'])
    expect(session.status).toBe('active')
  })

  test(`with ${carrier}, a Request without a body may be given twice`, async () => {
    const { api, url, refreshes } = await world(undefined, options)
    const request = new Request(`${url}/thing`, { headers: { 'X-Request-Id': 'r-1' } })
    const answers = await Promise.all([api(request), api(request)])
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(refreshes()).toBe(1)
  })

  test(`with ${carrier}, nothing is put onto the caller’s own Request`, async () => {
    const { api, url } = await world(undefined, options)
    const request = new Request(`${url}/thing`, { headers: { 'X-Request-Id': 'r-1' } })
    await api(request)
    expect([...request.headers]).toEqual([['x-request-id', 'r-1']])
  })
}

test('a Request that is held is taken when it is given: its headers may change afterwards', async () => {
  const { api, url, sent, open } = await holdingWorld()
  const request = new Request(`${url}/thing`, { headers: { 'X-Request-Id': 'r-1' } })
  const call = api(request)
  request.headers.set('X-Request-Id', 'changed')
  request.headers.set('X-More', 'more')
  await open()
  await call
  expect(sent('/thing')).toHaveLength(1)
  expect(sent('/thing')[0]?.headers).toMatchObject({ 'x-request-id': 'r-1' })
  expect(sent('/thing')[0]?.headers).not.toHaveProperty('x-more')
})

test('the replay of a Request is the request as it was given: its headers may change meanwhile', async () => {
  const { wait, open, waiting } = gate()
  const { api, url, server } = await world(undefined, { refreshing: wait })
  const request = new Request(`${url}/thing`, { headers: { 'X-Request-Id': 'r-1' } })
  const call = api(request)
  await until(() => waiting() > 0)
  request.headers.set('X-Request-Id', 'changed')
  open()
  await call
  expect(server.requests.map(({ headers }) => headers['x-request-id'])).toEqual(['r-1', 'r-1'])
})

test('a Request that is held is used up at once, so that nobody reads its body away', async () => {
  const { api, url, sent, open } = await holdingWorld()
  const request = new Request(`${url}/thing`, { method: 'POST', body: 'text' })
  const call = api(request)
  // With any fetch this rejects, as the body is taken.
  await request.text().catch(() => undefined)
  await open()
  await call
  expect(sent('/thing').map(({ body }) => body.toString())).toEqual(['text'])
})

test('a Request of an app’s own class is sent as it is, and no second one is made of it', async () => {
  const { api, url, server } = await world()
  class ApiRequest extends Request {
    constructor(path: string, data: unknown) {
      super(`${url}${path}`, { method: 'POST', body: JSON.stringify(data) })
    }
  }
  expect((await api(new ApiRequest('/thing', { a: 1 }))).status).toBe(200)
  expect(server.requests.map((request) => [request.url, request.body.toString()])).toEqual([
    ['/thing', '{"a":1}'],
    ['/thing', '{"a":1}'],
  ])
})
