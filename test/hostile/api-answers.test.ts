import { createServer, type Socket } from 'node:net'

import axios from 'axios'
import fc from 'fast-check'
import { Agent, request } from 'undici'
import { createSession, isSessionError } from 'unexpired'
import { attachSession } from 'unexpired/axios'
import { createFetch } from 'unexpired/fetch'
import { sessionInterceptor } from 'unexpired/undici'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { challenges, oddHeaderValues } from './odd-headers.js'
import { longestMs, runs } from './runs.js'

const header = (name: string, values: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  values.map((value) => `${name}: ${value}\r\n`)

/** What stands between the status and the body, byte for byte: no server would check it. */
const oddHeads = fc
  .array(
    fc.oneof(
      header('WWW-Authenticate', challenges),
      header('Retry-After', oddHeaderValues),
      header('Date', oddHeaderValues),
    ),
    { maxLength: 4 },
  )
  .map((lines) => lines.join(''))

const fresh = 'fresh-8f2Kq0zXw7Lm'
const stale = 'stale-3Vb6Yt1RnP9c'

/** An API that turns stale tokens down with these headers, and fresh ones not. */
const api = { head: '', stays401: false, port: 0, sockets: new Set<Socket>() }
const server = createServer((socket) => {
  api.sockets.add(socket)
  socket.on('error', () => undefined)
  socket.on('data', (bytes) => {
    const isFresh = bytes.includes(fresh) && !api.stays401
    const status = isFresh ? '200 OK' : '401 Unauthorized'
    const end = 'Content-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}'
    socket.end(`HTTP/1.1 ${status}\r\n${api.head}${end}`)
  })
})
beforeAll(
  () =>
    new Promise<void>((ready) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address()
        api.port = typeof address === 'object' && address ? address.port : 0
        ready()
      })
    }),
)
afterAll(() => {
  for (const socket of api.sockets) socket.destroy()
  server.close()
})

type Call = (session: ReturnType<typeof createSession>, url: string) => Promise<number>

const clients: Record<string, Call> = {
  async axios(session, url) {
    const instance = axios.create({ validateStatus: () => true })
    attachSession(instance, session, { origins: [url] })
    return (await instance.get(`${url}/me`)).status
  },
  async fetch(session, url) {
    return (await createFetch(session, { origins: [url] })(`${url}/me`)).status
  },
  async undici(session, url) {
    const agent = new Agent()
    try {
      const dispatcher = agent.compose(sessionInterceptor(session, { origins: [url] }))
      const { statusCode, body } = await request(`${url}/me`, { dispatcher })
      await body.dump()
      return statusCode
    } finally {
      await agent.destroy()
    }
  },
}

test.each(Object.entries(clients))(
  'G9 G11 G15 G40 %s: whatever stands in the headers of a 401, one refresh and one replay follow, or none',
  async (_name, call) => {
    const outcomes = new Set<unknown>()
    const property = fc.asyncProperty(oddHeads, fc.boolean(), async (head, stays401) => {
      Object.assign(api, { head, stays401 })
      let refreshes = 0
      const session = createSession({
        refresh: async () => ({ accessToken: fresh, refreshToken: `next-${(refreshes += 1)}` }),
      })
      try {
        await session.signIn({ accessToken: stale, refreshToken: 'first-5Gd8Hs2JkZ4x' })
        const outcome = await call(session, `http://127.0.0.1:${api.port}`).catch(
          (error: unknown) => error,
        )
        outcomes.add(typeof outcome === 'number' ? outcome : 'its own error')
        // Headers that the client cannot read are an error of its own, and no reason to refresh.
        if (typeof outcome === 'number') expect(outcome).toBe(stays401 ? 401 : 200)
        else expect(isSessionError(outcome)).toBe(false)
        expect(refreshes).toBe(typeof outcome === 'number' ? 1 : 0)
        expect(session.status).toBe('active')
      } finally {
        await session.close()
      }
    })
    await fc.assert(property, runs(150))
    expect(outcomes).toEqual(new Set([200, 401, 'its own error']))
  },
  longestMs,
)
