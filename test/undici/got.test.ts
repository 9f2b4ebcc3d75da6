import { expect, onTestFinished, test, vi } from 'vitest'
import type { EchoedRequest } from 'unexpired/testing'
import { startRecorder } from '../contract/recorder.js'
import { breathe, errorOf, start, times, until } from '../contract/stage.js'
import { bearer } from '../contract/protocols.js'

/** The example, at a server of its own, with somebody signed in. */
async function run() {
  const server = await start()
  vi.stubEnv('API_ORIGIN', server.url)
  vi.resetModules()
  const { api, session } = await import('../../examples/got.js')
  vi.unstubAllEnvs()
  onTestFinished(() => void session.close())
  await session.signIn(await bearer.signIn(server, 'ann'))
  const shown = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  return { server, api, session, shown }
}

test('the example of got refreshes once for a herd, and sends each body again as it was', async () => {
  const { server, api } = await run()
  server.orders.expireNow()
  const answers = await Promise.all(
    times(8, (id) => api<EchoedRequest>(`things/${id}`, { method: 'POST', json: { id } })),
  )
  expect(
    answers.map(({ method, path, body, generation }) => [method, path, body, generation]),
  ).toEqual(times(8, (id) => ['POST', `/api/things/${id}`, `{"id":${id}}`, 2]))
  expect(server.counts).toMatchObject({
    refreshes: 1,
    familiesRevoked: 0,
    turnedAway: 8,
    served: 8,
  })
})

test('the example of got ends once when the refresh is refused', async () => {
  const { server, api, session, shown } = await run()
  server.orders.refuseRefresh()
  server.orders.expireNow()
  const errors = await Promise.all(times(8, () => errorOf(api('me'))))
  for (const error of errors) {
    expect(error).toMatchObject({ code: 'session-ended', reason: 'refused' })
  }
  expect(session.status).toBe('signed-out')
  expect(shown).toHaveBeenCalledTimes(1)
  expect(server.counts.refreshes).toBe(1)
})

test('got retries what is its own to retry, and the 401 is not', async () => {
  const { server, api } = await run()
  const retry = {
    calculateDelay: ({ computedValue }: { computedValue: number }) => computedValue && 1,
  }
  server.orders.expireNow()
  expect((await api<EchoedRequest>('me', { retry })).generation).toBe(2)
  server.orders.failApi({ status: 503 })
  expect((await api<EchoedRequest>('flaky', { retry })).path).toBe('/api/flaky')
  expect(server.requests.filter(({ path }) => path === '/api/flaky')).toHaveLength(2)
  expect(server.counts.turnedAway).toBe(1)
})

test('a 401 that stays is got’s own error, after one refresh', async () => {
  const { server, api } = await run()
  const error = await errorOf(api('always-401'))
  expect(error).toMatchObject({ name: 'HTTPError', response: { statusCode: 401 } })
  expect(server.counts.refreshes).toBe(1)
})

test('G12 the signal of a request that waits ends it at once, and leaves nothing unhandled', async () => {
  const { server, api, session } = await run()
  const failures: unknown[] = []
  const note = (error: unknown): void => void failures.push(error)
  process.on('unhandledRejection', note)
  server.orders.expireNow()
  server.orders.hangRefresh()
  const controller = new AbortController()
  const answer = errorOf(api('me', { signal: controller.signal }))
  await until(() => session.explain().some(({ type }) => type === 'turned-away'))
  controller.abort()
  expect(await answer).toMatchObject({ name: 'AbortError' })
  await breathe()
  process.off('unhandledRejection', note)
  expect(failures).toEqual([])
  server.orders.clear()
})

test('G39 the token of got goes nowhere else: not by a URL, and not by a redirect', async () => {
  const { server, api } = await run()
  const elsewhere = await startRecorder()
  for (const url of [`${elsewhere.url}/caught`, `//${elsewhere.host}/caught`]) {
    expect(await errorOf(api(url))).toMatchObject({ response: { statusCode: 401 } })
  }
  const searchParams = { to: `${elsewhere.url}/caught`, status: '307' }
  const error = await errorOf(api('redirect', { method: 'POST', json: { a: 1 }, searchParams }))
  expect(error).toMatchObject({ response: { statusCode: 401 } })
  expect(elsewhere.requests.map(({ url }) => url)).toEqual(['/caught', '/caught', '/caught'])
  for (const { headers } of elsewhere.requests) expect(headers).not.toHaveProperty('authorization')
  expect(server.counts.refreshes).toBe(0)
})
