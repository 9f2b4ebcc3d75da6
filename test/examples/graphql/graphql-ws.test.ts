import { createClient, type Client, type ClientOptions } from 'graphql-ws'
import { WebSocket } from 'undici'
import { isSessionError } from 'unexpired'
import { expect, onTestFinished, test, vi } from 'vitest'
import { until } from '../../contract/stage.js'
import { startSocketServer, type SocketServer, type SocketServerOptions } from './socket-server.js'
import { subscribe } from './socket-calls.js'
import { enter, type Stage } from './stage.js'

const begin = async (options?: SocketServerOptions): Promise<Stage<SocketServer>> =>
  enter(await startSocketServer(options))

/** The least that it takes, with no time between two connections. */
function connect(
  { backEnd, session }: Stage<SocketServer>,
  more: Partial<ClientOptions> = {},
): Client {
  const client = createClient({
    url: `${backEnd.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: async () => ({ token: await session.getAccessToken() }),
    retryWait: async () => undefined,
    ...more,
  })
  onTestFinished(() => client.dispose())
  return client
}

const ended = (error: unknown): boolean => isSessionError(error) && error.code === 'session-ended'

test('a socket that is closed when its lifetime is over comes back with a fresh token', async () => {
  const stage = await begin()
  const { backEnd, clock } = stage
  const { seen, errors } = subscribe(connect(stage))
  await until(() => backEnd.open() === 1)
  backEnd.tick(1)
  await until(() => seen.length === 1)
  backEnd.tokens.orders.expireNow()
  await clock.advance(60_000)
  backEnd.close()
  await until(() => backEnd.connections.length === 2 && backEnd.open() === 1)
  backEnd.tick(2)
  await until(() => seen.length === 2)
  expect(seen).toEqual([1, 2])
  expect(errors).toEqual([])
  expect(backEnd.connections).toEqual(['ada', 'ada'])
  expect(backEnd.tokens.counts.refreshes).toBe(1)
})

test('a token that was turned down before its time is sent again and again by getAccessToken alone', async () => {
  const stage = await begin()
  const { backEnd } = stage
  backEnd.tokens.orders.expireNow()
  const { errors } = subscribe(connect(stage, { retryAttempts: 3 }))
  await until(() => errors.length === 1)
  expect(errors).toMatchObject([{ code: 4403 }])
  expect(backEnd.connections).toEqual([undefined, undefined, undefined, undefined])
  expect(backEnd.tokens.counts.refreshes).toBe(0)
})

test('4401 is the end for graphql-ws, whatever shouldRetry says', async () => {
  const stage = await begin({ code: 4401 })
  const { backEnd, clock } = stage
  const { errors } = subscribe(connect(stage, { shouldRetry: () => true }))
  await until(() => backEnd.open() === 1)
  backEnd.tokens.orders.expireNow()
  await clock.advance(60_000)
  backEnd.close()
  await until(() => errors.length === 1)
  expect(errors).toMatchObject([{ code: 4401 }])
  expect(backEnd.connections).toEqual(['ada'])
})

test('4401 is no end where its listener makes 4403 of it', async () => {
  const stage = await begin({ code: 4401 })
  const { backEnd, clock } = stage
  const { seen } = subscribe(
    connect(stage, {
      on: {
        closed(event) {
          const closed = event as CloseEvent
          if (closed.code === 4401) Object.defineProperty(closed, 'code', { value: 4403 })
        },
      },
    }),
  )
  await until(() => backEnd.open() === 1)
  backEnd.tokens.orders.expireNow()
  await clock.advance(60_000)
  backEnd.close()
  await until(() => backEnd.connections.length === 2 && backEnd.open() === 1)
  backEnd.tick(1)
  await until(() => seen.length === 1)
  expect(backEnd.tokens.counts.refreshes).toBe(1)
})

/** A socket that is closed, and that cannot come back because the refresh is refused. */
async function refuse(more: Partial<ClientOptions>) {
  const stage = await begin()
  const { backEnd, clock, session } = stage
  const asked = vi.fn<() => void>()
  const codes: unknown[] = []
  const client = connect(stage, {
    async connectionParams() {
      asked()
      // As long as somebody is signed in: then without a token.
      const token = await session.getAccessToken()
      return { token }
    },
    // Else it would take the end of the old socket for that of the new one.
    retryWait: (retries) => until(() => retries === 0 || codes.includes(4005)),
    on: { closed: (event) => codes.push((event as CloseEvent).code) },
    ...more,
  })
  const { errors } = subscribe(client)
  await until(() => backEnd.open() === 1)
  backEnd.tokens.orders.expireNow()
  backEnd.tokens.orders.refuseRefresh()
  await clock.advance(60_000)
  backEnd.close()
  await until(() => errors.length === 1)
  expect(stage.signedOut).toHaveLength(1)
  return { errors, asked: asked.mock.calls.length }
}

test('graphql-ws takes the end of a session for a close event, and tries again', async () => {
  const { errors, asked } = await refuse({})
  expect(errors.map(ended)).toEqual([false])
  expect(errors).toMatchObject([{ code: 4403 }])
  expect(asked).toBe(2 + 4)
})

test('G19 shouldRetry lets the end of a session be the end of what is subscribed', async () => {
  const { errors, asked } = await refuse({ shouldRetry: (problem) => !isSessionError(problem) })
  expect(errors.map(ended)).toEqual([true])
  expect(asked).toBe(2)
})

test('G19 a refresh that is unavailable is visible where shouldRetry says so, and the session lives', async () => {
  const stage = await begin()
  const { backEnd, clock, session } = stage
  const shouldRetry = (problem: unknown): boolean => !isSessionError(problem)
  const closed = vi.fn<() => void>()
  const client = connect(stage, { shouldRetry, on: { closed } })
  await clock.advance(60_000)
  backEnd.tokens.orders.failRefresh({ status: 503, retryAfter: 1 })
  const { errors } = subscribe(client)
  await until(() => errors.length === 1)
  expect(errors).toMatchObject([{ code: 'refresh-unavailable', retryAfterMs: 1_000 }])
  expect(session.status).toBe('active')
  await clock.advance(1_000)
  await until(() => closed.mock.calls.length === 1)
  const { seen } = subscribe(client)
  await until(() => backEnd.open() === 1)
  backEnd.tick(1)
  await until(() => seen.length === 1)
})

test('G1 a refresh that takes longer than the server waits for a token costs a connection, and no second one', async () => {
  const stage = await begin({ waitsMs: 15 })
  const { backEnd, clock } = stage
  const codes: unknown[] = []
  const client = connect(stage, {
    on: { closed: (event) => codes.push((event as CloseEvent).code) },
  })
  const release = stage.holdRefresh()
  await clock.advance(60_000)
  const { seen, errors } = subscribe(client)
  await until(() => codes.length === 1)
  expect(codes).toEqual([4408])
  release()
  await until(() => backEnd.open() === 1)
  backEnd.tick(1)
  await until(() => seen.length === 1)
  expect(errors).toEqual([])
  expect(backEnd.tokens.counts.refreshes).toBe(1)
})

test('G12 who leaves while the token is waited for leaves no socket behind, and does not end the refresh', async () => {
  const stage = await begin()
  const { backEnd, clock } = stage
  const closed = vi.fn<() => void>()
  const release = stage.holdRefresh()
  await clock.advance(60_000)
  const { leave, seen } = subscribe(connect(stage, { on: { closed } }))
  await until(stage.isRefreshHeld)
  leave()
  release()
  await until(() => closed.mock.calls.length === 1)
  expect(backEnd.open()).toBe(0)
  expect(seen).toEqual([])
  expect(backEnd.tokens.counts.refreshesGranted).toBe(1)
})
