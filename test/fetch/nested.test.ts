import { expect, test } from 'vitest'
import { createSession } from 'unexpired'
import { createFetch } from 'unexpired/fetch'
import { startRecorder } from '../contract/recorder.js'
import { errorOf, times } from '../contract/stage.js'
import { carriers, signedIn, world } from './scene.js'
import { serve, tokenOf } from './server.js'

test('G25 two sessions with two fetches know nothing of one another', async () => {
  const one = await world()
  const two = await world()
  const answers = await Promise.all([
    ...times(3, () => one.api(one.url)),
    two.api(two.url, { session: { replay: false } }),
    one.api(two.url),
    two.api(one.url),
  ])
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 401, 200, 200])
  expect([one.refreshes(), two.refreshes()]).toEqual([1, 1])
  // Each other’s servers are elsewhere.
  expect(one.server.requests.filter((request) => tokenOf(request) === undefined)).toHaveLength(1)
})

test('G1 two fetches of one session share one refresh', async () => {
  const { session, api, url, refreshes, server } = await world()
  const other = createFetch(session, { origins: [url], header: 'X-Token', scheme: '' })
  const calls = times(6, (index) => (index % 2 ? api : other)(url))
  expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(times(6, () => 200))
  expect(refreshes()).toBe(1)
  expect(server.requests).toHaveLength(12)
})

test('a fetch of one session around a fetch of the same does its work once', async () => {
  for (const options of Object.values(carriers)) {
    const { session, api: inner, url, server, refreshes } = await world(undefined, options)
    const outer = createFetch(session, { origins: [url], ...options, fetch: inner })
    for (const input of [url, new Request(url, { method: 'POST', body: 'text' })]) {
      expect((await outer(input)).status).toBe(200)
    }
    expect(server.requests.map(tokenOf)).toEqual(['first', 'second', 'second'])
    expect(refreshes()).toBe(1)
  }
})

/** A server that asks for both tokens. */
const asksForBoth = (first: string): ReturnType<typeof serve> =>
  serve((request, response) => {
    const { authorization = '', 'x-token': token = '' } = request.headers
    const isExpired = [authorization, token].some((text) => String(text).includes(first))
    response.writeHead(isExpired ? 401 : 200).end(JSON.stringify([authorization, token]))
  })

test('a fetch of one session around a fetch of another signs with both', async () => {
  const server = await asksForBoth('first')
  const inner = await signedIn({ origins: [server.url], ...carriers['X-Token'] })
  const outer = await signedIn({ origins: [server.url], fetch: inner.api })
  const answer = await outer.api(server.url, { method: 'POST', body: 'text' })
  expect(await answer.json()).toEqual(['Bearer second', 'second'])
  expect([inner.refreshes(), outer.refreshes()]).toEqual([1, 1])
  expect(server.requests.every(({ body }) => body.toString() === 'text')).toBe(true)
})

test('the other way round, too', async () => {
  const server = await asksForBoth('first')
  const inner = await signedIn({ origins: [server.url] })
  const outer = await signedIn({
    origins: [server.url],
    ...carriers['X-Token'],
    fetch: inner.api,
  })
  const answer = await outer.api(server.url)
  expect(await answer.json()).toEqual(['Bearer second', 'second'])
  expect([inner.refreshes(), outer.refreshes()]).toEqual([1, 1])
})

test('G39 nested, neither token goes elsewhere by a redirect', async () => {
  const elsewhere = await startRecorder()
  const server = await serve((_request, response) =>
    response.writeHead(307, { Location: elsewhere.url }).end(),
  )
  const options = [{}, carriers['X-Token'] ?? {}] as const
  for (const [inside, outside] of [options, [options[1], options[0]]] as const) {
    const inner = await signedIn({ origins: [server.url], ...inside })
    const outer = await signedIn({ origins: [server.url], ...outside, fetch: inner.api })
    expect((await outer.api(server.url)).status).toBe(401)
    expect([inner.refreshes(), outer.refreshes()]).toEqual([0, 0])
  }
  expect(elsewhere.requests).toHaveLength(2)
  for (const { headers } of elsewhere.requests) {
    expect(headers).not.toHaveProperty('authorization')
    expect(headers).not.toHaveProperty('x-token')
  }
})

test('an abort ends a nested request that either session holds', async () => {
  const server = await asksForBoth('first')
  const never = (): Promise<void> => new Promise(() => undefined)
  const hanging = { refreshing: never, session: { refreshTimeoutMs: 60_000 } }
  for (const [inside, outside] of [
    [hanging, {}],
    [{}, hanging],
  ]) {
    const inner = await signedIn({ origins: [server.url], ...carriers['X-Token'], ...inside })
    const outer = await signedIn({ origins: [server.url], ...outside, fetch: inner.api })
    const signal = AbortSignal.timeout(30)
    const error = await errorOf(outer.api(server.url, { signal }))
    expect(error).toBe(signal.reason)
  }
})

test('a session that is signed out leaves its requests to the other', async () => {
  const server = await asksForBoth('never')
  const inner = await signedIn({ origins: [server.url], ...carriers['X-Token'] })
  const nobody = createSession({ refresh: () => Promise.reject(new Error('no')) })
  const outer = createFetch(nobody, { origins: [server.url], fetch: inner.api })
  expect(await (await outer(server.url)).json()).toEqual(['', 'first'])
})
