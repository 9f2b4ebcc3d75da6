import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import type { Dispatcher } from 'undici'
import { breathe, until } from '../contract/stage.js'
import { recording } from './handler.js'
import { scene, sayHello, serve, turningAway } from './scene.js'

const get = (origin: string, path = '/'): Dispatcher.DispatchOptions => ({
  origin,
  path,
  method: 'GET',
})

/** All that an answer can consist of. */
function answerInFull(response: ServerResponse): void {
  response.writeProcessing()
  response.writeEarlyHints({ link: '</a.css>; rel=preload' })
  response.writeHead(202, 'Very Well', { Trailer: 'X-Sum' })
  response.write('one')
  setImmediate(() => {
    response.addTrailers({ 'X-Sum': '42' })
    response.end('two')
  })
}

const inFull = [
  'start',
  'head 102 Processing',
  'head 103 Early Hints',
  'head 202 Very Well',
  'data one',
  'data two',
  'end {"x-sum":"42"}',
]

test('an answer is handed over as undici gives it: 1xx, status text, chunks and trailers', async () => {
  const { origin } = await serve((_, response) => answerInFull(response))
  const { api } = await scene(origin)
  const handler = recording()
  api.dispatch(get(origin), handler)
  await handler.ended
  expect(handler.told).toEqual(inFull)
  expect(handler.controllers.size).toBe(1)
})

test('the answer to a replay is handed over so too, and nothing of the first one is seen', async () => {
  const server = await serve(turningAway((_, response) => answerInFull(response)))
  const { api } = await scene(server.origin)
  const handler = recording()
  api.dispatch(get(server.origin), handler)
  await handler.ended
  expect(handler.told).toEqual(inFull)
  expect(handler.controllers.size).toBe(1)
  expect(server.asked).toEqual(['/ first', '/ second'])
})

test('the controller shows the raw headers and trailers of the answer that is handed over', async () => {
  const { origin } = await serve(turningAway((_, response) => answerInFull(response)))
  const { api } = await scene(origin)
  const raw: string[][] = []
  const note = (fields: unknown): unknown => raw.push((fields as Buffer[]).map(String))
  const handler = recording({
    onResponseStart: ({ rawHeaders }, status) => status === 202 && note(rawHeaders),
    onResponseEnd: ({ rawTrailers }) => note(rawTrailers),
  })
  api.dispatch(get(origin), handler)
  await handler.ended
  expect(raw).toEqual([expect.arrayContaining(['Trailer', 'X-Sum']), ['X-Sum', '42']])
})

test('a request that is held is announced at once, and only once', async () => {
  const { origin } = await serve(turningAway(sayHello))
  const { api, expire, release } = await scene(origin, { hold: true })
  await expire()
  const handler = recording()
  expect(api.dispatch(get(origin), handler)).toBe(true)
  expect(handler.told).toEqual(['start'])
  release()
  await handler.ended
  expect(handler.told).toEqual(['start', 'head 200 OK', 'data hello', 'end {}'])
})

test('G42 with a live token a request is sent before dispatch returns, as it is without a session', async () => {
  const { origin } = await serve(sayHello)
  let isSent = false
  const { api } = await scene(origin, {
    inside: [
      (dispatch) => (options, handler) => {
        isSent = true
        return dispatch(options, handler)
      },
    ],
  })
  const handler = recording()
  api.dispatch(get(origin), handler)
  expect(isSent).toBe(true)
  await handler.ended
})

test.each([true, false])('dispatch returns what undici returned: %s', async (isRoom) => {
  const { origin } = await serve(sayHello)
  const { api } = await scene(origin, {
    inside: [
      (dispatch) => (options, handler) => {
        dispatch(options, handler)
        return isRoom
      },
    ],
  })
  const handler = recording()
  expect(api.dispatch(get(origin), handler)).toBe(isRoom)
  await handler.ended
})

test('what undici says of wrong arguments comes as without a session', async () => {
  const { origin } = await serve(sayHello)
  const { api, refreshes } = await scene(origin, { around: [] })
  const handler = recording()
  api.dispatch({ ...get(origin), path: 'no-slash' }, handler)
  await handler.ended
  expect(handler.errors).toMatchObject([{ code: 'UND_ERR_INVALID_ARG' }])
  const other = recording()
  api.dispatch(undefined as never, other)
  await other.ended
  expect(other.errors).toMatchObject([{ code: 'UND_ERR_INVALID_ARG' }])
  expect(refreshes()).toBe(0)
})

const throwing: Readonly<Record<string, Dispatcher.DispatchHandler>> = {
  'at its start': {
    onRequestStart() {
      throw new Error('mine')
    },
  },
  'at the head': {
    onResponseStart() {
      throw new Error('mine')
    },
  },
  'at a chunk': {
    onResponseData() {
      throw new Error('mine')
    },
  },
  'at the end': {
    onResponseEnd() {
      throw new Error('mine')
    },
  },
}

test.each(Object.entries(throwing))(
  'a handler that throws %s of an answer is told so once',
  async (_when, thrower) => {
    const { origin } = await serve(sayHello)
    const { api } = await scene(origin)
    const handler = recording(thrower)
    api.dispatch(get(origin), handler)
    await handler.ended
    expect(handler.errors.map(({ message }) => message)).toEqual(['mine'])
  },
)

test.each(Object.entries(throwing))(
  'a handler that throws %s of an answer that was kept back is told so once',
  async (_when, thrower) => {
    const { origin } = await serve((_, response) => response.writeHead(401).end('no'))
    const { api, refreshes } = await scene(origin)
    const handler = recording(thrower)
    api.dispatch({ ...get(origin), session: { replay: false } }, handler)
    await handler.ended
    expect(handler.errors.map(({ message }) => message)).toEqual(['mine'])
    expect(refreshes()).toBe(thrower.onRequestStart ? 0 : 1)
  },
)

test('a handler that throws when its request is held ends it, and the refresh goes on', async () => {
  const { origin, asked } = await serve(turningAway(sayHello))
  const { api, session, expire, release } = await scene(origin, { hold: true })
  await expire()
  const handler = recording(throwing['at its start'])
  api.dispatch(get(origin), handler)
  await handler.ended
  expect(handler.told).toEqual(['start', 'error mine'])
  release()
  await until(() => session.status === 'active')
  await breathe()
  expect(asked).toEqual([])
})

test('a handler that throws when it is told of an error is not told again, and nothing is unhandled', async () => {
  const { origin } = await serve(turningAway(sayHello))
  const { api, session } = await scene(origin, {
    refresh: () => Promise.reject(Object.assign(new Error('no'), { status: 429 })),
  })
  const failures: unknown[] = []
  const note = (error: unknown): void => void failures.push(error)
  process.on('unhandledRejection', note)
  const handler = recording({
    onResponseError() {
      throw new Error('mine')
    },
  })
  api.dispatch(get(origin), handler)
  await until(() => handler.errors.length === 1)
  await breathe()
  process.off('unhandledRejection', note)
  expect(failures).toEqual([])
  expect(handler.errors).toMatchObject([{ code: 'refresh-unavailable' }])
  expect(session.status).toBe('active')
})

test('handlers of the old style are served, also where a request is held and turned away', async () => {
  const { origin, asked } = await serve(turningAway((_, response) => answerInFull(response)))
  const { api } = await scene(origin)
  const told: string[] = []
  let end = (): void => undefined
  const ended = new Promise<void>((resolve) => (end = resolve))
  // oxlint-disable typescript/no-deprecated -- the fetch that is built into Node 20 and 22 uses them
  const handler: Dispatcher.DispatchHandler = {
    onConnect: () => void told.push('connect'),
    onHeaders: (status) => !!told.push(String(status)),
    onData: (chunk) => !!told.push(chunk.toString()),
    onComplete(trailers) {
      told.push(String(trailers))
      end()
    },
    onError: (error) => void told.push(error.message),
  }
  // oxlint-enable typescript/no-deprecated
  api.dispatch(get(origin), handler)
  await ended
  expect(told).toEqual(['connect', '102', '103', '202', 'one', 'two', 'x-sum,42'])
  expect(asked).toEqual(['/ first', '/ second'])
})
