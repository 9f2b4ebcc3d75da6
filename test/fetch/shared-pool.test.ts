import { Agent, request } from 'undici'
import { createSession } from 'unexpired'
import { createFetch } from 'unexpired/fetch'
import { sessionInterceptor } from 'unexpired/undici'
import { expect, onTestFinished, test } from 'vitest'
import { serve } from './server.js'

/** A server whose 401 is a page of so many bytes, and a session that refreshes through one connection. */
async function world(bytes: number) {
  const server = await serve(({ url, headers }, response) => {
    if (url === '/refresh') response.end('{"accessToken":"second"}')
    else if (headers['authorization'] === 'Bearer second') response.end('hello')
    else response.writeHead(401).end('x'.repeat(bytes))
  })
  const agent = new Agent({ connections: 1 })
  onTestFinished(() => agent.destroy())
  const session = createSession({
    refreshTimeoutMs: 1_000,
    refresh: ({ signal }) =>
      fetch(`${server.url}/refresh`, { signal, dispatcher: agent } as RequestInit),
  })
  onTestFinished(() => void session.close())
  await session.signIn({ accessToken: 'first' })
  return { server, agent, session, origins: [server.url] }
}

const sizes = [15_000, 60_000, 500_000]

test.each(sizes)(
  'a 401 of %d bytes leaves its connection to the refresh, with fetch',
  async (bytes) => {
    const { server, agent, session, origins } = await world(bytes)
    const api = createFetch(session, {
      origins,
      fetch: (input, init) => fetch(input, { ...init, dispatcher: agent } as RequestInit),
    })
    expect(await (await api(`${server.url}/me`)).text()).toBe('hello')
  },
)

test.each(sizes)(
  'a 401 of %d bytes leaves its connection to the refresh, with undici',
  async (bytes) => {
    const { server, agent, session, origins } = await world(bytes)
    const dispatcher = agent.compose(sessionInterceptor(session, { origins }))
    const { body } = await request(`${server.url}/me`, { dispatcher })
    expect(await body.text()).toBe('hello')
  },
)

test.each(sizes)(
  'a replay that is answered with 401 and %d bytes is handed over whole',
  async (bytes) => {
    const { server, session, origins } = await world(bytes)
    const api = createFetch(session, {
      origins,
      fetch: (input, init) => fetch(input, { ...init, headers: {} }),
    })
    const answer = await api(`${server.url}/me`)
    expect([answer.status, (await answer.text()).length]).toEqual([401, bytes])
  },
)
