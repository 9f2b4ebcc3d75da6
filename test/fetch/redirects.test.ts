import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { errorOf } from '../contract/stage.js'
import { bothWays, leadingHosts, leadingUrl, none, xToken } from './redirect-hosts.js'
import { world } from './scene.js'
import { serve } from './server.js'
import type { Server } from './server.js'

/** The headers that a caller may have put on besides. */
const own = {
  Accept: 'text/plain',
  Authorization: 'Basic of-another-system',
  'Content-Language': 'en',
  'Content-Type': 'text/x-own',
  Cookie: 'sid=of-another-system',
  'Proxy-Authorization': 'Basic of-a-proxy',
  'X-Request-Id': 'r-1',
}

const statuses = ['301', '302', '303', '307', '308']
const methods: readonly (readonly [method: string, body: string | undefined])[] = [
  ['GET', undefined],
  ['HEAD', undefined],
  ['POST', 'a body'],
  ['POST', undefined],
  ['PUT', 'a body'],
  ['DELETE', undefined],
  ['put', 'a body'],
  ['OPTIONS', 'a body'],
]
const cases = statuses.flatMap((status) =>
  methods.map(([method, body]) => [status, method, body] as const),
)

test.each(cases)(
  'G39 a redirect by %s of %s (body: %s) is followed at home, elsewhere and back as by the platform, but for the token',
  async (status, method, body) => {
    const hosts = await leadingHosts()
    const { home, elsewhere } = hosts
    for (const way of [
      [`${home.url}/target`],
      [`${elsewhere.url}/target`],
      [`${elsewhere.url}/there`, `${home.url}/back`],
      [`${home.url}/a`, `${elsewhere.url}/b`, `${elsewhere.url}/c`, `${home.url}/d`],
    ]) {
      const { theirs, ours } = await bothWays(hosts, (token) => [
        leadingUrl(hosts, status, way),
        { method, headers: { ...own, ...token }, ...(body === undefined ? {} : { body }) },
      ])
      expect(ours.all).toEqual(theirs.all)
      expect(ours.signed.elsewhere).toEqual(none(ours.signed.elsewhere))
      // Once it was elsewhere, whoever is there says where it goes: the token does not come back.
      const left = way.findIndex((to) => to.startsWith(elsewhere.url))
      const signedAtHome = ours.signed.home.map((_token, index) =>
        left < 0 || index <= left ? 'first' : undefined,
      )
      expect(ours.signed.home).toEqual(signedAtHome)
      expect(ours.signed.home.length + ours.signed.elsewhere.length).toBe(way.length + 1)
    }
  },
)

/** A typed array goes on, too: it is Node's own fetch that does not send one on. */
const bodies: Readonly<Record<string, () => BodyInit>> = {
  URLSearchParams: () => new URLSearchParams({ a: '1' }),
  Blob: () => new Blob(['text'], { type: 'text/x-blob' }),
  'an empty text': () => '',
}
const bodyCases = statuses.flatMap((status) =>
  Object.entries(bodies).map(([kind, body]) => [status, kind, body] as const),
)

test.each(bodyCases)(
  'a redirect by %s of a body of %s is followed as by the platform',
  async (status, _kind, body) => {
    const hosts = await leadingHosts()
    for (const method of ['POST', 'PUT']) {
      const { theirs, ours } = await bothWays(hosts, (headers) => [
        leadingUrl(hosts, status, [`${hosts.home.url}/target`]),
        { method, headers, body: body() },
      ])
      expect(ours.all).toEqual(theirs.all)
      expect(ours.signed).toEqual(theirs.signed)
    }
  },
)

test.each(statuses)(
  'a redirect by %s of a Request with a body is followed as by the platform',
  async (status) => {
    const hosts = await leadingHosts()
    for (const to of [`${hosts.home.url}/target`, `${hosts.elsewhere.url}/target`]) {
      const { theirs, ours } = await bothWays(hosts, (token) => [
        new Request(leadingUrl(hosts, status, [to]), {
          method: 'POST',
          body: 'text',
          headers: { ...own, ...token },
        }),
      ])
      expect(ours.all).toEqual(theirs.all)
      expect(ours.signed.elsewhere).toEqual(none(ours.signed.elsewhere))
    }
  },
)

test('a typed array and a form are sent on whole', async () => {
  const hosts = await leadingHosts()
  const form = new FormData()
  form.set('name', 'text')
  for (const body of [new TextEncoder().encode('name'), form]) {
    const before = hosts.home.requests.length
    await bothWays(hosts, (headers) => [
      leadingUrl(hosts, '307', [`${hosts.home.url}/target`]),
      { method: 'POST', headers, body },
    ])
    const sent = hosts.home.requests.slice(before).filter(({ url }) => url === '/target')
    expect(sent.at(-1)?.body.toString()).toContain('name')
  }
})

test.each([20, 21])('%s redirects in a row are followed, or not, as by the platform', async (n) => {
  const elsewhere = await serve((_request, response) => response.end())
  const home = await serve((request, response) => {
    const left = Number(request.url.slice(1))
    if (left) response.writeHead(302, { Location: `/${left - 1}` }).end()
    else response.end('the end')
  })
  const { theirs, ours } = await bothWays({ home, elsewhere }, (headers) => [
    `${home.url}/${n}`,
    { headers },
  ])
  expect(ours.all).toEqual(theirs.all)
  expect(ours.answer).toMatchObject(n > 20 ? { thrown: 'TypeError' } : { status: 200 })
})

test.each(['300', '304', '305', '306'])('a %s is no redirect', async (status) => {
  const elsewhere = await serve((_request, response) => response.end())
  const home: Server = await serve((_request, response) =>
    response.writeHead(Number(status), { Location: '/target' }).end(),
  )
  const { theirs, ours } = await bothWays({ home, elsewhere }, (headers) => [home.url, { headers }])
  expect(ours.all).toEqual(theirs.all)
  expect(ours.answer).toMatchObject({ status: Number(status), redirected: false })
})

test('a clone of an answer that came by a redirect says so too', async () => {
  const { api, url } = await world((request, response) => {
    if (request.url === '/from') response.writeHead(302, { Location: '/to' }).end()
    else response.end('to')
  }, xToken)
  const answer = await api(`${url}/from`)
  const copy = answer.clone()
  expect([answer.redirected, answer.url]).toEqual([true, `${url}/to`])
  expect([copy.redirected, copy.url]).toEqual([true, `${url}/to`])
})

test('an abort between two redirects ends the request, with its reason', async () => {
  const controller = new AbortController()
  const { api, url, server } = await world((request, response) => {
    if (request.url === '/from') response.writeHead(302, { Location: '/to' }).end()
  }, xToken)
  const call = errorOf(api(`${url}/from`, { signal: controller.signal }))
  while (server.requests.length < 2) await pause(1)
  controller.abort('enough')
  expect(await call).toBe('enough')
})

test('a signal of undefined leaves that of a Request in force, also after a redirect', async () => {
  const controller = new AbortController()
  const { api, url, server } = await world((request, response) => {
    if (request.url === '/from') response.writeHead(302, { Location: '/to' }).end()
  }, xToken)
  const request = new Request(`${url}/from`, { signal: controller.signal })
  const call = errorOf(api(request, { signal: undefined }))
  while (server.requests.length < 2) await pause(1)
  controller.abort('enough')
  expect(await call).toBe('enough')
})

test('a redirect of a request with an integrity fails, and nothing goes anywhere', async () => {
  const elsewhere = await serve((_request, response) => response.end(''))
  // Of nothing, as the answer would be: by hand, that of the redirect is looked at first.
  const integrity = 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
  const { api, url } = await world(({ url: at }, response) => {
    if (at === '/from') response.writeHead(302, { Location: elsewhere.url }).end('moved')
    else response.end('')
  }, xToken)
  expect((await api(url, { integrity })).status).toBe(200)
  expect(await errorOf(api(`${url}/from`, { integrity }))).toBeInstanceOf(TypeError)
  expect(elsewhere.requests).toEqual([])
})
