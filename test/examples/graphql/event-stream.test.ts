import { isSessionError } from 'unexpired'
import { expect, test, vi } from 'vitest'
import { errorOf, until } from '../../contract/stage.js'
import { openEvents, url } from './event-page.js'
import { startEventServer } from './event-server.js'
import { enter } from './stage.js'

test('an event stream lives through an expiry, and loses no event', async () => {
  const { server, next, orders, counts } = await openEvents()
  server.emit('one')
  expect(await next()).toBe('one')
  server.emit('two')
  expect(await next()).toBe('two')
  orders.expireNow()
  server.end()
  const three = next()
  await until(() => server.open() === 0)
  server.emit('three')
  expect(await three).toBe('three')
  server.emit('four')
  expect(await next()).toBe('four')
  expect(server.requests).toEqual([
    { user: 'ada', lastId: undefined, status: 200 },
    { user: undefined, lastId: '2', status: 401 },
    { user: 'ada', lastId: '2', status: 200 },
  ])
  expect(counts).toMatchObject({ refreshes: 1, familiesRevoked: 0 })
})

test('G1 eight event streams that come back at once cause one refresh', async () => {
  const { server, events, controller, orders, counts } = await openEvents()
  server.emit('one')
  const streams = Array.from({ length: 8 }, () => events(url, controller.signal))
  const next = () => Promise.all(streams.map(async (each) => (await each.next()).value?.data))
  await next()
  orders.expireNow()
  server.end()
  const second = next()
  await until(() => server.open() === 0)
  server.emit('two')
  expect(await second).toEqual(streams.map(() => 'two'))
  expect(counts).toMatchObject({ refreshes: 1, familiesRevoked: 0 })
})

test('an event stream that the server ends for another reason comes back with the same token', async () => {
  const { server, next, counts } = await openEvents()
  server.emit('one')
  await next()
  server.end()
  const two = next()
  await until(() => server.requests.length === 2)
  server.emit('two')
  expect(await two).toBe('two')
  expect(counts.refreshes).toBe(0)
})

test('G12 an abort ends an open event stream at once', async () => {
  const { server, next, controller } = await openEvents()
  const waiting = next()
  await until(() => server.open() === 1)
  controller.abort()
  expect(await errorOf(waiting)).toBe(controller.signal.reason)
  await until(() => server.open() === 0)
})

test('G12 an abort ends an event stream that waits before it comes back', async () => {
  const { server, next, controller } = await openEvents({ retryMs: 60_000 })
  server.emit('one')
  await next()
  server.end()
  const waiting = next()
  await until(() => server.open() === 0)
  controller.abort()
  expect(await errorOf(waiting)).toBe(controller.signal.reason)
  expect(server.requests).toHaveLength(1)
})

test('G12 an abort ends an event stream that is held, and not the refresh', async () => {
  const { server, next, controller, session, orders, counts } = await openEvents()
  orders.expireNow()
  orders.delay('/auth/refresh', 30)
  const waiting = next()
  await until(() => counts.refreshes === 1)
  controller.abort()
  expect(await errorOf(waiting)).toBe(controller.signal.reason)
  expect(session.status).toBe('refreshing')
  await until(() => session.status === 'active')
  expect(server.requests).toEqual([{ user: undefined, lastId: undefined, status: 401 }])
  expect(counts.refreshesGranted).toBe(1)
})

test('who stops reading an event stream closes it', async () => {
  const { server, stream } = await openEvents()
  server.emit('one')
  for await (const event of stream) {
    expect(event.data).toBe('one')
    break
  }
  await until(() => server.open() === 0)
})

test('G19 a refusal ends an event stream with SessionEndedError', async () => {
  const { server, next, session, orders } = await openEvents()
  server.emit('one')
  await next()
  orders.expireNow()
  orders.refuseRefresh()
  server.end()
  const error = await errorOf(next())
  expect(isSessionError(error)).toBe(true)
  expect(error).toMatchObject({ code: 'session-ended', reason: 'refused' })
  expect(session.status).toBe('signed-out')
  expect(await next()).toBeUndefined()
})

test('G19 a refresh that is unavailable ends an event stream, and not the session', async () => {
  const { next, session, orders } = await openEvents()
  orders.expireNow()
  orders.failRefresh({ status: 503, retryAfter: 60 })
  expect(await errorOf(next())).toMatchObject({ code: 'refresh-unavailable' })
  expect(session.status).toBe('active')
})

test('an answer that is no event stream ends it', async () => {
  const { server, next, counts } = await openEvents({ status: 403 })
  expect(await errorOf(next())).toMatchObject({ message: expect.stringContaining('403') as string })
  expect(server.requests).toHaveLength(1)
  expect(counts.refreshes).toBe(0)
})

test('a connection that is cut ends it with a TypeError: to come back from that is up to the app', async () => {
  const { server, next } = await openEvents()
  server.emit('one')
  await next()
  const waiting = next()
  server.cut()
  expect(await errorOf(waiting)).toBeInstanceOf(TypeError)
})

test('an app may come back from that: it knows the last event that it has seen', async () => {
  const { server, events, controller, orders, counts } = await openEvents()
  const seen: string[] = []
  async function read(lastId = ''): Promise<void> {
    try {
      for await (const event of events(url, controller.signal, lastId)) {
        lastId = event.id ?? lastId
        seen.push(event.data)
      }
    } catch (error) {
      if (error instanceof TypeError) return read(lastId)
      throw error
    }
  }
  const reading = errorOf(read())
  server.emit('one')
  await until(() => seen.length === 1)
  orders.expireNow()
  server.cut()
  server.emit('two')
  await until(() => seen.length === 2)
  controller.abort()
  expect(await reading).toBe(controller.signal.reason)
  expect(seen).toEqual(['one', 'two'])
  expect(counts.refreshes).toBe(1)
})

test('expired may ask for bodies, and holds no event stream back, nor complains', async () => {
  const complaints = vi.spyOn(console, 'error')
  const server = await startEventServer()
  const stage = await enter(server, {
    expired: async (response) =>
      response.status === 401 || ((await response.json()) as { code: number }).code === 1234,
  })
  server.tokens.orders.expireNow()
  const { body } = await stage.fetch(`${server.url}/events`)
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader()
  expect((await reader?.read())?.value).toBe('retry: 1\n\n')
  server.emit('one')
  expect((await reader?.read())?.value).toContain('data: one')
  server.emit('two')
  expect((await reader?.read())?.value).toContain('data: two')
  await reader?.cancel()
  expect(complaints).not.toHaveBeenCalled()
})
