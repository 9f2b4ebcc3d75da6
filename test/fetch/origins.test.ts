import { expect, test, vi } from 'vitest'
import { SessionError } from 'unexpired'
import type { FetchSessionOptions } from 'unexpired/fetch'
import { startRecorder } from '../contract/recorder.js'
import { errorOf } from '../contract/stage.js'
import { enterPage, pageFetch, withBase } from './page.js'
import { carriers, signedIn, world } from './scene.js'
import { serve } from './server.js'

/** Whether a request would carry the token. Nothing is sent: these hosts are nobody's. */
async function carries(
  input: string | URL | Request,
  options: FetchSessionOptions = {},
): Promise<boolean> {
  let sent: string | null | undefined
  const send: typeof fetch = (_input, init) => {
    sent = new Headers(init?.headers).get('Authorization')
    return Promise.resolve(new Response(''))
  }
  const { api } = await signedIn({ ...options, fetch: send })
  await api(input)
  expect(sent).not.toBeUndefined()
  return sent === 'Bearer first'
}

const page = 'https://app.example.com/some/page?a=1#part'

const atHome = [
  '/thing',
  'thing',
  '../thing',
  '',
  '?a=1',
  '#part',
  './',
  '//app.example.com/thing',
  'https://app.example.com/thing',
  'https://app.example.com:443/thing',
  'HTTPS://APP.EXAMPLE.COM/thing',
  'https:thing',
  '\\thing',
  '/thing?to=https://evil.example',
  '/@evil.example',
]

test.each(atHome)('G39 in a page without origins, %j carries the token', async (url) => {
  enterPage(page)
  expect(await carries(url)).toBe(true)
})

const others = [
  'https://evil.example/thing',
  'http://app.example.com/thing',
  'https://app.example.com:8443/thing',
  'https://app.example.com.evil.example/',
  'https://evil.example\\@app.example.com/',
  'https://sub.app.example.com/',
  'https://example.com/',
  '//evil.example/thing',
  '\\\\evil.example/thing',
  '/\\evil.example/thing',
  '/\t/evil.example/thing',
  'ht\ntps://evil.example/',
  ' //evil.example/',
  'https:\\\\evil.example',
  'data:text/plain,hello',
  'about:blank',
  'ftp://app.example.com/',
  'file:///etc/passwd',
]

test.each(others)('G39 in a page without origins, %j carries none', async (url) => {
  enterPage(page)
  expect(await carries(url)).toBe(false)
})

test('G39 the page’s own blobs are no affair of the session: they are neither signed nor held', async () => {
  enterPage(page)
  expect(await carries('blob:https://app.example.com/9115d58c-bcda-ff47-86e5-083e9a215304')).toBe(
    false,
  )
})

test('in a page, a Request and a URL object count as their URL', async () => {
  enterPage(page)
  for (const make of [(url: string) => new URL(url), (url: string) => new Request(url)]) {
    expect(await carries(make('https://app.example.com/thing'))).toBe(true)
    expect(await carries(make('https://evil.example/thing'))).toBe(false)
  }
})

test('G39 the page is looked at with each request: it may have gone elsewhere, or come later', async () => {
  const send = vi.fn<typeof fetch>(() => Promise.resolve(new Response('')))
  const { api } = await signedIn({ fetch: send })
  const tokens = (): unknown[] =>
    send.mock.calls.map(([, init]) => new Headers(init?.headers).get('Authorization'))
  expect(await errorOf(api('https://one.example/'))).toMatchObject({ code: 'origin-unknown' })
  const { goTo } = enterPage('https://one.example/')
  await api('https://one.example/')
  goTo('https://two.example/')
  await api('https://one.example/')
  await api('/thing')
  expect(tokens()).toEqual(['Bearer first', null, 'Bearer first'])
})

test('a worker’s own URL is its page', async () => {
  enterPage('https://app.example.com/assets/worker.js')
  expect(await carries('/api/thing')).toBe(true)
  expect(await carries('https://evil.example/')).toBe(false)
})

test('a worker that was made of a blob belongs to the origin that made it', async () => {
  enterPage('blob:https://app.example.com/9115d58c-bcda-ff47-86e5-083e9a215304')
  expect(await carries('https://app.example.com/api/thing')).toBe(true)
  expect(await carries('https://evil.example/')).toBe(false)
})

const nowhere = ['about:blank', 'about:srcdoc', 'data:text/html,hello', 'file:///home/ann/app.html']

test.each([...nowhere, undefined])(
  'G39 where there is no origin (%s), a request rejects with an error that says what to pass',
  async (url) => {
    if (url !== undefined) enterPage(url)
    const send = vi.fn<typeof fetch>(() => Promise.resolve(new Response('')))
    const { api, refreshes } = await signedIn({ fetch: send })
    for (const input of ['https://api.example.com/', 'data:text/plain,a', 'file:///a', '/thing']) {
      const error = await errorOf(api(input))
      expect(error).toBeInstanceOf(SessionError)
      expect(error).toMatchObject({ code: 'origin-unknown' })
      expect((error as Error).message).toMatch(/createFetch.*page.*pass `origins`/)
    }
    expect(send).not.toHaveBeenCalled()
    expect(refreshes()).toBe(0)
  },
)

test('where no origin is known, a request that is not ours goes out all the same', async () => {
  const { api, url, server } = await world(undefined, { origins: undefined })
  await api(url, { session: false })
  await api(url, { headers: { authorization: 'Basic own' } })
  expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
    undefined,
    'Basic own',
  ])
})

test('G39 named origins count in place of the page, however they are written', async () => {
  enterPage(page)
  const options = { origins: ['https://API.example.com:443/ignored/path', 'http://localhost:3000'] }
  expect(await carries('https://api.example.com/thing', options)).toBe(true)
  expect(await carries('http://localhost:3000/thing', options)).toBe(true)
  expect(await carries('http://localhost:3001/thing', options)).toBe(false)
  expect(await carries('/thing', options)).toBe(false)
  expect(await carries('data:text/plain,a', options)).toBe(false)
})

test('no named origin at all is none: no request carries the token', async () => {
  enterPage(page)
  expect(await carries('/thing', { origins: [] })).toBe(false)
})

for (const [carrier, options] of Object.entries(carriers)) {
  test(`with ${carrier}, a relative URL of a page is sent to the page, turned away and replayed`, async () => {
    const { api, url, server } = await world(undefined, {
      ...options,
      origins: undefined,
      fetch: pageFetch,
    })
    enterPage(`${url}/app/index.html`)
    expect((await api('../api/thing?a=1#part')).status).toBe(200)
    expect(server.requests.map((request) => request.url)).toEqual([
      '/api/thing?a=1',
      '/api/thing?a=1',
    ])
  })

  test(`G39 with ${carrier}, a page that has its base elsewhere sends relative URLs there, without the token`, async () => {
    const elsewhere = await startRecorder()
    const { api, url, server, refreshes } = await world(undefined, {
      ...options,
      origins: undefined,
      fetch: pageFetch,
    })
    enterPage(`${url}/app/`)
    withBase(`${elsewhere.url}/assets/`)
    expect((await api('thing')).status).toBe(401)
    expect(elsewhere.requests.map((request) => request.url)).toEqual(['/assets/thing'])
    expect(elsewhere.requests.map(({ headers }) => headers)).not.toContainEqual(
      expect.objectContaining({ authorization: expect.anything() }),
    )
    expect(elsewhere.requests[0]?.headers).not.toHaveProperty('x-token')
    expect((await api(`${url}/thing`)).status).toBe(200)
    expect(server.requests).toHaveLength(2)
    expect(refreshes()).toBe(1)
  })
}

test('G39 an answer from elsewhere refreshes nothing, also where the platform does not say that it was redirected', async () => {
  const elsewhere = await serve((_request, response) => response.writeHead(401).end())
  // As React Native and older polyfills do.
  const { api, url, refreshes } = await world(
    (_request, response) => response.writeHead(302, { Location: elsewhere.url }).end(),
    {
      async fetch(input, init) {
        const { status, body, url: at } = await fetch(input, init)
        const response = new Response(body, { status })
        Object.defineProperty(response, 'url', { value: at })
        return Object.defineProperty(response, 'redirected', { value: undefined })
      },
    },
  )
  expect((await api(url)).status).toBe(401)
  expect(refreshes()).toBe(0)
})
