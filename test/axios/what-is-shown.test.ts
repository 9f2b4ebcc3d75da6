import { Readable } from 'node:stream'
import { inspect } from 'node:util'
import axios, { type AxiosError } from 'axios'
import { createSession, type SessionEndedError } from 'unexpired'
import { attachSession } from 'unexpired/axios'
import { startTokenServer } from 'unexpired/testing'
import { afterEach, expect, test, vi } from 'vitest'

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function enter() {
  const server = await startTokenServer()
  cleanUps.push(() => server.close())
  const session = createSession({
    refresh: ({ refreshToken, signal }) =>
      axios.post(`${server.url}/auth/refresh`, { refreshToken }, { signal }).then((r) => r.data),
  })
  const api = attachSession(axios.create({ baseURL: `${server.url}/api` }), session)
  await session.signIn((await axios.post(`${server.url}/auth/login`, { username: 'ann' })).data)
  return { server, session, api }
}

test.each(['stream', 'text'] as const)(
  'G40 an answer as %s that is printed shows no token',
  async (responseType) => {
    const { api, session } = await enter()
    const response = await api.get('/stream', { responseType })
    expect(inspect(response, { depth: 10 })).not.toContain(session.tokens?.accessToken)
    expect(response.data).toBeDefined()
    if (responseType === 'stream') response.data.destroy()
  },
)

test('G40 an error of a request whose body is a stream shows no token, printed with all that is in it', async () => {
  const { api, session } = await enter()
  const body = Readable.from(['a'])
  const error: unknown = await api.post('/status/418', body).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ response: { status: 418 } })
  expect(inspect(error, { depth: 10 })).not.toContain(session.tokens?.accessToken)
  expect((error as AxiosError).config?.data).toBe(body)
})

test('G40 what a callback of the app throws is shown without what clients hang on their errors', async () => {
  const shown = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const { server, session } = await enter()
  const { accessToken, refreshToken } = session.tokens ?? {}
  // The types ask for nothing back; what a listener returns is looked at all the same.
  const careless: () => unknown = () =>
    axios.post(
      `${server.url}/api/forbidden`,
      { refreshToken },
      { headers: { Authorization: `Bearer ${accessToken}` } },
    )
  session.on('signed-out', careless)
  await session.signOut()
  await vi.waitFor(() => expect(shown).toHaveBeenCalled())
  const printed = inspect(shown.mock.calls, { depth: 10 })
  expect(printed).toContain('AxiosError')
  expect(printed).not.toContain(accessToken)
  expect(printed).not.toContain(refreshToken)
})

test('the error of an ended session serialises as those of axios do, without a token', async () => {
  const { server, session, api } = await enter()
  const { accessToken } = session.tokens ?? {}
  server.orders.expireNow()
  server.orders.refuseRefresh()
  const error = await api.get('/me').catch((thrown: unknown) => thrown as SessionEndedError)
  if (!axios.isAxiosError(error)) throw new Error('expected an error of axios’ kind')
  expect(error.status).toBe(401)
  expect(error.toJSON()).toMatchObject({ name: 'SessionEndedError', code: 'session-ended' })
  expect(JSON.stringify(error)).not.toContain(accessToken)
})

test('an `expired` that returns a promise, which the types forbid, sends nothing twice', async () => {
  const { server, session } = await enter()
  const expired = ((response: { status: number }) =>
    Promise.resolve(response.status === 401)) as unknown as () => boolean
  const api = attachSession(axios.create({ baseURL: `${server.url}/api` }), session, { expired })
  await api.post('/payments', { amount: 1 })
  expect(server.counts.served).toBe(1)
  server.orders.expireNow()
  await api.post('/payments', { amount: 2 })
  expect(server.counts).toMatchObject({ served: 2, refreshes: 1 })
})
