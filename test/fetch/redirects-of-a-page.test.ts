import { expect, test, vi } from 'vitest'
import type { Credential } from 'unexpired'
import { startRecorder } from '../contract/recorder.js'
import { errorOf } from '../contract/stage.js'
import { carriers, signedIn, world } from './scene.js'
import { tokenOf } from './server.js'
import type { Answer } from './server.js'

const xToken = carriers['X-Token'] ?? {}

/** Leads to wherever `to` says; home is reached by a path. */
const leads: Answer = (request, response) => {
  const to = new URL(request.url, 'http://any').searchParams.get('to')
  if (to) response.writeHead(307, { Location: to }).end()
  else response.end(tokenOf(request))
}

/** As a page's fetch answers what it is told not to follow: it shows nothing of it. */
const browserFetch = vi.fn<typeof fetch>(async (input, init) => {
  const response = await fetch(input, init)
  const isRedirect = init?.redirect === 'manual' && response.status >= 300 && response.status < 400
  if (!isRedirect) return response
  const opaque = Response.error()
  return Object.defineProperty(opaque, 'type', { value: 'opaqueredirect' })
})

test('G39 a page, which cannot look at redirects, refuses them with an error that says why', async () => {
  const { api, url, server, refreshes } = await world(leads, { ...xToken, fetch: browserFetch })
  for (const to of ['/home', 'https://elsewhere.example/']) {
    const error = await errorOf(api(`${url}/from?to=${encodeURIComponent(to)}`))
    expect(error).toBeInstanceOf(TypeError)
    expect((error as Error).message).toMatch(/createFetch: a redirect was refused.*credential/)
  }
  expect(server.requests).toHaveLength(2)
  expect(refreshes()).toBe(0)
})

test('in a page, an answer that is no redirect is handed over as ever', async () => {
  const { api, url } = await world(undefined, { ...xToken, fetch: browserFetch })
  expect((await api(url)).status).toBe(200)
})

test('in a page with Authorization the platform follows redirects, as it takes that off itself', async () => {
  const elsewhere = await startRecorder()
  const { api, url } = await world(leads, { fetch: browserFetch })
  expect(await (await api(`${url}/from?to=/home`)).text()).toBe('first')
  const to = encodeURIComponent(elsewhere.url)
  expect((await api(`${url}/from?to=${to}`)).status).toBe(401)
  expect(elsewhere.requests[0]?.headers).not.toHaveProperty('authorization')
})

type Inputs = (url: string, redirect: RequestRedirect) => Parameters<typeof fetch>

const said: Readonly<Record<string, Inputs>> = {
  'in init': (url, redirect) => [url, { redirect }],
  'on a Request': (url, redirect) => [new Request(url, { redirect })],
}

for (const [carrier, options] of Object.entries(carriers)) {
  for (const [how, inputs] of Object.entries(said)) {
    test(`with ${carrier}, redirect: 'manual' ${how} gives the redirect itself, as on the platform`, async () => {
      const elsewhere = await startRecorder()
      const { api, url } = await world(leads, options)
      const from = `${url}/from?to=${encodeURIComponent(elsewhere.url)}`
      const theirs = await fetch(...inputs(from, 'manual'))
      const answer = await api(...inputs(from, 'manual'))
      const seen = ({ status, type, redirected, headers }: Response): unknown[] => [
        status,
        type,
        redirected,
        headers.get('location'),
      ]
      expect(seen(answer)).toEqual(seen(theirs))
      expect(elsewhere.requests).toEqual([])
    })

    test(`with ${carrier}, redirect: 'error' ${how} makes a redirect an error, as on the platform`, async () => {
      const { api, url, server } = await world(leads, options)
      const from = `${url}/from?to=/home`
      const theirs = await errorOf(fetch(...inputs(from, 'error')))
      const error = await errorOf(api(...inputs(from, 'error')))
      expect(error).toBeInstanceOf(TypeError)
      expect((error as Error).message).toBe((theirs as Error).message)
      expect(server.requests).toHaveLength(2)
    })
  }
}

test('in a page, redirect: manual gives an opaque answer, which is not refused', async () => {
  const { api, url } = await world(leads, { ...xToken, fetch: browserFetch })
  const answer = await api(`${url}/from?to=/home`, { redirect: 'manual' })
  expect(answer).toMatchObject({ type: 'opaqueredirect', status: 0 })
})

const proof: Credential = ({ headers, method, url }) => ({
  ...headers,
  'X-Proof': `${method} ${new URL(url).pathname}`,
})

test('G39 all headers of a credential stay with the allowed origins, across redirects too', async () => {
  const elsewhere = await startRecorder()
  const { api, url, server } = await world(leads, { session: { credential: proof } })
  const to = encodeURIComponent(elsewhere.url)
  expect((await api(`${url}/from?to=${to}`)).status).toBe(401)
  expect(server.requests[0]?.headers).toMatchObject({
    authorization: 'Bearer first',
    'x-proof': 'GET /from',
  })
  expect(elsewhere.requests).toHaveLength(1)
  expect(elsewhere.requests[0]?.headers).not.toHaveProperty('authorization')
  expect(elsewhere.requests[0]?.headers).not.toHaveProperty('x-proof')
})

test('G39 a redirect to another origin that was named keeps a custom header', async () => {
  const named = await startRecorder()
  const { server } = await world(leads)
  const { api } = await signedIn({ ...xToken, origins: [server.url, named.url] })
  const to = encodeURIComponent(`${named.url}/there`)
  await api(`${server.url}/from?to=${to}`, { session: { replay: false } })
  expect(named.requests[0]?.headers).toMatchObject({ 'x-token': 'first' })
})

test('a request without a token follows redirects as the platform does', async () => {
  const elsewhere = await startRecorder()
  const { api, url, session } = await world(leads, { ...xToken, fetch: browserFetch })
  await session.signOut()
  const to = encodeURIComponent(elsewhere.url)
  expect((await api(`${url}/from?to=${to}`)).status).toBe(401)
  expect(elsewhere.requests).toHaveLength(1)
})
