import { WebSocket } from 'undici'
import { isSessionError } from 'unexpired'
import { createFetch } from 'unexpired/fetch'
import { expect, onTestFinished, test, vi } from 'vitest'
import { times, until } from '../../contract/stage.js'
import { openPage } from '../rest/page.js'
import { startSocketServer, type SocketServerOptions } from './socket-server.js'
import { subscribe } from './socket-calls.js'
import { signInAt } from './stage.js'

/** Between two connections graphql-ws waits for 1.3 to 4 seconds, and the second time for at most 5. */
function cutWaitsShort(): void {
  const { setTimeout: later } = globalThis
  const isWait = (ms: number): boolean => ms >= 1_300 && ms < 5_000
  vi.stubGlobal('setTimeout', (run: () => void, ms = 0, ...more: unknown[]) =>
    later(run, more.length === 0 && isWait(ms) ? 1 : ms, ...more),
  )
}

/** Runs the example in a page of an app that is signed in. */
async function open(options?: SocketServerOptions) {
  const server = await startSocketServer(options)
  openPage(server)
  vi.stubGlobal('WebSocket', WebSocket)
  cutWaitsShort()
  vi.resetModules()
  const { session } = await import('../../../examples/fetch.js')
  const { client } = await import('../../../examples/graphql-ws.js')
  onTestFinished(async () => {
    session.close()
    await client.dispose()
  })
  await session.signIn(await signInAt(server, 'ada'))
  return { server, session, client, ...server.tokens }
}

test('G1 what is subscribed lives through an expiry that only the server notices, after one refresh', async () => {
  const { server, client, orders, counts } = await open()
  const all = times(8, () => subscribe(client))
  await until(() => server.open() === 8)
  server.tick(1)
  await until(() => all.every(({ seen }) => seen.length === 1))
  orders.expireNow()
  server.close()
  await until(() => server.connections.length === 2 && server.open() === 8)
  server.tick(2)
  await until(() => all.every(({ seen }) => seen.length === 2))
  expect(all.map(({ seen }) => seen)).toEqual(times(8, () => [1, 2]))
  expect(all.flatMap(({ errors }) => errors)).toEqual([])
  expect(server.connections).toEqual(['ada', 'ada'])
  expect(counts).toMatchObject({ refreshes: 1, familiesRevoked: 0 })
})

test('a token that is turned down before the socket is open costs one refresh, too', async () => {
  const { server, client, orders, counts } = await open()
  orders.expireNow()
  const { seen } = subscribe(client)
  await until(() => server.open() === 1)
  server.tick(1)
  await until(() => seen.length === 1)
  expect(server.connections).toEqual([undefined, 'ada'])
  expect(counts.refreshes).toBe(1)
})

test('G2 a socket that is closed after requests have had the token refreshed refreshes nothing', async () => {
  const { server, session, client, orders, counts } = await open()
  const { seen } = subscribe(client)
  await until(() => server.open() === 1)
  orders.expireNow()
  const request = createFetch(session, { origins: [server.url] })
  expect((await request(`${server.url}/api/me`)).status).toBe(200)
  server.close()
  await until(() => server.connections.length === 2 && server.open() === 1)
  server.tick(1)
  await until(() => seen.length === 1)
  expect(counts.refreshes).toBe(1)
})

test('a user who may not have a socket is told so, after one refresh and however often it is tried', async () => {
  const { server, client, counts } = await open({ forbidden: true })
  for (const tried of [2, 3]) {
    const { errors } = subscribe(client)
    await until(() => errors.length === 1)
    expect(errors).toMatchObject([{ code: 4403 }])
    expect(server.connections).toHaveLength(tried)
  }
  expect(counts.refreshes).toBe(1)
})

test('G19 a refusal ends what is subscribed with SessionEndedError', async () => {
  const { server, session, client, orders, counts } = await open()
  const all = times(8, () => subscribe(client))
  await until(() => server.open() === 8)
  orders.expireNow()
  orders.refuseRefresh()
  server.close()
  await until(() => all.every(({ errors }) => errors.length === 1))
  for (const error of all.flatMap(({ errors }) => errors)) {
    expect(isSessionError(error)).toBe(true)
    expect(error).toMatchObject({ code: 'session-ended', reason: 'refused' })
  }
  expect(session.status).toBe('signed-out')
  expect(counts.refreshes).toBe(1)
})

test('G19 a refresh that is unavailable ends what is subscribed, and not the session', async () => {
  const { server, session, client, orders } = await open()
  const { errors } = subscribe(client)
  await until(() => server.open() === 1)
  orders.expireNow()
  orders.failRefresh({ status: 503, retryAfter: 60 })
  server.close()
  await until(() => errors.length === 1)
  expect(errors).toMatchObject([{ code: 'refresh-unavailable', reason: 'server' }])
  expect(session.status).toBe('active')
})

test('G24 what one user has subscribed ends with the session, and the next user has a socket of their own', async () => {
  const { server, session, client } = await open()
  const first = subscribe(client)
  await until(() => server.open() === 1)
  await session.signIn(await signInAt(server, 'grace'))
  await until(() => first.errors.length === 1)
  expect(first.errors).toMatchObject([{ code: 4499 }])
  const second = subscribe(client)
  await until(() => server.connections.length === 2 && server.open() === 1)
  server.tick(1)
  await until(() => second.seen.length === 1)
  expect(server.connections).toEqual(['ada', 'grace'])
  expect(first.seen).toEqual([])
})

test('G24 what waits to come back when another user signs in ends, and the next user has a socket of their own', async () => {
  const { server, session, client } = await open()
  const first = subscribe(client)
  await until(() => server.open() === 1)
  const grace = await signInAt(server, 'grace')
  let closed = 0
  let signedIn: Promise<void> | undefined
  client.on('closed', () => {
    closed += 1
    signedIn ??= session.signIn(grace)
  })
  server.close()
  await until(() => first.errors.length === 1)
  await signedIn
  // graphql-ws gives the close of the old socket to what is subscribed before it, too.
  await until(() => closed === 2)
  expect(first.errors).toMatchObject([{ code: 'session-ended', reason: 'replaced' }])
  const second = subscribe(client)
  await until(() => server.open() === 1)
  server.tick(1)
  await until(() => second.seen.length === 1)
  expect(server.connections).toEqual(['ada', 'grace'])
  expect(first.seen).toEqual([])
})

test('the next user has their token refreshed, too, where it is turned down', async () => {
  const { server, session, client, orders, counts } = await open()
  subscribe(client)
  await until(() => server.open() === 1)
  await session.signIn(await signInAt(server, 'grace'))
  await until(() => server.open() === 0)
  orders.expireNow()
  const { seen } = subscribe(client)
  await until(() => server.open() === 1)
  server.tick(1)
  await until(() => seen.length === 1)
  expect(server.connections).toEqual(['ada', undefined, 'grace'])
  expect(counts.refreshes).toBe(1)
})
